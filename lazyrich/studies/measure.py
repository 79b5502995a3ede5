"""Meaning of a column of the curves: on which scale it is compared, and which of two values is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

__all__ = ["FLOOR", "Measure", "measure_of"]

FLOOR: Final = 1e-12
"""Smallest loss that is told apart from 0, as a share of the loss of an output of 0. Below it losses are rounding, and
their ratio is meaningless."""

SCALES: Final = ("loss", "error", "time", "step", "steps", "gradients")
"""Words in the names of columns that are positive and span decades; lower is better."""

SIGNED: Final = ("difference", "gap")
"""Words in the names of columns that are differences, of either sign."""


@dataclass(frozen=True)
class Measure:
    """A column by which runs are compared.

    name: the column. ratio: whether two values are compared by their ratio; otherwise by their difference. better:
    "lower" or "higher", or "" where neither is better.
    """

    name: str
    ratio: bool
    better: Literal["lower", "higher", ""]

    @property
    def words(self) -> str:
        """Its name in a sentence: `test loss`."""
        return self.name.replace("_", " ")

    @property
    def effect(self) -> str:
        """Return the scale of a comparison of two values: `ratio` or `difference`."""
        return "ratio" if self.ratio else "difference"

    @property
    def no_effect(self) -> float:
        """The effect of two equal values."""
        return 1.0 if self.ratio else 0.0

    def scaled(self, values: np.ndarray, floor: np.ndarray | float = 0.0) -> np.ndarray:
        """Return values on the scale on which they are subtracted: logarithms if ratios are compared.

        Args:
            values: Of the column; at least 0 if ratios are compared.
            floor: Lower bound to which smaller values are raised; above 0 if ratios are compared.
        """
        if not self.ratio:
            return values
        lowest = np.maximum(floor, np.finfo(np.float64).tiny)
        return np.log(np.where(np.isnan(values), np.nan, np.maximum(values, lowest)))

    def unscaled(self, scaled: float) -> float:
        """Return an effect from a difference on the scale of `scaled`."""
        return float(np.exp(scaled)) if self.ratio else float(scaled)


def measure_of(name: str) -> Measure:
    """Return the measure of a column, derived from the words in its name."""
    words = name.split("_")
    if any(word in words for word in SIGNED):
        return Measure(name, False, "")
    if any(word in words for word in SCALES):
        return Measure(name, True, "lower")
    return Measure(name, False, "higher" if "accuracy" in words else "")
