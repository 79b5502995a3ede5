"""Gradient flow of small students with data of their own, side by side in numpy.

Each student takes the steps that it takes alone (solver.py), to the last bit. A few calls over the stack compute one
stage of all students, although each is at its own stage of its own step, and a few more finish the steps that end. A
student that has reached its last time is replaced by the next one, and the last few continue alone.

    stack = SmallStack(X, y, theta, 2e-3, leak=0.0, trained=(True, True), max_gradients=10_000)
    stack.run([Job(0, [10.0, 100.0]), Job(1, [50.0])], reached)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from torch import Tensor

from lazyrich.training.gradient_flow.jobs import Job, Reached
from lazyrich.training.gradient_flow.rkc import MAX_STAGES
from lazyrich.training.gradient_flow.small.solver import SmallSolver
from lazyrich.training.gradient_flow.small.steps import (
    BEFORE,
    COMBINED,
    END,
    END_SLOPE,
    EVEN,
    FIRST,
    KEPT,
    LAST,
    ODD,
    START,
    interpolated,
    norm,
    norms,
    stage_coefficients,
    step_error,
)
from lazyrich.training.small_network import together
from lazyrich.training.small_networks import SmallNetworks

__all__ = ["SmallStack"]

FEW: Final = 3
"""Students that are quicker one by one than in a stack. Measured."""


@dataclass
class _Slot:
    """A student in the stack.

    found: weights at its times, of which those from `begun` to `time_index` are known. h: length of its step.
    """

    solver: SmallSolver
    job: Job
    found: np.ndarray
    begun: int
    time_index: int
    h: float = 0.0


class SmallStack:
    """Gradient flow theta' = n/2 times minus the gradient of the mean squared error, at unit rates. As BatchedSolver.

    Args:
        X: Inputs (B, n, d), on a CPU, as all tensors here.
        y: Targets (B, n).
        theta: Weights (B, m, d + 1) of the students, the readout in the last column.
        tolerance: Error of a step.
        leak: Slope of phi at and below zero.
        trained: Whether (readout, first layer) move.
        max_gradients: Gradients that a student may spend in all.
    """

    def __init__(
        self,
        X: Tensor,
        y: Tensor,
        theta: Tensor,
        tolerance: float,
        leak: float,
        trained: tuple[bool, bool],
        max_gradients: int,
    ):
        (B, m, columns), n = theta.shape, X.shape[1]
        problems = zip(X, y, theta, strict=True)
        self._solvers = [SmallSolver(*problem, tolerance, leak, trained, max_gradients) for problem in problems]
        self._data = X.numpy().astype(np.float64), y.numpy().astype(np.float64)
        self.students = [solver.student for solver in self._solvers]
        """State of each student."""
        self._size = size = min(B, together(m, n))
        inputs, targets = self._data
        self._networks = SmallNetworks(inputs[:size], targets[:size], m, leak, trained)
        dtype = inputs.dtype
        self._rows = np.zeros((size, ODD + 1, columns, m), dtype)
        self._move, self._now, self._error, self._part = np.empty((4, size, columns, m), dtype)
        # coefficients of each stage of steps of so many stages, and whether they are there
        self._coefficients = np.zeros((MAX_STAGES + 1, MAX_STAGES, 4), dtype)
        self._known = [False] * (MAX_STAGES + 1)
        # of each student's step: what multiplies them, how many stages there are, and how many are done
        self._scale = np.ones((size, 4), dtype)
        self._stages, self._done = np.zeros((2, size), np.intp)
        self._places = np.arange(size)
        self._slots: list[_Slot] = []

    def run(self, jobs: Sequence[Job], reached: Reached) -> None:
        """Bring students to their times, beginning with the first jobs.

        Raises TooManySteps if students need more gradients than they may spend, or steps too short to change the time.
        It is raised after all others are at their times; the students concerned are `stuck` and stay where they are.
        """
        waiting = deque(job for job in jobs if not self.students[job.number].stuck)
        # an error that is not finite refuses a step: no need to be warned of it
        with np.errstate(all="ignore"):
            try:
                while True:
                    while waiting and len(self._slots) < self._size:
                        self._enter(waiting.popleft(), reached)
                    if not self._slots:
                        break
                    self._plan(reached, alone=not waiting and len(self._slots) <= FEW)
                    if self._slots:
                        self._stage()
                        self._finish()
            finally:
                for slot in self._slots:
                    self._release(slot)
                self._slots.clear()
        for job in jobs:
            if stuck := self.students[job.number].stuck:
                raise stuck

    def _enter(self, job: Job, reached: Reached) -> None:
        solver, i = self._solvers[job.number], len(self._slots)
        solver.begin()
        time_index = solver.next_time_index(job.times, 0, norm(solver.rows[FIRST]), norm(solver.rows[START]))
        if time_index:
            reached(job.number, 0, *solver.report(solver.at(job.times[:time_index])))
        if time_index == len(job.times):
            return
        self._networks.load(i, *(part[job.number] for part in self._data))
        self._rows[i] = solver.rows
        solver.rows = self._rows[i]
        self._hold(i, solver)
        self._rewind(i)
        self._stages[i] = self._done[i] = 0
        found = np.empty((len(job.times), *self._now.shape[1:]), self._now.dtype)
        self._slots.append(_Slot(solver, job, found, time_index, time_index))

    def _hold(self, i: int, solver: SmallSolver) -> None:
        """Take over a student's activation pattern, if it has one."""
        if pattern := solver.pattern:
            self._networks.hold(i, *pattern.held)

    def _rewind(self, places: int | np.ndarray) -> None:
        """Be at the start of a step at these places."""
        self._rows[places, LAST] = self._rows[places, FIRST]
        self._rows[places, EVEN:] = 0

    def _plan(self, reached: Reached, alone: bool) -> None:
        """Begin a step of each student that is between two, or let it leave: at its last time, stuck or to go alone."""
        c = len(self._slots)
        between = np.flatnonzero(self._done[:c] == self._stages[:c])
        # from the last, as the last slot fills the gap of one that leaves
        for i in between[::-1].tolist():
            slot = self._slots[i]
            times = slot.job.times
            step = None if alone or slot.time_index == len(times) else slot.solver.plan(times[-1])
            if step is None:
                self._leave(i, reached)
                if not slot.solver.student.stuck:
                    slot.solver.follow(slot.job.number, times, slot.time_index, reached)
                continue
            stages, slot.h = step
            self._scale[i, :2], self._stages[i], self._done[i] = slot.h, stages, 0
            if not self._known[stages]:
                self._coefficients[stages, :stages] = stage_coefficients(stages, self._now.dtype)
                self._known[stages] = True

    def _stage(self) -> None:
        """Compute one stage of every slot."""
        c = len(self._slots)
        rows, move, now, done, places = (
            part[:c] for part in (self._rows, self._move, self._now, self._done, self._places)
        )
        coefficients = self._coefficients[self._stages[:c], done] * self._scale[:c]
        np.matmul(coefficients[:, None], rows[:, COMBINED].reshape(c, 4, -1), move.reshape(c, 1, -1))
        rows[places, EVEN + done % 2] = move
        np.add(rows[:, START], move, now)
        self._networks.slopes(now, rows[:, LAST])
        done += 1

    def _finish(self) -> None:
        """Accept or refuse the steps that end here, and take the weights at the times that are reached."""
        c = len(self._slots)
        ends = np.flatnonzero(self._done[:c] == self._stages[:c])
        if not len(ends):
            return
        rows, slots = self._rows, [self._slots[i] for i in ends.tolist()]
        now, error, part = self._now[ends], self._error[: len(ends)], self._part[: len(ends)]
        lengths = np.array([slot.h for slot in slots])[:, None, None]
        by_map = step_error(self._move[ends], rows[ends, FIRST], rows[ends, LAST], now, lengths, error, part)
        measured = [now[:, slots[0].solver.trained], error, by_map, self._networks.outputs(ends)]
        judged = zip(slots, *map(norms, measured), strict=True)
        good = np.array([slot.solver.judge(slot.h, *numbers) for slot, *numbers in judged])
        accepted = ends[good]
        rows[accepted, BEFORE:END] = rows[accepted, START:LAST]
        rows[accepted, END], rows[accepted, END_SLOPE] = now[good], rows[accepted, LAST]
        rows[accepted, START:LAST] = rows[accepted, END:START]
        if len(accepted):
            self._handle_changes(accepted)
            self._record_passed_times(accepted)
        self._rewind(ends)

    def _handle_changes(self, accepted: np.ndarray) -> None:
        """Take the losses at the end of the steps accepted at these places, and apply changes of patterns there."""
        networks = self._networks
        for i, loss in zip(accepted.tolist(), networks.last_losses(accepted).tolist(), strict=True):
            slot = self._slots[i]
            slot.solver.loss = loss
            seen = networks.Z[i], networks.along[i], networks.residuals(i)
            if slot.solver.pattern and slot.solver.handle_changes(slot.h, *seen):
                self._hold(i, slot.solver)

    def _record_passed_times(self, accepted: np.ndarray) -> None:
        """Take the weights at the times that the steps accepted at these places have passed."""
        moves = (norms(self._rows[accepted, row]) for row in (FIRST, START))
        passed: list[tuple[int, _Slot, int]] = []
        for i, *numbers in zip(accepted.tolist(), *moves, strict=True):
            slot = self._slots[i]
            end = slot.solver.next_time_index(slot.job.times, slot.time_index, *numbers)
            if end > slot.time_index:
                passed.append((i, slot, end))
        if not passed:
            return
        which = np.repeat([i for i, *_ in passed], [end - slot.time_index for _, slot, end in passed])
        lengths = np.array([self._slots[i].solver.size for i in which.tolist()])
        behind = np.concatenate(
            [
                slot.solver.student.control.now - np.array(slot.job.times[slot.time_index : end])
                for _, slot, end in passed
            ]
        )
        found = interpolated(self._rows[which, KEPT], lengths, behind)
        for _, slot, end in passed:
            here, found = np.split(found, [end - slot.time_index])
            slot.found[slot.time_index : end] = slot.solver.off_lines(here)
            slot.time_index = end

    def _leave(self, i: int, reached: Reached) -> None:
        slot, end = self._slots[i], len(self._slots) - 1
        self._release(slot)
        if slot.time_index > slot.begun:
            reached(slot.job.number, slot.begun, *slot.solver.report(slot.found[slot.begun : slot.time_index]))
        if i != end:
            for part in (self._rows, self._scale, self._stages, self._done):
                part[i] = part[end]
            self._slots[i] = last = self._slots[end]
            last.solver.rows = self._rows[i]
            self._networks.load(i, *(part[last.job.number] for part in self._data))
            self._hold(i, last.solver)
        self._slots.pop()

    @staticmethod
    def _release(slot: _Slot) -> None:
        """Give a student rows of its own again."""
        slot.solver.rows = slot.solver.rows.copy()
