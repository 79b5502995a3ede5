"""Statistics of paired values from their signs and ranks alone, exact for any number of pairs.

    median_interval(values)                 contains the median of the population in at least 95 % of samples
    median_interval(values, anytime=True)   does so at all sample sizes at once, however often it is read
    share_interval(27, 32)                  interval of a share of wins (Clopper and Pearson)
    signed_rank_p(values)                   Wilcoxon's test

The interval of the median goes from the k-th lowest to the k-th highest value. It assumes independent pairs but no
distribution, draws no random numbers, and excludes 0 exactly when the two-sided sign test rejects, so that a verdict
and a count of wins never contradict each other. Intervals of means, of Wilcoxon's test and of bootstraps lack these
properties for the few, skewed pairs of a study.
"""

from __future__ import annotations

from functools import cache
from math import comb, inf, lgamma, log
from typing import Any

import numpy as np

__all__ = ["LEVEL", "anytime_rank", "exact_rank", "median_interval", "share_interval", "signed_rank_p"]

LEVEL = 0.95
"""Coverage of the intervals."""

BISECTIONS = 60
"""Halvings of [0, 1] after which float64 has no number in between."""


@cache
def exact_rank(n: int, level: float = LEVEL) -> int:
    """Return the largest k whose k-th lowest and k-th highest of n values enclose the median at this level.

    0 if even the lowest and the highest do not, as with fewer than 6 values at 95 %. The interval misses the median on
    one side if fewer than k of n fair coins show heads.

    Source: Thompson 1936.
    """
    tail, k = 0, 0
    while k < n / 2 and (tail := tail + comb(n, k)) / 2**n <= (1 - level) / 2:
        k += 1
    return k


@cache
def anytime_rank(n: int, level: float = LEVEL) -> int:
    """Return the k of an interval that may be read after every pair, not only at a number fixed in advance.

    0 if there is no interval yet. With n fair coins, (prior-weighted likelihood of k heads) x 2^n is a martingale that
    starts at 1, and by Ville's inequality it ever exceeds 1 / (1 - level) with probability at most 1 - level.
    The prior is Jeffreys', a beta distribution with both parameters 1/2.
    """

    def evidence(k: int) -> float:
        return lgamma(k + 0.5) + lgamma(n - k + 0.5) - lgamma(n + 1) - 2 * lgamma(0.5) + n * log(2)

    # such a k exists, since equally many heads and tails are no evidence
    return next(k for k in range(n // 2 + 1) if evidence(k) < -log(1 - level))


def median_interval(values: Any, level: float = LEVEL, *, anytime: bool = False) -> tuple[Any, Any]:
    """Return an interval of the median of the population from which values are drawn.

    Args:
        values: Independent values, shape (..., n); infinite ones count as lowest or highest.
        level: Smallest coverage.
        anytime: Whether the interval is read while values come in.

    Returns:
        Two floats, or two arrays (...): the lower and the upper end, -inf and inf if n is too small for an interval.
    """
    values = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    n = values.shape[-1]
    k = (anytime_rank if anytime else exact_rank)(n, level)
    if not k:
        ends = np.full(values.shape[:-1], -inf), np.full(values.shape[:-1], inf)
    else:
        ends = values[..., k - 1], values[..., n - k]
    return ends if values.ndim > 1 else (float(ends[0]), float(ends[1]))


def share_interval(wins: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson for a probability, given `wins` in n independent trials.

    Raises:
        ValueError: If wins are not between 0 and n.
    """
    if not 0 <= wins <= n:
        raise ValueError(f"wins must be between 0 and {n}, got {wins}.")
    tail = (1 - level) / 2
    low = 0.0 if wins == 0 else _root(lambda p: 1 - _at_most(wins - 1, n, p) < tail)
    high = 1.0 if wins == n else _root(lambda p: _at_most(wins, n, p) > tail)
    return low, high


def signed_rank_p(values: Any) -> float:
    """Return the two-sided p of Wilcoxon's signed-rank test of symmetry about 0.

    Exact, with ties: counts all assignments of signs to the ranks. Zeros are left out; 1 if only zeros are given.

    Args:
        values: Differences of pairs, shape (n,); infinite ones have the highest ranks.

    Source: Wilcoxon 1945.
    """
    values = np.asarray(values, dtype=np.float64)
    values = values[values != 0]
    if not len(values):
        return 1.0
    _, place, count = np.unique(np.abs(values), return_inverse=True, return_counts=True)
    # twice the mean rank of equal sizes, a whole number
    doubled = (2 * np.cumsum(count) - count + 1)[place]
    total, positive = int(doubled.sum()), int(doubled[values > 0].sum())
    chance = np.zeros(total + 1)
    chance[0] = 1.0
    for rank in doubled.tolist():
        shifted = np.zeros_like(chance)
        shifted[rank:] = chance[:-rank]
        chance = (chance + shifted) / 2
    extreme = min(positive, total - positive)
    return min(1.0, 2 * float(chance[: extreme + 1].sum()))


def _at_most(k: int, n: int, p: float) -> float:
    """Probability of at most k successes in n trials of probability p, between 0 and 1."""
    i = np.arange(k + 1)
    ways = np.array([lgamma(n + 1) - lgamma(j + 1) - lgamma(n - j + 1) for j in range(k + 1)])
    return float(np.exp(ways + i * log(p) + (n - i) * np.log1p(-p)).sum())


def _root(below: Any) -> float:
    """Return the p in (0, 1) up to which `below` is true, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if 0 < middle < 1 and below(middle) else (low, middle)
    return (low + high) / 2
