"""The activation pattern of one small student with inputs in the plane or on a line, held within a step.

An activation changes where a neuron's weights w cross the line w . x = 0 of an input. Within a step the pattern stays,
so that the flow is smooth. What happens at a line follows from the speeds of w . x on both sides of it (Filippov,
Differential Equations with Discontinuous Righthand Sides, 1988): where both lead to one side, the neuron goes there;
where both lead to the line, it slides along the line, and leaves it when one of them no longer does. A neuron that
slides into the origin meets all lines at once: it rests there, or leaves it (origin.py).

    pattern = Pattern(X, width=50, leak=0.0)
    pattern.begin(theta, residuals)
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lazyrich.training.gradient_flow.small.lines import Lines
from lazyrich.training.gradient_flow.small.origin import Origin

__all__ = ["Pattern"]


class Pattern:
    """The side of each line on which every neuron is, or the line that it slides along.

    Args:
        X: Inputs (n, d), d = 1 or 2, not all 0.
        width: Neurons m.
        leak: Slope of phi at and below zero, below 1.

    Attributes:
        lines: The k lines of the inputs.
        active: Whether a neuron is on the side of a line's normal (m, k).
        free: Whether it may cross the line: it does not slide along it, nor rest (m, k).
        on: The line that each neuron slides along, -1 for none (m,).
        sliding: Indices of the neurons that slide, as of the last `settle`.
        resting: Neurons at rest at the origin, each with its v (origin.py).
        jumps: Change of the slope of w along a line's normal, across it, per residual and readout (k, n).
    """

    def __init__(self, X: np.ndarray, width: int, leak: float):
        n, d = X.shape
        self.X, self._leak = X, leak
        self.lines = lines = Lines.through(X)
        self.jumps = (1 - leak) * lines.sizes
        k = len(lines.normals)
        self.active, self.free = np.zeros((width, k), bool), np.ones((width, k), bool)
        self.on, self.sliding = np.full(width, -1), np.empty(0, np.intp)
        self.resting: dict[int, np.ndarray] = {}
        self._slopes, self._normals = np.full((n, width), leak, X.dtype), np.zeros((d, width), X.dtype)

    @property
    def held(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Return slopes of phi (n, m), 0 for a neuron at rest; and normals (d, m) along which nothing moves.

        A neuron that slides has the unit normal of its line, the others 0. None if nobody slides.
        """
        return self._slopes, self._normals if len(self.sliding) else None

    @property
    def slopes(self) -> np.ndarray:
        """Return the slopes of phi (n, m)."""
        return self._slopes

    @cached_property
    def origin(self) -> Origin:
        """Return the ways out of the origin."""
        return Origin(self.X, self.lines, self._leak)

    def begin(self, theta: np.ndarray, residuals: np.ndarray) -> None:
        """Take the pattern at weights theta (d + 1, m) with residuals y - f (n,)."""
        W = theta[:-1]
        self.active[:] = (self.X[self.lines.first] @ W > 0).T
        for i in range(W.shape[1]):
            self._load(i)
        for i in np.flatnonzero(~W.any(0)).tolist():
            # a neuron that begins at 0 goes where descent goes, with the slope of phi at zero for all inputs
            way = self._leak * theta[-1, i] * (self.X.T @ residuals)
            if way.any():
                self.place(i, self.lines.normals @ way > 0, -1)
            else:
                self._stop(i)

    def turn(self, i: int, q: int, active: bool) -> None:
        """Bring neuron i to a side of line q."""
        self.active[i, q] = active
        for j, same in self.lines.inputs[q]:
            self._slopes[j, i] = 1.0 if same == active else self._leak

    def slide(self, i: int, line: int) -> None:
        """Let neuron i slide along a line, counted to its inactive side; or along none: -1."""
        if self.on[i] >= 0:
            self.free[i, self.on[i]] = True
        self.on[i] = line
        if line >= 0:
            self.turn(i, line, False)
            self.free[i, line] = False
        self._normals[:, i] = self.lines.normals[line] if line >= 0 else 0.0

    def place(self, i: int, active: np.ndarray, line: int) -> None:
        """Bring neuron i from the origin to these sides of all lines (k,), sliding along one of them or none."""
        self.resting.pop(i, None)
        self.slide(i, -1)
        self.free[i], self.active[i] = True, active
        self._load(i)
        self.slide(i, line)

    def rest(self, i: int, v: np.ndarray) -> None:
        """Let neuron i rest at the origin, at v (2,) on the scale of the smoothed kink (origin.py)."""
        self.slide(i, -1)
        self.resting[i] = v
        self._stop(i)

    def settle(self) -> None:
        """Be complete, after neurons were moved."""
        self.sliding = np.flatnonzero(self.on >= 0)

    def _stop(self, i: int) -> None:
        self.free[i], self._slopes[:, i] = False, 0.0

    def _load(self, i: int) -> None:
        """Take a neuron's slopes of phi from the sides of the lines that it is on."""
        of = self.lines.of
        active = (self.active[i, of] == self.lines.same) & (of >= 0)
        self._slopes[:, i] = np.where(active, 1.0, self._leak)
