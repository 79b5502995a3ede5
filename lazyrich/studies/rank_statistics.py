"""Statistics of paired values that need no more than their signs and ranks, exact at every number of pairs.

    median_interval(values)                 holds the median of the population in 95 % of samples, at least
    median_interval(values, anytime=True)   does so at all times at once, however often it is looked at
    share_interval(27, 32)                  of a share of wins (Clopper and Pearson)
    signed_rank_p(values)                   Wilcoxon's test

The interval of the median goes from the k-th lowest to the k-th highest value. It assumes independent pairs and nothing
of their distribution, draws no random numbers, and leaves out 0 exactly when the two-sided sign test does, so that a
verdict and a count of wins never contradict each other. Intervals of means, of Wilcoxon's test and of bootstraps do not
have these properties for the few and skewed pairs that there are here.
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
"""Halvings of [0, 1] that leave nothing to be found in float64."""


@cache
def exact_rank(n: int, level: float = LEVEL) -> int:
    """Return the largest k whose k-th lowest and k-th highest of n values enclose the median at this level.

    0 where even the lowest and the highest do not, as for fewer than 6 at 95 %. Both miss it on one side if fewer than
    k of n fair coins show heads.

    Source: Thompson 1936.
    """
    tail, k = 0, 0
    while k < n / 2 and (tail := tail + comb(n, k)) / 2**n <= (1 - level) / 2:
        k += 1
    return k


@cache
def anytime_rank(n: int, level: float = LEVEL) -> int:
    """Return the k of an interval that may be looked at after every pair, not only at a number fixed beforehand.

    0 where there is none yet. With n fair coins, (prior-weighted likelihood of k heads) x 2^n is a martingale that
    starts at 1, and by Ville's inequality it exceeds 1 / (1 - level) at any time with probability 1 - level at most.
    The prior is Jeffreys', a beta distribution with both parameters 1/2.
    """
    bound = -log(1 - level)
    for k in range(n // 2 + 1):
        evidence = lgamma(k + 0.5) + lgamma(n - k + 0.5) - lgamma(n + 1) - 2 * lgamma(0.5) + n * log(2)
        if evidence < bound:
            return k
    return 0


def median_interval(values: Any, level: float = LEVEL, *, anytime: bool = False) -> tuple[Any, Any]:
    """Return the ends of an interval of the median of the population that values are drawn from.

    Args:
        values: Independent values, shape (..., n); infinite ones count as lowest or highest.
        level: Its least coverage.
        anytime: Whether values are looked at while they come in.

    Returns:
        Two floats, or two arrays (...): the lower and the upper end, -inf and inf where n is too small for one.
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
    """Return the interval of Clopper and Pearson for the share that `wins` of n independent trials are drawn from.

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
    """Return the two-sided p of Wilcoxon's signed-rank test that values are symmetric about 0.

    Exact, with ties: over all signs that the ranks could have. Zeros are left out. 1 where nothing else is there.

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
    """The p in (0, 1) up to which `below` holds."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if 0 < middle < 1 and below(middle) else (low, middle)
    return (low + high) / 2
