"""Watch for changes of an activation pattern (pattern.py) in a step.

A step ends at a change that affects other neurons by more than a small amount. Other changes only alter the path of
the neuron concerned (passage.py).

    detector = ChangeDetector(pattern, rounding=1e-15)
    detector.record_start(theta, along, residuals)
    share, changes = detector.changes(rows, h, Z, along, residuals, limits)
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from lazyrich.training.gradient_flow.small.crossings import Crossings
from lazyrich.training.gradient_flow.small.pattern import Pattern
from lazyrich.training.gradient_flow.small.steps import END, END_SLOPE, KEPT

__all__ = ["Change", "ChangeDetector", "LineOffsets"]

CUT_OVERSHOOT: Final = 1e-9
"""Share of a step by which it is cut later than at the change, so that neurons that slide along one line leave it
together."""


LEAVE_TIME_TOLERANCE: Final = 1e-4
"""Tolerance of the time at which a neuron leaves the origin, as a share of the step."""


class Change(NamedTuple):
    """A neuron whose activations change in a step.

    Attributes:
        neuron: Its index.
        leaves: The share of what is left of the step at which its slide ends; None if it crosses lines or leaves the
            origin only.
        active: The side of its line to which it goes then.
        crosses: Lines that it crosses, on the way computed.
    """

    neuron: int
    leaves: float | None = None
    active: bool = False
    crosses: tuple[int, ...] = ()


class LineOffsets(NamedTuple):
    """Neurons (s,) to be shown beside lines, and the direction in which to move each (d, s)."""

    neurons: np.ndarray
    ways: np.ndarray

    def move(self, weights: np.ndarray, share: float) -> None:
        """Move the neurons of weights (k, d + 1, m) by this share of their distance from the origin."""
        w = weights[:, :-1, self.neurons]
        weights[:, :-1, self.neurons] = w + share * np.linalg.norm(w, axis=1, keepdims=True) * self.ways


class ChangeDetector:
    """Detector of changes in the activation pattern of one student.

    Args:
        pattern: Its activation pattern.
        rounding: Speed of weights, per readout, that may be rounding.
    """

    def __init__(self, pattern: Pattern, rounding: float):
        self._pattern, self._slow = pattern, rounding
        self._margins: np.ndarray = np.empty((2, 0))
        self._residuals: np.ndarray = np.empty(0)
        # v at the end of the step (origin.py), of each neuron at rest
        self._rests: dict[int, np.ndarray] = {}

    def record_start(self, theta: np.ndarray, along: np.ndarray, residuals: np.ndarray) -> None:
        """Record how far sliding and resting neurons are from moving on, at the start of a step. See `changes`."""
        self._margins = self._slide_margins(theta[-1], along, residuals)
        self._residuals = residuals.copy()

    def line_offsets(self) -> LineOffsets | None:
        """Return where to show the neurons that slid in the last step, before it changes the pattern; None if none did.

        Between the two sides of its line, a neuron is active for a share of the time, below / (below + above) of the
        speeds that push it to the line. It is shown on the side where it is for more than half of it.
        """
        i = self._pattern.sliding
        if not len(i):
            return None
        below, above = self._margins
        normals = self._pattern.lines.normals[self._pattern.on[i]].T
        return LineOffsets(i, np.where(below > above, normals, -normals))

    def changes(
        self,
        rows: np.ndarray,
        h: float,
        Z: np.ndarray,
        along: np.ndarray,
        residuals: np.ndarray,
        limits: tuple[float, float, float],
    ) -> tuple[float, list[Change]]:
        """Return the share of a step at which to cut it, 1 for its end, and whose activations change until then.

        Args:
            rows: Rows of a student after an accepted step (steps.py).
            h: Length of the step.
            Z: Pre-activations at its end (n, m).
            along: Slope along each neuron's normal that sliding took away at its end, per readout (m,).
            residuals: y - f at its end (n,).
            limits: Differences of weights, of their products with readouts and of outputs that are little.
        """
        pattern, self._rests = self._pattern, {}
        first = pattern.lines.first
        wrong = (Z[first] > 0) != pattern.active.T
        special = bool(len(pattern.sliding) or pattern.resting)
        if special:
            wrong &= pattern.free.T
        share, ends = 1.0, []
        lines, neurons = np.nonzero(wrong)
        if len(lines):
            # what stays on a line is beside it by rounding
            z, x, w = Z[first[lines], neurons], pattern.X[first[lines]], rows[END, :-1, neurons]
            beyond = np.abs(z) > pattern.lines.rounding * np.linalg.norm(x, axis=1) * np.linalg.norm(w, axis=1)
            lines, neurons = lines[beyond], neurons[beyond]
        crossings = self._crossings(rows, h, lines, neurons, Z, residuals, limits) if len(lines) else None
        if crossings:
            share = crossings.first
        if special:
            ends = self._ends(rows[END, -1], along, residuals)
            for at, speed, change in ends:
                off, wakes = (1 - at) * h * speed, change.leaves is None
                if at < share and (wakes or off > limits[0] or off * abs(rows[END, -1, change.neuron]) > limits[1]):
                    share = at
        share = min(share + CUT_OVERSHOOT, 1.0)
        if share >= 1:
            pattern.resting.update(self._rests)
            self._residuals = residuals.copy()
        found = [
            change if change.leaves is None else change._replace(leaves=at / share)
            for at, _, change in ends
            if at <= share
        ]
        if crossings:
            crossed: dict[int, tuple[int, ...]] = {}
            for k in crossings.until(share).tolist():
                crossed[int(neurons[k])] = (*crossed.get(int(neurons[k]), ()), int(lines[k]))
            found = [change._replace(crosses=crossed.pop(change.neuron, ())) for change in found]
            found += [Change(i, crosses=crosses) for i, crosses in crossed.items()]
        return share, found

    def _crossings(
        self,
        rows: np.ndarray,
        h: float,
        lines: np.ndarray,
        i: np.ndarray,
        Z: np.ndarray,
        residuals: np.ndarray,
        limits: tuple[float, float, float],
    ) -> Crossings:
        pattern = self._pattern
        inputs = pattern.lines.first[lines]
        values = np.add.reduce(rows[KEPT, :-1, i] * pattern.X[inputs].T, 1, np.float64)
        values[1::2] *= h
        readouts = np.abs(rows[END, -1, i])
        off = h * readouts * np.abs(pattern.jumps @ residuals)[lines]
        # one that slides comes to the origin, and may turn back
        off = np.maximum(off, (pattern.on[i] >= 0) * h * np.linalg.norm(rows[END_SLOPE, :-1, i], axis=1))
        output = readouts * np.abs(Z[inputs, i])
        little = (off <= limits[0]) & (readouts * off <= limits[1]) & (output <= limits[2])
        return Crossings(values, pattern.active[i, lines], little)

    def _ends(self, readout: np.ndarray, along: np.ndarray, residuals: np.ndarray) -> list[tuple[float, float, Change]]:
        """Return the ends of slides and rests: the share of the step, the speed that is left out, and the change."""
        found = []
        sliding, resting = self._pattern.sliding, self._pattern.resting
        if len(sliding):
            before, now = self._margins, self._slide_margins(readout, along, residuals)
            self._margins = now
            ended = now < -self._slow * np.abs(readout[sliding])
            for k, place in zip(*(part.tolist() for part in np.nonzero(ended)), strict=True):
                at = _zero(before[k, place], now[k, place])
                found.append((at, -float(now[k, place]), Change(int(sliding[place]), at, bool(k))))
        if resting:
            which, V = list(resting), np.array(list(resting.values()))
            V, sure = self._pattern.origin.track_maxima(V, readout[which], residuals)
            self._rests = dict(zip(which, V, strict=True))
            known: list[tuple[float, np.ndarray, tuple[float | None, np.ndarray]]] = []
            for i in (i for i, is_sure in zip(which, sure.tolist(), strict=True) if not is_sure):
                a, v = float(readout[i]), resting[i]
                # neurons at one place, whose readouts have one sign, leave together
                same = (then for sign, at, then in known if a * sign > 0 and np.allclose(v, at, rtol=0.05, atol=0.05))
                there = next(same, None) or self._leaves(v, a, residuals)
                known.append((a, v, there))
                leaves, self._rests[i] = there
                if leaves is not None:
                    found.append((leaves, 0.0, Change(i)))
        return found

    def _slide_margins(self, readout: np.ndarray, along: np.ndarray, residuals: np.ndarray) -> np.ndarray:
        """Return the speeds with which the flow on either side pushes the s sliding neurons to their lines (2, s)."""
        pattern = self._pattern
        i = pattern.sliding
        if not len(i):
            return np.empty((2, 0))
        a, below = readout[i], along[i]
        return np.array([a * below, -a * (below + (pattern.jumps @ residuals)[pattern.on[i]])])

    def _leaves(self, v: np.ndarray, readout: float, residuals: np.ndarray) -> tuple[float | None, np.ndarray]:
        """Return the share of a step at which a neuron at rest leaves the origin, None if it stays; and its position.

        The position is v (origin.py), at the end of the step.
        """
        climb, before = self._pattern.origin.climb, self._residuals
        end, way = climb(v, readout, residuals)
        if way is None:
            return None, end
        low, high = 0.0, 1.0
        while high - low > LEAVE_TIME_TOLERANCE:
            middle = (low + high) / 2
            if climb(v, readout, before + (residuals - before) * middle)[1]:
                high = middle
            else:
                low = middle
        return high, end


def _zero(before: float, now: float) -> float:
    """Return the share of a step at which a quantity that changes its sign is zero."""
    return float(before / (before - now)) if before * now < 0 else 0.0
