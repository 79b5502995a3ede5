"""Train the students of several seeds side by side up to the steps of their frames.

training = Training(config, tasks, W0, a0)
moments = training.to([0, 1, 2])
training.leave([3])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.student_teacher.chunks import MAX_FRAMES
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.tasks.student_teacher import Task
from lazyrich.training import Descent, Flow
from lazyrich.training.small_network import is_small

__all__ = ["Moments", "Training", "stacked"]

AHEAD, SEEDS_AHEAD, NUMBERS_AHEAD = 16, 1024, 4_000_000
"""Number of frames up to which flow trains at once, number of frames times seeds for small students, and number of
weights that these may hold. Synchronising students at every frame would leave places in a stack empty, and measuring
many frames takes hardly more calls than one."""


@dataclass(frozen=True)
class Moments:
    """States of the students in training at some frames, in their order.

    W (frames, k, m, d), a (frames, k, m): their weights. stuck (frames, k): whether their flow could not proceed.
    """

    W: Tensor
    a: Tensor
    stuck: np.ndarray


class Training:
    """Descent or flow of a student for each task and start.

    Args:
        config: The settings that all of them share; its schedule has the steps.
        tasks: One for each student, all of one shape. The same object for all if they share their data.
        W0: First layers at the start (S, m, d).
        a0: Readouts at the start (S, m).
    """

    def __init__(self, config: StudentTeacher, tasks: Sequence[Task], W0: Tensor, a0: Tensor):
        self._config = config
        self._X, self._y = (stacked(tasks, name) for name in ("X", "y"))
        self.students = list(range(len(tasks)))
        """Numbers of the students in training."""
        self._run: Descent | Flow
        (n, d), m = tasks[0].X.shape, W0.shape[1]
        S, rules = len(tasks), (config.eta_a, config.eta_w, config.leak)
        small = is_small(1, m, n, d, W0.device)
        ahead = min(MAX_FRAMES, SEEDS_AHEAD // S) if small else AHEAD if config.method == "flow" else 1
        self.most_frames = max(1, min(ahead, NUMBERS_AHEAD // (W0.numel() + a0.numel())))
        """Largest number of frames for which to train at once."""
        self._first = 0
        if config.method == "descent":
            self._run = self._descent(W0, a0)
        elif small:
            # separate data for each, even if they are shared, so that its numbers equal those of a separate run
            self._run = Flow(self._X.expand(S, n, d), self._y.expand(S, n), W0, a0, *rules)
        else:
            self._run = Flow(self._X, self._y, W0, a0, *rules)

    def to(self, steps: Sequence[int]) -> Moments:
        """Train up to the steps of some frames, none of which is before those of the last call."""
        if isinstance(self._run, Flow):
            times = [step * self._config.step_size for step in steps]
            found = self._run.record(times, networks=self.students, skip_stuck=True)
            W, a = found.W[:, self.students], found.a[:, self.students]
            return Moments(W, a, torch.isnan(a).any(2).cpu().numpy())
        weights = []
        for step in steps:
            self._run.advance(step - self._run.steps - self._first)
            weights.append((self._run.W, self._run.a))
        W, a = (torch.stack(part) for part in zip(*weights, strict=True))
        return Moments(W, a, np.zeros(a.shape[:2], dtype=bool))

    def leave(self, places: Sequence[int]) -> None:
        """Stop training the students at these places of the last moments."""
        left = set(places)
        stay = [place for place in range(len(self.students)) if place not in left]
        self.students = [self.students[place] for place in stay]
        if isinstance(self._run, Descent) and stay:
            W, a = self._run.W[stay], self._run.a[stay]
            self._first += self._run.steps
            if self._X.ndim == 3:
                self._X, self._y = self._X[stay], self._y[stay]
            self._run = self._descent(W, a)

    def _descent(self, W: Tensor, a: Tensor) -> Descent:
        config = self._config
        return Descent(self._X, self._y, W, a, config.step_size, config.eta_a, config.eta_w, config.leak)


def stacked(tasks: Sequence[Task], name: str) -> Tensor:
    """Return an array of all tasks, (S, ...), or the shared array itself."""
    first = getattr(tasks[0], name)
    if all(getattr(task, name) is first for task in tasks):
        return first
    return torch.stack([getattr(task, name) for task in tasks])
