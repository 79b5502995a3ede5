"""Find where quantities cross zero within a step. Between its ends they are cubic Hermite polynomials.

crossings = Crossings(values, above, little)
crossings.first, crossings.until(0.4)
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

__all__ = ["Crossings", "first_root"]


Values = TypeVar("Values", float, np.ndarray)


class Crossings:
    """Quantities that end a step on the wrong side of zero.

    Args:
        values: Value and slope per step at the start, then at the end (4, c).
        above: Whether each was to be above zero (c,).
        little: Whether it makes little difference when it crosses (c,).

    Attributes:
        first: Share of the step at which the first crosses that makes a difference; 1 if none does.
    """

    def __init__(self, values: np.ndarray, above: np.ndarray, little: np.ndarray):
        self._values, self._above = values, above
        self.first, self._first = 1.0, -1
        which = np.flatnonzero(~little)
        # nearest first by a straight line, so that most of the others need no root
        which = which[np.argsort(values[0, which] / (values[0, which] - values[2, which]))]
        for k, one, is_above in zip(which.tolist(), values[:, which].T.tolist(), above[which].tolist(), strict=True):
            z, dz, z_end, dz_end = one
            if self._first < 0 or (_cubic(self.first, z, dz, z_end, dz_end) > 0) != is_above:
                share = first_root(z, dz, z_end, dz_end, is_above)
                if share < self.first or self._first < 0:
                    self.first, self._first = share, k

    def until(self, share: float) -> np.ndarray:
        """Return the indices of those that have crossed at this share of the step."""
        if share >= 1:
            return np.arange(len(self._above))
        crossed = (_cubic(share, *self._values) > 0) != self._above
        crossed[self._first] |= self._first >= 0 and self.first <= share
        return np.flatnonzero(crossed)


def first_root(z: float, dz: float, z_end: float, dz_end: float, above: bool) -> float:
    """Return where a quantity that is above zero, or not above, ceases to be so, as a share of the step.

    A start on the wrong side is one at zero, but for rounding.

    Args:
        z: Value at the start of the step.
        dz: Slope there, per step.
        z_end: Value at its end, on the other side.
        dz_end: Slope there.
        above: Whether the quantity is to be above zero.
    """
    at_zero = (z > 0) != above or not z
    if at_zero and (dz > 0) != above:
        return 0.0
    low, high, s = 0.0, 1.0, 1.0
    # without the root at the start if it is there
    f_low, f_high = (dz, z_end) if at_zero else (z, z_end)
    kept = 0
    for _ in range(60):
        s = high - f_high * (high - low) / (f_high - f_low)
        f = _rest(s, dz, z_end, dz_end) if at_zero else _cubic(s, z, dz, z_end, dz_end)
        if not f or high - low < 1e-14:
            break
        # the method of false position, with half the value at an end that stays twice (Illinois)
        if (f > 0) == (f_high > 0):
            if high - s < 1e-15:
                break
            high, f_high = s, f
            f_low, kept = (f_low / 2 if kept > 0 else f_low), 1
        else:
            if s - low < 1e-15:
                break
            low, f_low = s, f
            f_high, kept = (f_high / 2 if kept < 0 else f_high), -1
    return s


def _cubic(s: float, z: Values, dz: Values, z_end: Values, dz_end: Values) -> Values:
    return (1 - s) ** 2 * (1 + 2 * s) * z + s * _rest(s, dz, z_end, dz_end)


def _rest(s: float, dz: Values, z_end: Values, dz_end: Values) -> Values:
    """Return the cubic without its value at the start, over s."""
    r = 1 - s
    return r * r * dz + s * (3 - 2 * s) * z_end - s * r * dz_end
