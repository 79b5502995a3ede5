"""Spread of the functions of several seeds over the inputs of the chart of the learned function.

Each seed has its own teacher, so the functions themselves are not comparable. The band therefore shows the spread of
the students' errors, output minus teacher's output, around the teacher of the first seed. If seeds share data without a
teacher, it shows the spread of their functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.student_teacher.ensemble.summary import HIGH, LOW
from lazyrich.experiments.student_teacher.function_sizes import BAND
from lazyrich.experiments.student_teacher.learned_function import LearnedFunction
from lazyrich.networks import outputs_of_many, two_layer
from lazyrich.tasks.student_teacher import Task

__all__ = ["FunctionBand"]


class FunctionBand:
    """Median and band over seeds of the learned function, from frame to frame.

    Args:
        tasks: One for each seed.
        learned: The first seed's function, whose inputs are those of the chart.
        leak: Slope of the activation below zero.
    """

    def __init__(self, tasks: Sequence[Task], learned: LearnedFunction, leak: float):
        self._leak = leak
        self._inputs = learned.along(BAND)
        taught = [
            two_layer(self._inputs, task.teacher_W, task.teacher_a, leak)
            if len(task.teacher_a)
            else self._inputs.new_zeros(BAND)
            for task in tasks
        ]
        self._teachers = torch.stack(taught)
        self._around = self._teachers[0].cpu().numpy()
        self._errors = np.full((len(tasks), BAND), np.nan)

    def errors(self, W: Tensor, a: Tensor, seeds: Sequence[int]) -> np.ndarray:
        """Return outputs minus the teachers' (frames, k, BAND) of students W (frames, k, m, d), a (frames, k, m)."""
        found = outputs_of_many(self._inputs, W.flatten(0, 1), a.flatten(0, 1), self._leak)
        return (found.view(*a.shape[:2], BAND) - self._teachers[list(seeds)]).cpu().numpy()

    def take(self, seeds: Sequence[int], errors: np.ndarray) -> None:
        """Record the errors (k, BAND) of seeds at the current frame; those of other seeds do not change."""
        self._errors[list(seeds)] = errors

    def arrays(self, counted: Sequence[int]) -> dict[str, np.ndarray]:
        """Return the part of a frame's chart data over these seeds, at least one, float32 (BAND,) each.

        Returns:
            function_median, function_low, function_high: Median, 10th and 90th percentile, at inputs evenly spaced over
            the chart, ends included.
        """
        some = np.quantile(self._errors[list(counted)], (0.5, LOW, HIGH), axis=0) + self._around
        names = ("function_median", "function_low", "function_high")
        return dict(zip(names, some.astype(np.float32), strict=True))
