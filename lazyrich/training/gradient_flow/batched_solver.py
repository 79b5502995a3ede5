"""Gradient flow of many students side by side, each with its own steps.

A few slots hold a student each. Every tick evaluates the slopes of all slots in one stack; each slot is at its own
stage of its own step, with its own length. A student that reaches its last time is replaced by the next one at once.
So the products are as large as those of descent, although all students need different steps.

    slots = BatchedSolver(X, y, theta, 2e-3, leak=0.0, trained=(True, True), order=1, max_gradients=10_000)
    slots.run([Job(0, [10.0, 100.0]), Job(1, [50.0])], reached)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from lazyrich.training.gradient_flow.accuracy import Accuracy
from lazyrich.training.gradient_flow.controller import StepController
from lazyrich.training.gradient_flow.jobs import Job, Reached, Student, too_many_steps
from lazyrich.training.gradient_flow.rkc import Scheme
from lazyrich.training.gradient_flow.stiffness import Stiffness
from lazyrich.training.gradient_flow.vector_field import VectorField

__all__ = ["BatchedSolver"]

CACHED = 200_000
"""Number of pre-activations of the students in the slots on a CPU, as in descent: four of the paper's Fig. 1(b).
Measured; with eight of them a gradient takes about 5 % longer."""

MAX_SLOTS = 32
"""Largest number of small students side by side: more only add passes that finish a single student's step."""

CUDA_MAX, CUDA_ENTRIES = 64, 15_000_000
"""Number of pre-activations on CUDA: fewer than for descent, because every finished step fetches its error from the
device. Not measured."""


@dataclass
class _Slot:
    """A student in a slot. rows: coefficients of each stage of its step, times h; stage: number of stages done."""

    student: Student
    job: Job
    time_index: int = 0
    scheme: Scheme | None = None
    size: float = 0.0
    stage: int = 0
    rows: list[tuple[float, float, float, float]] = field(default_factory=list)


class BatchedSolver:
    """Gradient flow theta' = n/2 times minus the gradient of the mean squared error, at unit rates.

    Args:
        X: Inputs (n, d), or (B, n, d) for separate data of each student.
        y: Labels (n,) or (B, n).
        theta: Weights of the students (B, m, d + 1), the readout in the last column; changed in place when a student
            leaves its slot.
        tolerance: Error of a step.
        leak: Slope of phi at and below zero, 0 to 1.
        trained: Whether (readout, first layer) move.
        order: Order of the method, 1 for networks with kinks or 2 for linear ones.
        max_gradients: Largest number of gradients for a student in total.
    """

    def __init__(
        self,
        X: Tensor,
        y: Tensor,
        theta: Tensor,
        tolerance: float,
        leak: float,
        trained: tuple[bool, bool],
        order: int,
        max_gradients: int,
    ):
        B, m, columns = theta.shape
        n, d = X.shape[-2:]
        self._theta, self._max_gradients, self._order = theta, max_gradients, order
        self._trained = slice(0 if trained[1] else d, columns if trained[0] else d)
        own = list(X) if X.ndim == 3 else [X]
        # one for each student, or a shared one
        self._stiffness = [Stiffness(inputs, leak, trained) for inputs in own] * (B // len(own))
        self._size = min(B, _together(X.device, m * n))
        self._slopes = VectorField(X, y, self._size, m, leak, trained)
        self._kept = torch.zeros_like(theta)
        zero = X.new_zeros(())
        self.students = [Student(StepController(order, tolerance), self._stiffness[0].guess, zero) for _ in range(B)]
        """State of each student."""
        self._slots: list[_Slot] = []
        # start of the step, its slope, the stage, its slope; then the last two differences, in turns
        self._start, self._first, self._now, self._last = (X.new_zeros(self._size, m, columns) for _ in range(4))
        self._differences = [X.new_zeros(self._size, m, columns) for _ in range(2)]
        self._error, self._map = X.new_empty(m, columns), X.new_empty(m, d)
        self._error_W, self._error_a = self._error[:, :-1], self._error[:, -1:]
        outputs = list(y) if X.ndim == 3 else [y]
        eps, data = torch.finfo(X.dtype).eps, zip(own, outputs, strict=True)
        self._accuracy = [Accuracy.of(*pair, eps, tolerance) for pair in data] * (B // len(own))

    def run(self, jobs: Sequence[Job], reached: Reached) -> None:
        """Bring students to their times, beginning with the first jobs. Call it in inference mode.

        Raises:
            TooManySteps: If students need more gradients than allowed, or steps too short to change the time. It is
                raised after all other students have reached their times; the students concerned are marked `stuck` and
                do not move.
        """
        waiting = deque(job for job in jobs if not self.students[job.number].stuck)
        try:
            while True:
                while waiting and len(self._slots) < self._size:
                    self._enter(waiting.popleft(), reached)
                if not self._slots:
                    break
                self._advance_stage(reached)
        finally:
            self._slots.clear()
        for job in jobs:
            if stuck := self.students[job.number].stuck:
                raise stuck

    def _enter(self, job: Job, reached: Reached) -> None:
        student, i = self.students[job.number], len(self._slots)
        slot = _Slot(student, job)
        self._slots.append(slot)
        self._slopes.load(i, job.number)
        self._start[i].copy_(self._theta[job.number])
        if student.begun:
            self._last[i].copy_(self._kept[job.number])
            self._restart(i)
            self._report_and_plan(i, reached)
        else:
            # a step of length 0 is one evaluation at the current weights
            self._last[i].zero_()
            self._restart(i)
            slot.rows = [(0.0, 0.0, 0.0, 0.0)]

    def _restart(self, i: int) -> None:
        """Clear the differences of slot i, and use its slope as that of the start."""
        self._first[i].copy_(self._last[i])
        for difference in self._differences:
            difference[i].zero_()

    def _advance_stage(self, reached: Reached) -> None:
        """Compute one stage of every slot."""
        c = len(self._slots)
        late, early = self._differences[0][:c], self._differences[1][:c]
        last, now = self._last[:c], self._now[:c]
        coefficients = torch.tensor([slot.rows[slot.stage] for slot in self._slots], dtype=now.dtype, device="cpu")
        mu, nu, k, first = coefficients.to(now.device, non_blocking=True)[:, :, None, None].unbind(1)
        early.mul_(nu).addcmul_(late, mu).addcmul_(last, k)
        if self._order > 1:
            early.addcmul_(self._first[:c], first)
        self._differences.reverse()
        torch.add(self._start[:c], early, out=now)
        self._slopes.of(now, last)
        done = []
        for i, slot in enumerate(self._slots):
            slot.stage += 1
            if slot.stage == len(slot.rows):
                done.append(i)
        # from the last one down, because the last slot fills the gap of a student that leaves
        for i in reversed(done):
            self._finish(i, reached)

    def _finish(self, i: int, reached: Reached) -> None:
        """Finish the step of slot i: accept or reject it, and begin the next."""
        slot = self._slots[i]
        student, control = slot.student, slot.student.control
        student.gradients += len(slot.rows)
        if slot.scheme is None:
            student.begun, good = True, True
            [student.outputs] = _norms(self._slopes.outputs(i))
        else:
            good = control.judge(self._error_estimate(i, slot.scheme, slot.size))
        if good:
            self._start[i].copy_(self._now[i])
            student.loss = self._slopes.loss(i)
        else:
            self._last[i].copy_(self._first[i])
            if control.may_be_stale:
                self._measure(i, rounds=2)
        self._restart(i)
        self._report_and_plan(i, reached)

    def _report_and_plan(self, i: int, reached: Reached) -> None:
        """Report the times that slot i has reached, and plan its next step or free the slot."""
        slot = self._slots[i]
        student, control, times = slot.student, slot.student.control, slot.job.times
        at_rest: bool | None = None
        while slot.time_index < len(times):
            if times[slot.time_index] > control.now:
                if at_rest is None:
                    at_rest = self._at_rest(i)
                if not at_rest:
                    break
                control.now = times[slot.time_index]
            reached(slot.job.number, slot.time_index, self._start[i : i + 1], student.loss[None])
            slot.time_index += 1
        else:
            self._leave(i)
            return
        if control.measure_in <= 0:
            self._measure(i, rounds=1 if control.steps else None)
        slot.scheme, slot.size = control.plan(times[slot.time_index])
        h, slot.stage = slot.size, 0
        slot.rows = [(mu, nu, k * h, first * h) for mu, nu, k, first in slot.scheme.rows]
        if not h or student.gradients + len(slot.rows) > self._max_gradients:
            student.stuck = too_many_steps(self._max_gradients if h else student.gradients, control.now / times[-1])
            self._leave(i)

    def _leave(self, i: int) -> None:
        slot = self._slots[i]
        self._theta[slot.job.number].copy_(self._start[i])
        self._kept[slot.job.number].copy_(self._last[i])
        end = len(self._slots) - 1
        if i != end:
            for buffer in (self._start, self._first, self._now, self._last, *self._differences):
                buffer[i].copy_(buffer[end])
            self._slopes.load(i, self._slots[end].job.number)
            self._slots[i] = self._slots[end]
        self._slots.pop()

    def _measure(self, i: int, rounds: int | None) -> None:
        student, theta = self._slots[i].student, self._start[i]
        value, student.direction, spent = self._stiffness[self._slots[i].job.number].measure(
            theta[:, :-1], theta[:, -1], student.direction, rounds
        )
        student.gradients += spent
        student.control.measured(value)

    def _error_estimate(self, i: int, scheme: Scheme, h: float) -> float:
        """Return the error estimate of slot i's step in units of the tolerance."""
        of_step, of_first, of_last = scheme.error
        now, error, slot = self._now[i], self._error, self._slots[i]
        torch.add(self._last[i], self._first[i], alpha=of_first / of_last, out=error).mul_(of_last * h)
        if of_step:
            error.add_(self._differences[0][i], alpha=of_step)
        torch.mul(self._error_W, now[:, -1:], out=self._map).addcmul_(now[:, :-1], self._error_a)
        size, off, mapped, outputs = _norms(now[:, self._trained], error, self._map, self._slopes.outputs(i))
        return self._accuracy[slot.job.number].error(size, off, mapped, outputs, slot.student.outputs)

    def _at_rest(self, i: int) -> bool:
        """Return whether only rounding would move slot i."""
        slot = self._slots[i]
        slope, size, loss = _norms(self._first[i], self._start[i], slot.student.loss)
        return self._accuracy[slot.job.number].at_rest(slope, size, loss, slot.student.outputs)


def _norms(*parts: Tensor) -> list[float]:
    """Return the Euclidean norms of some arrays, fetched from their device at once."""
    flat = [part.reshape(-1) for part in parts]
    # a product of a vector with itself costs a fraction of what torch.linalg.vector_norm does at this size
    return torch.stack([part.dot(part) for part in flat]).sqrt_().tolist()


def _together(device: torch.device, entries: int) -> int:
    """Return the number of students with this many pre-activations to hold side by side."""
    if device.type == "cuda":
        return max(1, min(CUDA_MAX, CUDA_ENTRIES // entries))
    return max(1, min(MAX_SLOTS, CACHED // entries))
