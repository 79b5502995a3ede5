"""The students of several seeds, brought to the steps of their frames side by side.

training = Training(config, tasks, W0, a0)
moment = training.to(0)
training.leave([3])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.tasks.student_teacher import Task
from lazyrich.training import Descent, Flow
from lazyrich.training.small_network import is_small

__all__ = ["Moment", "Training", "stacked"]

AHEAD, AHEAD_NUMBERS = 16, 4_000_000
"""Frames for which flow trains at once, and how many weights they may hold: students that wait for each other at every
frame leave places in the stack empty. The first frames come one, two, four at a time, so that a viewer sees them at
once."""


@dataclass(frozen=True)
class Moment:
    """State of the students in training at a frame, in their order.

    W (k, m, d), a (k, m): their weights. stuck: places of those whose flow came no further.
    """

    W: Tensor
    a: Tensor
    stuck: list[int]


class Training:
    """Descent or flow of a student for each task and start.

    Args:
        config: The settings that all of them share; its schedule has the steps.
        tasks: One for each student, all of one shape. The same object for all where they share their data.
        W0: First layers at the start (S, m, d).
        a0: Readouts at the start (S, m).
    """

    def __init__(self, config: StudentTeacher, tasks: Sequence[Task], W0: Tensor, a0: Tensor):
        self._config, self._schedule = config, config.schedule
        self._X, self._y = (stacked(tasks, name) for name in ("X", "y"))
        self.students = list(range(len(tasks)))
        """Numbers of those that are still in training."""
        self._run: Descent | Flow
        (n, d), m = tasks[0].X.shape, W0.shape[1]
        rules = config.eta_a, config.eta_w, config.leak
        if config.method == "descent":
            self._run = self._descent(W0, a0)
        elif is_small(1, m, n, d, W0.device):
            # each with data of its own, even where they share it: then its numbers are those of a run of its own
            S = len(tasks)
            self._run = Flow(self._X.expand(S, n, d), self._y.expand(S, n), W0, a0, *rules)
        else:
            self._run = Flow(self._X, self._y, W0, a0, *rules)
        self._recorded: list[tuple[Tensor, Tensor]] = []
        self._first, self._ahead = 0, 1
        self._most_ahead = max(1, min(AHEAD, AHEAD_NUMBERS // (W0.numel() + a0.numel())))

    def to(self, index: int) -> Moment:
        """Train on to the step of a frame; frames are asked for in order, each once."""
        if isinstance(self._run, Descent):
            self._run.advance(self._schedule[index] - self._run.steps - self._first)
            return Moment(self._run.W, self._run.a, [])
        if not self._recorded:
            self._record(index)
        W, a = self._recorded.pop(0)
        W, a = W[self.students], a[self.students]
        stuck = torch.isnan(a).any(1).nonzero().flatten().tolist()
        return Moment(W, a, stuck)

    def leave(self, places: Sequence[int]) -> None:
        """Train the students at these places of the last moment no further."""
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

    def _record(self, index: int) -> None:
        times = [step * self._config.step_size for step in self._schedule[index : index + self._ahead]]
        if isinstance(self._run, Flow):
            found = self._run.record(times, networks=self.students, skip_stuck=True)
            self._recorded = list(zip(found.W, found.a, strict=True))
        self._ahead = min(2 * self._ahead, self._most_ahead)


def stacked(tasks: Sequence[Task], name: str) -> Tensor:
    """Return an array of all tasks, (S, ...), or as it is where they share it."""
    first = getattr(tasks[0], name)
    if all(getattr(task, name) is first for task in tasks):
        return first
    return torch.stack([getattr(task, name) for task in tasks])
