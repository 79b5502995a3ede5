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
from math import inf

import numpy as np
import torch
from torch import Tensor

from lazyrich.training.gradient_flow.accuracy import Accuracy
from lazyrich.training.gradient_flow.controller import StepController
from lazyrich.training.gradient_flow.jobs import Job, Reached, Student, too_many_steps
from lazyrich.training.gradient_flow.small_steps import (
    BEFORE,
    COMBINED,
    EVEN,
    FIRST,
    KEPT,
    LAST,
    ODD,
    ORDER,
    START,
    STRICTER,
    interpolated,
    norm,
    stage_coefficients,
    step_error,
)
from lazyrich.training.gradient_flow.stiffness import Stiffness
from lazyrich.training.small_network import SmallNetwork

__all__ = ["SmallSolver"]


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
        self._most = most
        self.trained = slice(0 if trained[1] else d, columns if trained[0] else d)
        """Rows of the weights that move."""
        inputs, targets = X.numpy(), y.numpy()
        dtype, tolerance = inputs.dtype, tolerance / STRICTER
        self._network = SmallNetwork(inputs, targets, m, leak, trained)
        self._accuracy = Accuracy.of(inputs, targets, float(np.finfo(dtype).eps), tolerance)
        self._stiffness = Stiffness(inputs, leak, trained)
        self.student = Student(StepController(ORDER, tolerance), self._stiffness.guess, X.new_zeros(()))
        self.students = [self.student]
        """What is known of the student."""
        self.size = 0.0
        """Length of the last accepted step."""
        self.loss = 0.0
        """Mean squared error at the end of that step."""
        self.rows = np.zeros((ODD + 1, columns, m), dtype)
        self.rows[START] = theta.numpy().T
        self._move, self._now, self._error, self._part = np.empty((4, columns, m), dtype)

    def run(self, jobs: Sequence[Job], reached: Reached) -> None:
        """Bring the student to the times of its job, the only one if there is any.

        Raises:
            TooManySteps: If it needs more gradients than allowed, or steps too short to change the time. It is then
                marked `stuck` and does not move.
        """
        student = self.student
        # an error that is not finite refuses a step: no need to be warned of it
        with np.errstate(all="ignore"):
            for job in jobs:
                if not student.stuck:
                    self.follow(0, job.times, 0, reached)
                if student.stuck:
                    raise student.stuck

    def follow(self, number: int, times: Sequence[float], hit: int, reached: Reached) -> None:
        """Bring the student to times[hit:], and report them as those of the student of this number; or mark it stuck.

        Call it with numpy's warnings off.
        """
        self.begin()
        begun = hit
        found = np.empty((len(times) - begun, *self._now.shape), self._now.dtype)
        while True:
            end = self.due(times, hit, norm(self.rows[FIRST]), norm(self.rows[START]))
            if end > hit:
                found[hit - begun : end - begun] = self.at(times[hit:end])
                hit = end
                if not self.student.control.steps:
                    # apart from the others, as the start is to be the one given
                    reached(number, begun, *self.report(found[: hit - begun]))
                    begun, found = hit, found[hit - begun :]
            if hit == len(times) or not self._advance(times[-1]):
                break
        if hit > begun:
            reached(number, begun, *self.report(found[: hit - begun]))

    def begin(self) -> None:
        """Take the slope at the start."""
        if not self.student.begun:
            self._network.slopes(self.rows[START], self.rows[FIRST])
            self.student.begun, self.student.gradients = True, 1
            self.student.outputs = norm(self._network.outputs)
            self.loss = self._network.last_loss

    def due(self, times: Sequence[float], hit: int, slope: float, size: float) -> int:
        """Return the index of the first of times[hit:] that is ahead; their number where nothing moves any more.

        Args:
            times: Increasing times.
            hit: How many of them are reported already.
            slope: Norm of the slope now.
            size: Norm of the weights now.
        """
        end = bisect_right(times, self.student.control.now, hit)
        if end < len(times) and self._accuracy.at_rest(slope, size, self.loss, self.student.outputs):
            return len(times)
        return end

    def plan(self, end: float) -> tuple[int, float] | None:
        """Return stages and length of the next step towards the time `end`; None, and mark the student, if it is stuck.

        Its gradients count as spent.
        """
        student, control = self.student, self.student.control
        if control.measure_in <= 0:
            self._measure(rounds=1 if control.steps else None)
        scheme, h = control.plan(inf)
        if not 0 < h < inf or student.gradients + scheme.stages > self._most:
            student.stuck = too_many_steps(self._most if h else student.gradients, control.now / end)
            return None
        student.gradients += scheme.stages
        return scheme.stages, h

    def judge(self, h: float, size: float, off: float, mapped: float, outputs: float) -> bool:
        """Return whether to accept a step of length h, given the norms that `Accuracy.error` judges it by."""
        control = self.student.control
        good = control.judge(self._accuracy.error(size, off, mapped, outputs, self.student.outputs))
        if good:
            self.size = h
        elif control.may_be_stale:
            self._measure(rounds=2)
        return good

    def at(self, times: Sequence[float]) -> np.ndarray:
        """Return the weights (k, d + 1, m) at k times that the student has reached."""
        if self.size:
            return interpolated(self.rows[KEPT], self.size, self.student.control.now - np.array(times))
        return np.repeat(self.rows[START][None], len(times), axis=0)

    def report(self, found: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return weights (k, d + 1, m) as (k, m, d + 1) with their losses (k,), and keep the last of these."""
        losses = torch.from_numpy(self._network.losses(found))
        self.student.loss = losses[-1]
        return torch.from_numpy(found).transpose(1, 2), losses

    def _advance(self, end: float) -> bool:
        """Take a step towards the time `end`, and return whether there was one: False if the student is stuck."""
        while (step := self.plan(end)) is not None:
            if self._step(*step):
                return True
        return False

    def _step(self, stages: int, h: float) -> bool:
        """Try a step and return whether it is accepted."""
        rows, move, now, network = self.rows, self._move, self._now, self._network
        flat, moved, start, last = rows[COMBINED].reshape(4, -1), move.reshape(-1), rows[START], rows[LAST]
        slopes, scale = network.slopes, np.array([h, h, 1, 1], rows.dtype)
        rows[LAST] = rows[FIRST]
        rows[EVEN:] = 0
        for stage, coefficients in enumerate(stage_coefficients(stages, rows.dtype) * scale):
            np.dot(coefficients, flat, moved)
            rows[EVEN + stage % 2] = move
            np.add(start, move, now)
            slopes(now, last)
        error = self._error
        by_map = step_error(move, rows[FIRST], last, now, h, error, self._part)
        good = self.judge(h, norm(now[self.trained]), norm(error), norm(by_map), norm(network.outputs))
        if good:
            rows[BEFORE:START] = rows[START:LAST]
            rows[START], rows[FIRST], self.loss = now, last, network.last_loss
        return good

    def _measure(self, rounds: int | None) -> None:
        theta, student = self.rows[START], self.student
        value, student.direction, spent = self._stiffness.measure(theta[:-1].T, theta[-1], student.direction, rounds)
        student.gradients += spent
        student.control.measured(value)
