"""Gradient flow of one small student in numpy, with dense output.

No step is cut at a requested time: within a step the weights are the cubic Hermite polynomial through its two ends,
whose slopes are known. So the steps, and the weights at any time, do not depend on which other times are requested,
to the last bit.

Steps are of second order. Where activations flip, a step's error is of first order with any method, but a small student
has few flips, and between them steps of second order are several times longer.

    solver = SmallSolver(X, y, theta, 2e-3, leak=0.0, trained=(True, True), most=10_000)
    solver.run([Job(0, [10.0, 100.0])], reached)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from math import inf
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from lazyrich.training.gradient_flow.accuracy import Accuracy
from lazyrich.training.gradient_flow.controller import StepController
from lazyrich.training.gradient_flow.jobs import Job, Reached, Student, too_many_steps
from lazyrich.training.gradient_flow.rkc import Scheme
from lazyrich.training.gradient_flow.stiffness import Stiffness
from lazyrich.training.small_network import SmallNetwork

__all__ = ["SmallSolver"]

ORDER: Final = 2

STRICTER: Final = 4.0
"""Share of the tolerance that is used. Steps that end at every frame, as those of a BatchedSolver do, are shorter than
the tolerance demands. Those of dense output are not: with this share they follow the flow as closely at the
playground's presets. A larger share where activations flip would cost less, but one flip at a wrong time changes all
that follows."""

BEFORE, BEFORE_SLOPE, START, FIRST, LAST, EVEN, ODD = range(7)
"""Rows kept, each (d + 1, m). Of the last accepted step: the weights at its start and the slope there. Of the current
step: the same, the slope at the last stage, and the last two differences from the start, which change places at every
stage. The first four stay with a student, and dense output is made of them."""

KEPT: Final = slice(BEFORE, FIRST + 1)
COMBINED: Final = slice(FIRST, ODD + 1)


class SmallSolver:
    """Gradient flow theta' = n/2 times minus the gradient of the mean squared error, at unit rates. As BatchedSolver.

    Args:
        X: Inputs (n, d), on a CPU, as all tensors here.
        y: Targets (n,).
        theta: Weights (m, d + 1) of the student, the readout in the last column.
        tolerance: Error of a step.
        leak: Slope of phi at and below zero.
        trained: Whether (readout, first layer) move.
        most: Gradients that the student may spend in all.
    """

    def __init__(
        self,
        X: Tensor,
        y: Tensor,
        theta: Tensor,
        tolerance: float,
        leak: float,
        trained: tuple[bool, bool],
        most: int,
    ):
        d, (m, columns) = X.shape[1], theta.shape
        self._most, self._trained = most, slice(0 if trained[1] else d, columns if trained[0] else d)
        inputs, targets = X.numpy(), y.numpy()
        dtype, tolerance = inputs.dtype, tolerance / STRICTER
        self._network = SmallNetwork(inputs, targets, m, leak, trained)
        self._accuracy = Accuracy.of(inputs, targets, float(np.finfo(dtype).eps), tolerance)
        self._stiffness = Stiffness(inputs, leak, trained)
        student = Student(StepController(ORDER, tolerance), self._stiffness.guess, X.new_zeros(()))
        self.students = [student]
        """State of the student."""
        self._size = 0.0
        """Length of the last accepted step."""
        self._rows = np.zeros((ODD + 1, columns, m), dtype)
        self._rows[START] = theta.numpy().T
        self._move, self._now, self._error, self._part = np.empty((4, columns, m), dtype)

    def run(self, jobs: Sequence[Job], reached: Reached) -> None:
        """Bring the student to the times of its job, the only one if there is any.

        Raises:
            TooManySteps: If it needs more gradients than allowed, or steps too short to change the time. It is then
                marked `stuck` and does not move.
        """
        [student] = self.students
        # a step whose error is not finite is refused, so numpy's warnings are not needed
        with np.errstate(all="ignore"):
            for job in jobs:
                if not student.stuck:
                    self._follow(student, job.times, reached)
                if student.stuck:
                    raise student.stuck

    def _follow(self, student: Student, times: Sequence[float], reached: Reached) -> None:
        if not student.begun:
            self._network.slopes(self._rows[START], self._rows[FIRST])
            student.begun, student.gradients, student.outputs = True, 1, _norm(self._network.outputs)
        hit = 0
        while hit < len(times):
            end = bisect_right(times, student.control.now, hit)
            if end < len(times) and self._at_rest(student):
                end = len(times)
            if end > hit:
                reached(0, hit, *self._at(student, times[hit:end]))
                hit = end
                continue
            while student.control.now < times[hit] and not student.stuck and not self._step(student, times[-1]):
                pass
            if student.stuck:
                return

    def _step(self, student: Student, end: float) -> bool:
        """Try a step towards the time `end`, and return whether it is accepted; mark the student if it is stuck."""
        rows, control, move, now = self._rows, student.control, self._move, self._now
        if control.measure_in <= 0:
            self._measure(student, rounds=1 if control.steps else None)
        scheme, h = control.plan(inf)
        if not 0 < h < inf or student.gradients + scheme.stages > self._most:
            student.stuck = too_many_steps(self._most if h else student.gradients, control.now / end)
            return False
        flat, moved, start, last = rows[COMBINED].reshape(4, -1), move.reshape(-1), rows[START], rows[LAST]
        slopes, scale = self._network.slopes, np.array([h, h, 1, 1], rows.dtype)
        rows[LAST] = rows[FIRST]
        rows[EVEN:] = 0
        for stage, coefficients in enumerate(_coefficients(scheme, rows.dtype) * scale):
            np.dot(coefficients, flat, moved)
            rows[EVEN + stage % 2] = move
            np.add(start, move, now)
            slopes(now, last)
        student.gradients += scheme.stages
        good = control.judge(self._wrong(student, scheme, h))
        if good:
            rows[BEFORE:START] = rows[START:LAST]
            rows[START], rows[FIRST], self._size = now, last, h
        elif control.may_be_stale:
            self._measure(student, rounds=2)
        return good

    def _measure(self, student: Student, rounds: int | None) -> None:
        theta = self._rows[START]
        value, student.direction, spent = self._stiffness.measure(theta[:-1].T, theta[-1], student.direction, rounds)
        student.gradients += spent
        student.control.measured(value)

    def _wrong(self, student: Student, scheme: Scheme, h: float) -> float:
        """Return the error estimate of a step of length h in units of the tolerance."""
        of_step, of_first, of_last = scheme.error
        rows, now, error, part = self._rows, self._now, self._error, self._part
        np.multiply(self._move, of_step, error)
        np.multiply(rows[FIRST], of_first * h, part)
        error += part
        np.multiply(rows[LAST], of_last * h, part)
        error += part
        by_map = part[:-1]
        np.multiply(error[:-1], now[-1], by_map)
        by_map += now[:-1] * error[-1]
        return self._accuracy.error(
            _norm(now[self._trained]), _norm(error), _norm(by_map), _norm(self._network.outputs), student.outputs
        )

    def _at_rest(self, student: Student) -> bool:
        """Return whether only rounding would move the student."""
        theta = self._rows[START]
        slope, size, loss = _norm(self._rows[FIRST]), _norm(theta), self._network.loss(theta)
        return self._accuracy.at_rest(slope, size, loss, student.outputs)

    def _at(self, student: Student, times: Sequence[float]) -> tuple[Tensor, Tensor]:
        """Return weights (k, m, d + 1) and losses (k,) at k times that the student has reached."""
        before, slope, end, last = self._rows[KEPT]
        if h := self._size:
            # at the end of the step where the student is at rest
            s = np.minimum(1 - (student.control.now - np.array(times)) / h, 1.0)[:, None, None].astype(end.dtype)
            r = 1 - s
            # written as a change from the end, so that weights that do not move are exact to the last bit
            found = end + (r * r * (1 + 2 * s)) * (before - end) + (h * s * r * r) * slope - (h * s * s * r) * last
        else:
            found = np.repeat(end[None], len(times), axis=0)
        losses = torch.tensor([self._network.loss(theta) for theta in found], dtype=student.loss.dtype, device="cpu")
        student.loss = losses[-1]
        return torch.from_numpy(found).transpose(1, 2), losses


def _norm(array: Any) -> float:
    flat = array.reshape(-1)
    return float(flat.dot(flat)) ** 0.5


@cache
def _coefficients(scheme: Scheme, dtype: Any) -> np.ndarray:
    """Return (stages, 4): each stage's coefficients of the rows COMBINED, before slopes are multiplied by the step."""
    found = np.zeros((scheme.stages, ODD + 1), dtype)
    for stage, (mu, nu, k, first) in enumerate(scheme.rows):
        late, early = (ODD, EVEN) if stage % 2 == 0 else (EVEN, ODD)
        found[stage, [FIRST, LAST, late, early]] = first, k, mu, nu
    return found[:, COMBINED]
