"""Gradient flow of one small student in numpy, with dense output.

No step is cut at a requested time: within a step the weights are the cubic Hermite polynomial through its two ends,
whose slopes are known. So the steps, and the weights at any time, do not depend on which other times are requested,
to the last bit.

Steps are of second order. With inputs in the plane or on a line, they stay so where activations change: the activation
pattern is held within a step, and the neurons that cross lines are brought across (pattern.py, watch.py, passage.py).
With more dimensions activations change at any stage, which leaves errors of first order there.

    solver = SmallSolver(X, y, theta, 2e-3, leak=0.0, trained=(True, True), max_gradients=10_000)
    solver.run([Job(0, [10.0, 100.0])], reached)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import inf
from typing import Final

import numpy as np
import torch
from torch import Tensor

from lazyrich.training.gradient_flow.accuracy import Accuracy
from lazyrich.training.gradient_flow.controller import StepController
from lazyrich.training.gradient_flow.jobs import Job, Reached, Student, too_many_steps
from lazyrich.training.gradient_flow.small.passage import apply_changes
from lazyrich.training.gradient_flow.small.pattern import Pattern
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
    ORDER,
    START,
    TOLERANCE_DIVISOR,
    cut,
    interpolated,
    norm,
    stage_coefficients,
    step_error,
)
from lazyrich.training.gradient_flow.small.watch import ChangeDetector, LineOffsets
from lazyrich.training.gradient_flow.stiffness import COLD_ROUNDS, Stiffness
from lazyrich.training.small_network import SmallNetwork

__all__ = ["SmallSolver"]

MAX_NEGLIGIBLE_EFFECT: Final = 3.0
"""Largest effect of a neuron's change on others, in tolerances, that does not cut the step. Measured: with a tenth of
it there are 2.7 times as many steps, and the error falls from 0.5 % to 0.1 % of the plane where it is largest, which
is upstream.
"""

LINE_OFFSET_ROUNDINGS: Final = 64
"""Offset, in machine epsilons of its weights, at which a neuron that slides along a line is shown beside it."""

CHANGE: Final = 2
"""Gradients that changes in a step cost at most."""


class SmallSolver:
    """Gradient flow theta' = n/2 times minus the gradient of the mean squared error, at unit rates. As BatchedSolver.

    Args:
        X: Inputs (n, d), on a CPU, as all tensors here.
        y: Targets (n,).
        theta: Weights (m, d + 1) of the student, the readout in the last column.
        tolerance: Error of a step.
        leak: Slope of phi at and below zero.
        trained: Whether (readout, first layer) move.
        max_gradients: Gradients that the student may spend in all.
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
        d, (m, columns) = X.shape[1], theta.shape
        self._max_gradients = max_gradients
        self.trained = slice(0 if trained[1] else d, columns if trained[0] else d)
        """Rows of the weights that move."""
        # in double precision, which costs no more at this size: where lines are crossed needs it
        inputs, targets, dtype = X.numpy().astype(np.float64), y.numpy().astype(np.float64), np.float64
        self._dtype, tolerance = X.dtype, tolerance / TOLERANCE_DIVISOR
        self._targets = targets
        self._network = SmallNetwork(inputs, targets, m, leak, trained)
        self._accuracy = Accuracy.of(inputs, targets, float(torch.finfo(X.dtype).eps), tolerance)
        self._stiffness = Stiffness(inputs, leak, trained)
        self.student = Student(StepController(ORDER, tolerance), self._stiffness.guess, X.new_zeros(()))
        self.students = [self.student]
        """The state of the student, as a list of one."""
        self.pattern = Pattern(inputs, m, leak) if d <= 2 and leak < 1 and inputs.any() else None
        """Activation pattern; None where activations do not change, and for more than two dimensions."""
        self._detector: ChangeDetector | None = None
        self._line_offsets: LineOffsets | None = None
        self._slow, self._conserves = 0.0, all(trained)
        self.size = 0.0
        """Length of the last accepted step, or of what is left of it."""
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

    def follow(self, number: int, times: Sequence[float], time_index: int, reached: Reached) -> None:
        """Bring the student to times[time_index:] and report these, as of the student `number`; or mark it stuck.

        Call it with numpy's warnings off.
        """
        self.begin()
        begun = time_index
        found = np.empty((len(times) - begun, *self._now.shape), self._now.dtype)
        while True:
            end = self.next_time_index(times, time_index, norm(self.rows[FIRST]), norm(self.rows[START]))
            if end > time_index:
                found[time_index - begun : end - begun] = self.at(times[time_index:end])
                time_index = end
                if not self.student.control.steps:
                    # apart from the others, as the start is to be the one given
                    reached(number, begun, *self.report(found[: time_index - begun]))
                    begun, found = time_index, found[time_index - begun :]
            if time_index == len(times) or not self._advance(times[-1]):
                break
        if time_index > begun:
            reached(number, begun, *self.report(found[: time_index - begun]))

    def begin(self) -> None:
        """Take the slope at the start."""
        if not self.student.begun:
            network, student, start = self._network, self.student, self.rows[START]
            residuals = network.residual(start)
            student.outputs = norm(network.outputs)
            if self.pattern:
                self.pattern.begin(start, residuals)
                self._slow = self._accuracy.rounding(student.outputs)
                self._detector = ChangeDetector(self.pattern, self._slow)
            self._restart()
            student.begun, student.gradients = True, 1

    def next_time_index(self, times: Sequence[float], time_index: int, slope: float, size: float) -> int:
        """Return the index of the first of times[time_index:] that is ahead; their number where nothing moves any more.

        Args:
            times: Increasing times.
            time_index: Index of the first time that is not reported yet.
            slope: Norm of the slope now.
            size: Norm of the weights now.
        """
        end = bisect_right(times, self.student.control.now, time_index)
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
        if not 0 < h < inf or student.gradients + scheme.stages + CHANGE > self._max_gradients:
            student.stuck = too_many_steps(self._max_gradients if h else student.gradients, control.now / end)
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
        if not self.size:
            return np.repeat(self.rows[START][None], len(times), axis=0)
        return self.off_lines(interpolated(self.rows[KEPT], self.size, self.student.control.now - np.array(times)))

    def off_lines(self, found: np.ndarray) -> np.ndarray:
        """Return weights (k, d + 1, m) of the last step with each neuron on a line beside it, by more than rounding.

        On which side of it rounding leaves a neuron would decide on its activation, and so on the kernel.
        """
        if self._line_offsets:
            self._line_offsets.move(found, LINE_OFFSET_ROUNDINGS * torch.finfo(self._dtype).eps)
        return found

    def report(self, found: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return weights (k, d + 1, m) as (k, m, d + 1) with their losses (k,), and keep the last of these."""
        losses = torch.from_numpy(self._network.losses(found)).to(self._dtype)
        self.student.loss = losses[-1]
        return torch.from_numpy(found).to(self._dtype).transpose(1, 2), losses

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
            rows[BEFORE:END] = rows[START:LAST]
            rows[END], rows[END_SLOPE] = now, last
            rows[START:LAST] = rows[END:START]
            self.loss = network.last_loss
            if self.pattern:
                self.handle_changes(h, network.Z, network.along, network.residuals)
        return good

    def handle_changes(self, h: float, Z: np.ndarray, along: np.ndarray, residuals: np.ndarray) -> bool:
        """Bring neurons across the lines that they come to in an accepted step, which is cut where one needs it.

        The arguments are as those of ChangeDetector.changes.

        Returns:
            Whether any activation has changed.
        """
        pattern, detector, rows, student = self.pattern, self._detector, self.rows, self.student
        assert pattern and detector
        # what other neurons notice of a difference within a step
        feedback = min(1.0, h * student.control.stiffness) or 1.0
        size, outputs = norm(rows[START, self.trained]), norm(self._targets - residuals)
        limits = self._accuracy.limits(MAX_NEGLIGIBLE_EFFECT / feedback, size, outputs, student.outputs)
        share, changes = detector.changes(rows, h, Z, along, residuals, limits)
        self._line_offsets = detector.line_offsets()
        if not changes:
            return False
        student.gradients += 1
        if share < 1:
            student.control.cut(student.control.now - (1 - share) * h)
            self.size = share * h
            cut(rows[KEPT], h, share)
            rows[START] = rows[END]
            residuals = self._network.residual(rows[START])
            student.gradients += 1
        apply_changes(changes, pattern, rows, self.size, residuals, self._slow, self._conserves)
        rows[END] = rows[START]
        self._restart()
        return True

    def _restart(self) -> None:
        """Take the slope, and the loss, at the start of a step."""
        network, pattern, start = self._network, self.pattern, self.rows[START]
        if pattern:
            network.hold(*pattern.held)
        network.slopes(start, self.rows[FIRST])
        self.loss = network.last_loss
        if self._detector:
            self._detector.record_start(start, network.along, network.residuals)

    def _measure(self, rounds: int | None) -> None:
        theta, student = self.rows[START], self.student
        if student.gradients + (rounds or COLD_ROUNDS) >= self._max_gradients:
            # too few are left for a step in any case
            return
        # on which side of a line rounding leaves a neuron is not to decide
        slopes = self.pattern.slopes if self.pattern else None
        value, student.direction, spent = self._stiffness.measure(
            theta[:-1].T, theta[-1], student.direction, rounds, slopes
        )
        student.gradients += spent
        student.control.measured(value)
