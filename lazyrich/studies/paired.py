"""Two settings compared by seed: the median effect with its interval, and in how many seeds one is lower.

    paired = Paired.of(measure_of("test_loss"), a, b)
    paired.effect, paired.interval, paired.wins

Effects are those of B against A: a ratio below 1 and a difference below 0 say that B is lower.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import NamedTuple, Self

import numpy as np

from lazyrich.studies.measure import Measure
from lazyrich.studies.rank_statistics import median_interval, share_interval, signed_rank_p

__all__ = ["Paired", "Wins"]


class Wins(NamedTuple):
    """Number of pairs in which B is better, or higher if neither direction is better.

    won: that number. of: pairs that are not tied. ties: pairs with equal values. low, high: interval of Clopper and
    Pearson for the share of wins, at 95 %; nan if all pairs are tied.
    """

    won: int
    of: int
    ties: int
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Paired:
    """Differences of pairs on the scale of a measure.

    differences: B - A on the scale of `Measure.scaled`, shape (n,): inf or -inf if one value is missing and so counts
    as worse; 0 if both are. lost_a, lost_b: numbers of missing values. left_out: pairs with a missing value that are
    dropped, as neither direction of the measure is worse.
    """

    measure: Measure
    differences: np.ndarray
    lost_a: int = 0
    lost_b: int = 0
    left_out: int = 0

    @classmethod
    def of(cls, measure: Measure, a: np.ndarray, b: np.ndarray, floor: np.ndarray | float = 0.0) -> Self:
        """Compare values by pairs.

        Args:
            measure: Measure of the values.
            a: Values of A, shape (n,); nan for a run that failed or never reached the requested training loss.
            b: Values of B for the same seeds.
            floor: Lower bound to which smaller values are raised, a number or (n,).
        """
        a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
        no_a, no_b = np.isnan(a), np.isnan(b)
        with np.errstate(invalid="ignore"):
            differences = measure.scaled(b, floor) - measure.scaled(a, floor)
        lost_a, lost_b = int(no_a.sum()), int(no_b.sum())
        if not measure.better:
            whole = ~(no_a | no_b)
            return cls(measure, differences[whole], lost_a, lost_b, int((~whole).sum()))
        worse = inf if measure.better == "lower" else -inf
        differences = np.select([no_a & no_b, no_b, no_a], [0.0, worse, -worse], differences)
        return cls(measure, differences, lost_a, lost_b)

    @property
    def pairs(self) -> int:
        """Return the number of pairs compared."""
        return len(self.differences)

    @cached_property
    def median(self) -> float:
        """The median difference on the scale of the measure; nan without pairs."""
        if not self.pairs:
            return float("nan")
        ordered = np.sort(self.differences)
        low, high = float(ordered[(self.pairs - 1) // 2]), float(ordered[self.pairs // 2])
        # half of the pairs without a value of A, half without one of B
        return 0.0 if low == -high else (low + high) / 2

    @property
    def effect(self) -> float:
        """The median ratio or difference, whichever the measure uses; nan without pairs."""
        return self.measure.unscaled(self.median)

    @property
    def interval(self) -> tuple[float, float]:
        """The exact interval of the effect, at least 95 %, for a number of pairs that is fixed in advance.

        Unbounded for fewer than 6.
        """
        low, high = median_interval(self.differences)
        return self.measure.unscaled(low), self.measure.unscaled(high)

    @property
    def anytime_interval(self) -> tuple[float, float]:
        """An interval that stays valid however often it is read while pairs come in; wider than `interval`."""
        low, high = median_interval(self.differences, anytime=True)
        return self.measure.unscaled(low), self.measure.unscaled(high)

    @property
    def lower(self) -> int:
        """Number of pairs in which B is lower."""
        return int((self.differences < 0).sum())

    @property
    def higher(self) -> int:
        """Number of pairs in which B is higher."""
        return int((self.differences > 0).sum())

    @property
    def ties(self) -> int:
        """Number of pairs in which both are equal or neither has a value."""
        return int((self.differences == 0).sum())

    @property
    def wins(self) -> Wins:
        """Number of pairs in which B is better."""
        won = self.lower if self.measure.better == "lower" else self.higher
        of = self.pairs - self.ties
        low, high = share_interval(won, of) if of else (float("nan"), float("nan"))
        return Wins(won, of, self.ties, low, high)

    @property
    def direction(self) -> int:
        """-1 or 1 if the exact interval lies wholly below or above no effect, otherwise 0."""
        low, high = median_interval(self.differences)
        return -1 if high < 0 else 1 if low > 0 else 0

    @property
    def wilcoxon_p(self) -> float:
        """Two-sided p of Wilcoxon's signed-rank test, for the table; it assumes symmetric differences."""
        return signed_rank_p(self.differences)
