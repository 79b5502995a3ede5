"""Exact statistics of pairs, against enumeration, scipy, and samples of populations whose median is known."""

from __future__ import annotations

from itertools import product
from math import inf

import numpy as np
import pytest
from scipy import stats

from lazyrich.studies.rank_statistics import (
    anytime_rank,
    exact_rank,
    median_interval,
    share_interval,
    signed_rank_p,
)

DRAWS = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "skewed": lambda rng, shape: rng.exponential(size=shape) - np.log(2),
    "heavy": lambda rng, shape: rng.standard_cauchy(shape),
    "two sided": lambda rng, shape: rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 1, shape),
}
"""Populations with the median 0."""


@pytest.mark.parametrize("n", range(1, 130))
def test_the_ranks_are_the_narrowest_that_cover(n):
    k = exact_rank(n)
    assert (1 - 2 * stats.binom.cdf(k - 1, n, 0.5) >= 0.95) if k else n < 6
    assert 1 - 2 * stats.binom.cdf(k, n, 0.5) < 0.95 or 2 * (k + 1) > n + 1
    assert anytime_rank(n) <= k


def test_the_ranks_of_the_usual_numbers_of_seeds():
    assert [exact_rank(n) for n in (5, 6, 8, 16, 32, 64)] == [0, 1, 1, 4, 10, 24]


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize("n", [8, 16, 32])
def test_the_interval_covers_a_known_median_at_the_rate_of_its_ranks(draw, n):
    rng, samples = np.random.default_rng(n), 20_000
    low, high = median_interval(draw(rng, (samples, n)))
    nominal = 1 - 2 * stats.binom.cdf(exact_rank(n) - 1, n, 0.5)
    # four standard errors
    assert abs(((low < 0) & (high > 0)).mean() - nominal) < 4 * (nominal * (1 - nominal) / samples) ** 0.5


def test_looking_after_every_pair_misleads_with_the_exact_interval_and_not_with_the_anytime_one():
    values = DRAWS["skewed"](np.random.default_rng(0), (4000, 64))
    alarms = {}
    for anytime in (False, True):
        ever = np.zeros(len(values), dtype=bool)
        for n in range(6, 65):
            low, high = median_interval(values[:, :n], anytime=anytime)
            ever |= (low > 0) | (high < 0)
        alarms[anytime] = ever.mean()
    assert alarms[False] > 0.15
    assert alarms[True] <= 0.05


@pytest.mark.parametrize(("won", "n"), [(0, 1), (1, 1), (0, 20), (13, 20), (27, 32), (32, 32), (450, 900)])
def test_the_interval_of_a_share_matches_scipy(won, n):
    expected = stats.binomtest(won, n).proportion_ci(method="exact")
    assert share_interval(won, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_share_above_1_is_refused():
    with pytest.raises(ValueError, match="wins must be between 0 and 5, got 6"):
        share_interval(6, 5)


@pytest.mark.parametrize("n", [1, 5, 12, 40])
def test_the_p_of_signed_ranks_matches_scipy_where_sizes_differ(n):
    values = np.random.default_rng(n).normal(0.4, 1, n)
    assert signed_rank_p(values) == pytest.approx(stats.wilcoxon(values, method="exact").pvalue, rel=1e-9)


@pytest.mark.parametrize("values", [[1, 1, -1, 2, 2, 0, 3], [inf, inf, -2, 1, -1, 1], [0.5, 0.5, 0.5, 0.5]])
def test_the_p_of_signed_ranks_with_ties_matches_a_count_of_all_signs(values):
    values = np.array(values, dtype=float)
    rest = values[values != 0]
    ranks = stats.rankdata(np.abs(rest))
    sums = np.array(
        [sum(r for r, sign in zip(ranks, signs, strict=True) if sign) for signs in product((0, 1), repeat=len(rest))]
    )
    found, middle = ranks[rest > 0].sum(), ranks.sum() / 2
    expected = (np.abs(sums - middle) >= abs(found - middle) - 1e-9).mean()
    assert signed_rank_p(values) == pytest.approx(expected, rel=1e-12)


def test_without_any_difference_the_p_is_1():
    assert signed_rank_p(np.zeros(4)) == 1.0
