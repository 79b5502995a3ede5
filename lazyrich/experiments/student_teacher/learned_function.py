"""Compute the data of a chart of the learned function, in addition to the neurons of the plane.

These are the samples and, in a run with more neurons or dimensions than the plane shows, the function itself. On the
plane's unit circle the function is sum_i sign(a_i) phi(p_i . u) with p_i = |a_i| w_i, which `projection.Plane` records,
so that a viewer can compute it exactly for all angles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.student_teacher.function_sizes import ANGLES, BINS, PREDICTED, SHOWN
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.experiments.student_teacher.twin import TwinOfRun
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import Task

POINTS = 500
"""Largest number of samples drawn; of more, this many are drawn, evenly spaced."""

NEAR_ZERO = 0.1
"""Norm, relative to the mean, below which samples are not drawn, as scaling them to the mean norm would magnify their
outputs too much."""

MARGIN = 0.15
"""Part of the range of one-dimensional data by which the chart of the function extends beyond it."""


class LearnedFunction:
    """Function of one run, at the inputs for which it is shown.

    Args:
        problem: Task of the student.
        plane: Plane in which its neurons are shown.
        leak: Slope of the activation below zero.
        width: Number of neurons.
        twin: Its lazy twin, if requested.
    """

    def __init__(self, problem: Task, plane: Plane, leak: float, width: int, twin: TwinOfRun | None = None):
        self.problem, self.plane, self.leak = problem, plane, leak
        self.d = problem.X.shape[1]
        self.constant = _constant_input(problem)
        tested = len(problem.X_test) > 0
        self.inputs = problem.X_test if tested else problem.X
        self.outputs = problem.y_test if tested else problem.y
        self.tested = tested
        self.few = _spread(len(self.inputs), PREDICTED)
        self.whole = width <= SHOWN
        self.path = None if self.whole else self._path(ANGLES)
        self.twin = {} if twin is None else self._of_twin(twin)

    def header(self) -> dict[str, Any]:
        """Return the data that do not change during a run, for the first frame's header.

        Returns:
            over: "circle", "line" (one input beside a constant one) or "outputs" (more than two dimensions).
            points: Training samples [[angle in degrees, y at the mean norm, norm over mean norm], ...] on a circle,
                [[x, y], ...] on a line; radius: the mean norm.
            samples: Number of training samples, of which `points` may be a part.
            truth: Outputs to compare the frames' `predicted` with, in more than two dimensions.
        """
        if self.constant is not None:
            return self._line()
        radius = float(self.problem.X.norm(dim=1).mean())
        common = {"radius": radius, "samples": len(self.problem.X)}
        if self.d > 2:
            return common | {
                "over": "outputs",
                "truth": _numbers(self.outputs[self.few]),
                "tested": self.tested,
                "left_out": self._left_out(radius),
            }
        X, y = self.problem.X, self.problem.y
        norm = X.norm(dim=1)
        there = torch.nonzero(norm >= NEAR_ZERO * radius).flatten()
        there = there[_spread(len(there), POINTS)]
        X, y, share = X[there], y[there], norm[there] / radius
        angle = torch.rad2deg(torch.atan2(X[:, 1], X[:, 0]))
        return common | {"over": "circle", "points": _rows(angle, y / share, share)}

    def arrays(self, index: int, W: Tensor, a: Tensor) -> dict[str, np.ndarray]:
        """Return the data of a frame in addition to the neurons of the plane, as float32.

        Args:
            index: Index of the step in the schedule.
            W: First layer (width, dimension).
            a: Readout (width,).

        Returns:
            predicted: Outputs (k,) at the inputs of the header's `truth`, in more than two dimensions.
            function, kinks: The function (ANGLES,) at evenly spaced inputs of the chart, and the net changes of its
                slope (BINS,) there, per radian on a circle; only if a frame does not hold all neurons.
            twin_predicted, twin_function: The same for the lazy twin.
        """
        found = {name: values[index] for name, values in self.twin.items()}
        if self.d > 2:
            found["predicted"] = _single(two_layer(self.inputs[self.few], W, a, self.leak))
        if self.path is not None:
            inputs, places = self.path
            found["function"] = _single(two_layer(inputs, W, a, self.leak))
            found["kinks"] = self._kinks(W, a, places)
        return found

    def _of_twin(self, twin: TwinOfRun) -> dict[str, np.ndarray]:
        """Return arrays of the twin, a row for each step of the schedule."""
        inputs = {"twin_predicted": self.inputs[self.few]} if self.d > 2 else {}
        if self.path is not None:
            inputs["twin_function"] = self.path[0]
        return {name: _single(twin.outputs(X.to("cpu", torch.float64))) for name, X in inputs.items()}

    def _line(self) -> dict[str, Any]:
        assert self.constant is not None
        column, constant = self.constant
        x, y = self.problem.X[:, column], self.problem.y
        few = _spread(len(x), POINTS)
        low, high = float(x.min()), float(x.max())
        return {
            "over": "line",
            "axis": column,
            "constant": constant,
            "span": [low, high],
            "range": [low - MARGIN * (high - low), high + MARGIN * (high - low)],
            "points": _rows(x[few], y[few]),
            "samples": len(x),
        }

    def _left_out(self, radius: float) -> dict[str, float]:
        """Return how the circle of the plane differs from the training inputs.

        The numbers are the root mean square of the teacher on the circle over that on the inputs, and the mean share of
        a training input's length in the plane.
        """
        axes, problem = self.plane.axes, self.problem
        inside = (problem.X @ axes.T).norm(dim=1) / problem.X.norm(dim=1).clamp_min(1e-30)
        found = {"in_plane": float(inside.mean())}
        typical = float(self.outputs.square().mean().sqrt())
        if len(problem.teacher_a) and typical > 0:
            circle = radius * _directions(360).to(axes) @ axes
            there = two_layer(circle, problem.teacher_W, problem.teacher_a, self.leak)
            found["teacher_times"] = float(there.square().mean().sqrt()) / typical
        return found

    def along(self, count: int) -> Tensor:
        """Return inputs (count, d), evenly spaced over those of the chart, for inputs of two dimensions."""
        return self._path(count)[0]

    def _path(self, count: int) -> tuple[Tensor, Tensor]:
        """Return inputs (count, d) at which a frame holds the function, and their places (count,): radians, or x."""
        like = self.problem.X
        if self.constant is not None:
            column, constant = self.constant
            low, high = self._line()["range"]
            places = torch.linspace(low, high, count, dtype=like.dtype, device=like.device)
            inputs = torch.full((count, self.d), constant, dtype=like.dtype, device=like.device)
            inputs[:, column] = places
            return inputs, places
        places = torch.linspace(-torch.pi, torch.pi, count, dtype=like.dtype, device=like.device)
        circle = torch.stack([torch.cos(places), torch.sin(places)], dim=1)
        return float(like.norm(dim=1).mean()) * circle @ self.plane.axes, places

    def _kinks(self, W: Tensor, a: Tensor, places: Tensor) -> np.ndarray:
        """Return the net changes of the slope in BINS equal parts of the path."""
        if self.constant is not None:
            column, constant = self.constant
            slope = W[:, column]
            rest = constant * W[:, 1 - column] if self.d == 2 else torch.zeros_like(slope)
            at, jump = -rest / slope, (1 - self.leak) * a * slope.abs()
        else:
            neurons = W @ self.plane.axes.T
            angle = torch.atan2(neurons[:, 1], neurons[:, 0])
            quarter = torch.pi / 2
            at = torch.remainder(torch.cat([angle - quarter, angle + quarter]) + torch.pi, 2 * torch.pi) - torch.pi
            radius = self.problem.X.norm(dim=1).mean()
            jump = ((1 - self.leak) * radius * a * neurons.norm(dim=1)).repeat(2)
        low, high = float(places[0]), float(places[-1])
        bins, _ = np.histogram(at.cpu().numpy(), BINS, (low, high), weights=jump.cpu().numpy())
        return bins.astype(np.float32)


def _constant_input(problem: Task) -> tuple[int, float] | None:
    """Return (index of the input that varies, value of the constant one); None if no input is constant."""
    X = torch.cat([problem.X, problem.X_test])
    if X.shape[1] == 1:
        return 0, 0.0
    if X.shape[1] != 2:
        return None
    same = torch.eq(X, X[0]).all(dim=0)
    if same.sum() != 1:
        return None
    varies = int(same[0])
    return varies, float(X[0, 1 - varies])


def _directions(count: int) -> Tensor:
    angles = torch.arange(count, dtype=torch.float64, device="cpu") * (2 * torch.pi / count)
    return torch.stack([torch.cos(angles), torch.sin(angles)], dim=1)


def _spread(count: int, most: int) -> Tensor:
    """Return at most `most` indices below `count`, evenly spaced."""
    if count <= most:
        return torch.arange(count, dtype=torch.int64, device="cpu")
    return torch.linspace(0, count - 1, most, dtype=torch.float64, device="cpu").round().long()


def _rows(*columns: Tensor) -> list[list[float]]:
    return torch.stack(columns, dim=1).to("cpu", torch.float64).tolist()


def _numbers(values: Tensor) -> list[float]:
    return values.to("cpu", torch.float64).tolist()


def _single(values: Tensor) -> np.ndarray:
    return values.to("cpu", torch.float32).numpy()
