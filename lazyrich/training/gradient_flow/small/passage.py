"""Bring neurons across lines, to the end of a step or to where it is cut.

A step in which a neuron crosses a line is computed as if nothing changed there. Beyond the line the neuron's velocity
differs by the jump in the slope of phi, along the line's normal, so the path of this neuron is corrected. The paths of
other neurons are not corrected: the effect on them within the step is of second order, like that on the residuals.

    apply_changes(changes, pattern, rows, h, residuals, slow=1e-15, conserves=True)
"""

from __future__ import annotations

from math import hypot

import numpy as np

from lazyrich.training.gradient_flow.small.crossings import first_root
from lazyrich.training.gradient_flow.small.path import Path
from lazyrich.training.gradient_flow.small.pattern import Pattern
from lazyrich.training.gradient_flow.small.steps import KEPT, START
from lazyrich.training.gradient_flow.small.watch import Change

__all__ = ["apply_changes"]


def apply_changes(
    changes: list[Change],
    pattern: Pattern,
    rows: np.ndarray,
    h: float,
    residuals: np.ndarray,
    slow: float,
    conserves: bool,
) -> None:
    """Change a pattern, and the weights of the neurons concerned in the row START.

    Args:
        changes: In a step.
        pattern: To change.
        rows: Rows of a student after the step, or where it is cut (steps.py).
        h: Length of the step until there.
        residuals: y - f at its end (n,).
        slow: Speed of weights, per readout, that may be rounding.
        conserves: Whether a^2 - |w|^2 stays.
    """
    which, theta = [change.neuron for change in changes], rows[START]
    d = len(theta) - 1
    ways = np.zeros((len(which), 4, 2))
    ways[:, :, :d] = rows[KEPT, :-1][:, :, which].transpose(2, 0, 1)
    # weights and slopes at the start, then at the end
    paths = ways.reshape(-1, 8).tolist()
    pulls = np.zeros((len(which), 2))
    pulls[:, :d] = (pattern.slopes[:, which] * residuals[:, None]).T @ pattern.X
    jumps = (pattern.jumps @ residuals).tolist()
    readouts, ends = theta[-1, which].tolist(), []
    for change, values, pull, a in zip(changes, paths, pulls.tolist(), readouts, strict=True):
        passage = _Passage(pattern, change.neuron, Path(values, h), a, (pull[0], pull[1]), jumps, residuals, slow)
        if change.neuron in pattern.resting:
            passage.pass_origin(pattern.resting[change.neuron])
        elif change.leaves is not None:
            passage.leave_line(change.leaves, change.active)
        passage.follow(set(change.crosses))
        ends.append((passage.path.x_end, passage.path.y_end))
    new = np.array(ends, theta.dtype)[:, :d].T
    if conserves:
        before = theta[:-1, which]
        squares = theta[-1, which] ** 2 + np.add.reduce(new * new - before * before, 0)
        theta[-1, which] = np.copysign(np.sqrt(np.maximum(squares, 0)), theta[-1, which])
    theta[:-1, which] = new
    pattern.settle()


class _Passage:
    """One neuron on its way.

    Args:
        pattern: To change.
        neuron: Its index.
        path: Its weights on the way.
        readout: Its readout.
        pull: Slope of its weights per readout, along the x and y axes.
        jumps: Change of that slope along the normal of each line, across the line.
        residuals: y - f (n,).
        slow: Speed per readout that may be rounding.
    """

    def __init__(
        self,
        pattern: Pattern,
        neuron: int,
        path: Path,
        readout: float,
        pull: tuple[float, float],
        jumps: list[float],
        residuals: np.ndarray,
        slow: float,
    ):
        self._pattern, self._i, self.path = pattern, neuron, path
        self._readout, self._pull, self._jumps = readout, pull, jumps
        self._residuals, self._slow = residuals, slow

    def follow(self, crosses: set[int]) -> None:
        """Follow the neuron across lines to the end of its way, across these in any case but for other changes."""
        pattern, path, i = self._pattern, self.path, self._i
        lines = pattern.lines
        active, free = pattern.active[i], pattern.free[i].copy()
        while True:
            z = lines.nx * path.x_end + lines.ny * path.y_end
            wrong = ((z > 0) != active) & free
            # beside a line by rounding only, it crosses if that is what it came for
            at_line = np.abs(z) <= lines.rounding * hypot(path.x_end, path.y_end)
            reached = [
                (first_root(*path.along(*lines.each[q]), bool(active[q])) if wrong[q] else 1.0, q)
                for q in (*np.flatnonzero(wrong & ~at_line).tolist(), *(q for q in crosses if at_line[q]))
            ]
            if not reached:
                return
            share, q = min(reached)
            way, on = path.way, int(pattern.on[i])
            path.skip(share)
            if on < 0:
                # it may come back to this line in the next step, not in this one
                free[q] = False
                crosses.discard(q)
                self._cross(q)
            else:
                # one that slides meets all other lines, at the origin
                x, y = lines.rays[on].tolist()
                crosses.clear()
                self.pass_origin(pattern.origin.arrival(on if x * way[0] + y * way[1] > 0 else on + len(free)))
                free &= pattern.free[i]
                free[q] = False

    def pass_origin(self, v: np.ndarray) -> None:
        """Climb from v near the origin (origin.py), and rest there or leave."""
        pattern, i = self._pattern, self._i
        v, way = pattern.origin.climb(v, self._readout, self._residuals)
        if way is None:
            pattern.rest(i, v)
            self.path.begin_at_origin(0.0, 0.0)
            return
        pattern.place(i, way.active, way.line)
        px, py = (pattern.X.T @ (self._residuals * pattern.slopes[:, i])).tolist()
        self._pull = px, py
        self.path.begin_at_origin(self._readout * px, self._readout * py)
        if way.line >= 0:
            self.path.stay_on(*pattern.lines.each[way.line])

    def leave_line(self, share: float, active: bool) -> None:
        """Leave the line that the neuron slides along, after this share of its way."""
        q = int(self._pattern.on[self._i])
        self.path.skip(share)
        self._pattern.slide(self._i, -1)
        nx, ny = self._pattern.lines.each[q]
        speeds = self._speeds(q, False)
        if active:
            self._turn(q)
        speed = speeds[active]
        self.path.add_growing(speed * nx, speed * ny)

    def _cross(self, q: int) -> None:
        pattern, path, i = self._pattern, self.path, self._i
        was = bool(pattern.active[i, q])
        below, above = self._speeds(q, was)
        slides = below > 0 > above
        if not slides:
            self._turn(q)
        nx, ny = pattern.lines.each[q]
        if slides or abs(below if was else above) <= self._slow * abs(self._readout):
            if slides or pattern.slopes[:, i].any():
                if pattern.active[i, q]:
                    self._turn(q)
                pattern.slide(i, q)
            # else it is dead, and stays where it is
            path.stay_on(nx, ny)
        else:
            speed = below - above if was else above - below
            path.add(speed * nx, speed * ny)

    def _speeds(self, q: int, active: bool) -> tuple[float, float]:
        """Return the neuron's speeds along a line's normal on its inactive and its active side; it is on one."""
        nx, ny = self._pattern.lines.each[q]
        here = self._readout * (nx * self._pull[0] + ny * self._pull[1])
        jump = self._readout * self._jumps[q]
        return (here - jump, here) if active else (here, here + jump)

    def _turn(self, q: int) -> None:
        """Bring the neuron to the other side of a line."""
        active = not self._pattern.active[self._i, q]
        self._pattern.turn(self._i, q, active)
        nx, ny = self._pattern.lines.each[q]
        jump = self._jumps[q] if active else -self._jumps[q]
        self._pull = self._pull[0] + jump * nx, self._pull[1] + jump * ny
