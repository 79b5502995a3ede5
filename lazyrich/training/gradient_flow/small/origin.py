"""Decide how a neuron in the plane leaves the origin, where all activations change at once.

A neuron that slides into w = 0 meets all lines at once, so the slopes of phi are undetermined there. They are resolved
by the limit of a phi whose kink is smoothed over a small width: on that scale a neuron at w = width v climbs H(v) with

    grad H = a sum_j r_j x_j S(v . x_j),        S(z) = leak + (1 - leak) / (1 + e^-z),

where the residuals r and the neuron's readout a hardly change. It rests at a maximum of H while there is one. If there
is none, it leaves within an arc between two lines, or along a line, on which it then slides. Implicit steps follow the
climb.

    origin = Origin(X, lines, leak)
    v, way = origin.climb(origin.arrival(3), 1.0, residuals)
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from lazyrich.training.gradient_flow.small.lines import Lines

__all__ = ["EscapeDirection", "Origin"]

SATURATED: Final = 30.0
"""|z| from which S is that of one side, but for 1e-13."""

CONVERGED_STEP: Final = 1e-7
"""Length of a Newton step below which the climb has converged to a maximum."""

RELIABLE_STEP: Final = 0.01
"""Length of a Newton step below which the maximum is known to a ten thousandth."""

MAX_CLIMB_STEPS: Final = 400
"""Largest number of steps of a climb. Each adds a fifth of |v|, so this is more than it takes from 1 to 1e30."""


class EscapeDirection(NamedTuple):
    """A direction in which a neuron leaves.

    Attributes:
        active: Of each line, whether the neuron is on its active side (k,).
        line: The line that the neuron slides along, -1 for none.
    """

    active: np.ndarray
    line: int


class Origin:
    """The function H around the origin, and the neurons that rest or climb on it.

    Args:
        X: Inputs (n, 2).
        lines: Their k lines.
        leak: Slope of phi at and below zero.
    """

    def __init__(self, X: np.ndarray, lines: Lines, leak: float):
        self._X, self._lines, self._leak = X, lines, leak
        self._products = np.einsum("ni,nj->nij", X, X).reshape(-1, 4)

    def arrival(self, ray: int) -> np.ndarray:
        """Return v (2,) of a neuron that slides along a ray: that of a line, or from k on the one opposite."""
        k = len(self._lines.rays)
        direction = self._lines.rays[ray % k] * (1 if ray < k else -1)
        others = np.abs(self._X @ direction)[self._lines.of != ray % k]
        others = others[others > 0]
        v: np.ndarray = direction * SATURATED / (others.min() if len(others) else 1.0)
        return v

    def track_maxima(self, V: np.ndarray, readouts: np.ndarray, residuals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Follow the maxima at which s neurons rest, as residuals change, by one Newton step each.

        Args:
            V: Where they rest (s, 2).
            readouts: Of the neurons (s,).
            residuals: y - f (n,).

        Returns:
            Where they rest now (s, 2); and whether that is sure for each (s,): the step is short, and H concave.
        """
        rise = 1 / (1 + np.exp(-np.clip(V @ self._X.T, -700, 700)))
        signs = np.sign(readouts)[:, None]
        g = signs * (((self._leak + (1 - self._leak) * rise) * residuals) @ self._X)
        bends = signs * (((1 - self._leak) * rise * (1 - rise) * residuals) @ self._products)
        p, q, cross = -bends[:, 0], -bends[:, 3], bends[:, 1]
        det = p * q - cross * cross
        steps = np.stack([q * g[:, 0] + cross * g[:, 1], p * g[:, 1] + cross * g[:, 0]], 1) / det[:, None]
        return V + steps, (p > 0) & (det > 1e-12 * p * p) & (np.hypot(steps[:, 0], steps[:, 1]) < RELIABLE_STEP)

    def climb(self, v: np.ndarray, readout: float, residuals: np.ndarray) -> tuple[np.ndarray, EscapeDirection | None]:
        """Climb from v to the maximum uphill, or away.

        Args:
            v: Where to begin (2,).
            readout: Of the neuron.
            residuals: y - f (n,).

        Returns:
            Where it rests (2,), and None; or where it was when it had left, and which way it goes.
        """
        # in a unit of their own, as only directions count: of outputs of any size, squares neither overflow nor vanish
        unit = float(np.abs(self._X * residuals[:, None]).sum())
        if not (readout and 0 < unit < np.inf):
            return v, None
        weights = residuals[:, None] / (unit if readout > 0 else -unit)
        pull, bends = self._X * weights, self._products * weights
        for _ in range(MAX_CLIMB_STEPS):
            z = self._X @ v
            rise = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
            gx, gy = ((self._leak + (1 - self._leak) * rise) @ pull).tolist()
            xx, xy, _, yy = (((1 - self._leak) * rise * (1 - rise)) @ bends).tolist()
            if gx * gx + gy * gy <= 1e-28:
                return v, None
            reach = 0.5 + 0.2 * float(np.hypot(v[0], v[1]))
            # an implicit step of the climb: a Newton step where that is short and H is concave
            damping = 0.0
            while True:
                p, q = damping - xx, damping - yy
                det = p * q - xy * xy
                if p > 0 and det > 1e-12 * p * p:
                    dx, dy = (q * gx + xy * gy) / det, (p * gy + xy * gx) / det
                    step = (dx * dx + dy * dy) ** 0.5
                    if step <= reach:
                        break
                damping = max(2 * damping, (gx * gx + gy * gy) ** 0.5 / reach)
            # H may rise as 1 - e^-|v|, where Newton steps have length 1: twice as far, as long as it still rises there
            while 2 * step <= reach and damping == 0 and step > 0.25:
                nx, ny = self._slope(self._X @ (v + np.array([2 * dx, 2 * dy])), pull)
                if nx * dx + ny * dy <= 0:
                    break
                dx, dy, step = 2 * dx, 2 * dy, 2 * step
            v = v + np.array([dx, dy])
            if step < CONVERGED_STEP and not damping:
                return v, None
            if way := self._left(v, gx, gy):
                return v, way
        return v, self._left(v, gx, gy)

    def _slope(self, z: np.ndarray, pull: np.ndarray) -> tuple[float, float]:
        x, y = ((self._leak + (1 - self._leak) / (1 + np.exp(-np.clip(z, -700, 700)))) @ pull).tolist()
        return x, y

    def _left(self, v: np.ndarray, gx: float, gy: float) -> EscapeDirection | None:
        """Return the way out of a neuron whose slopes of phi are as far away, but perhaps those of one line."""
        if gx * v[0] + gy * v[1] <= 0:
            return None
        z = self._X @ v
        partly = {int(q) for q in self._lines.of[np.abs(z) < SATURATED].tolist()} - {-1}
        if len(partly) > 1:
            return None
        active = self._lines.normals @ v > 0
        if not partly:
            return EscapeDirection(active, -1)
        (line,) = partly
        # along a line it stays, while from one that it crosses it goes on
        nx, ny = self._lines.normals[line].tolist()
        along = abs(nx * v[0] + ny * v[1]) <= 1e-3 * float(np.hypot(v[0], v[1]))
        if not along:
            return None
        active[line] = False
        return EscapeDirection(active, line)
