"""Pairs of values: verdict and sign test agree, failed runs count as worse, ties and floors."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lazyrich.studies.measure import FLOOR, measure_of
from lazyrich.studies.paired import Paired

LOSS, ACCURACY, MOVED = measure_of("test_loss"), measure_of("test_accuracy"), measure_of("kernel_distance")
NAN = float("nan")


def pairs(measure, a, b, floor=0.0):
    return Paired.of(measure, np.array(a, dtype=float), np.array(b, dtype=float), floor)


def test_columns_have_their_scale_and_their_better_direction():
    assert (LOSS.ratio, LOSS.better, LOSS.words) == (True, "lower", "test loss")
    assert (ACCURACY.ratio, ACCURACY.better) == (False, "higher")
    assert (MOVED.ratio, MOVED.better) == (False, "")
    assert measure_of("test_error").ratio and measure_of("time_to_tenth").ratio
    assert not measure_of("loss_difference").ratio and not measure_of("loss_difference").better


def test_ratios_of_losses_and_differences_of_accuracies_compare_b_with_a():
    paired = pairs(LOSS, [1, 2, 4, 8, 1, 1, 1], [0.5, 1, 1, 4, 0.5, 0.25, 2])
    assert paired.effect == pytest.approx(0.5)
    assert paired.interval == pytest.approx((0.25, 2.0))
    assert paired.wins[:3] == (6, 7, 0)
    paired = pairs(ACCURACY, [0.5, 0.6, 0.7], [0.75, 0.5, 0.75])
    assert paired.effect == pytest.approx(0.05)
    assert paired.wins[:3] == (2, 3, 0)
    assert paired.interval == (-inf, inf), "three pairs have no interval"


@given(st.lists(st.sampled_from([-3.0, -1.0, 0.0, 1.0, 2.0, inf, -inf]), min_size=6, max_size=70))
def test_a_verdict_never_contradicts_the_sign_test(differences):
    paired = Paired(LOSS, np.array(differences))
    lower, higher = paired.lower, paired.higher
    p = stats.binomtest(lower, lower + higher).pvalue if lower + higher else 1.0
    if paired.direction:
        assert p <= 0.05
        assert paired.direction == (-1 if lower > higher else 1)
    elif not paired.ties:
        assert p > 0.05
    low, high = paired.interval
    assert (paired.direction == 0) == (low <= 1 <= high)
    low_anytime, high_anytime = paired.anytime_interval
    assert low_anytime <= low and high_anytime >= high


@pytest.mark.parametrize("measure", [LOSS, ACCURACY])
def test_a_run_without_a_value_counts_as_the_worse_and_two_as_a_tie(measure):
    paired = pairs(measure, [NAN, 1.0, NAN, 1.0, 1.0], [1.0, NAN, NAN, 1.0, NAN])
    worse = 1 if measure is LOSS else -1
    assert np.sign(paired.differences).tolist() == [-worse, worse, 0, 0, worse]
    assert paired.wins[:3] == (1, 3, 2)
    assert (paired.lost_a, paired.lost_b, paired.left_out) == (2, 3, 0)


def test_where_neither_side_is_better_pairs_without_a_value_are_left_out():
    paired = pairs(MOVED, [0.1, NAN, 0.3], [0.2, 0.1, 0.1])
    assert (paired.pairs, paired.left_out) == (2, 1)
    assert paired.effect == pytest.approx(-0.05)


def test_losses_below_the_floor_are_equal():
    floor = np.array([FLOOR, FLOOR, FLOOR])
    paired = pairs(LOSS, [1e-13, 0.0, 1e-15], [1e-20, 1e-30, 1e-11], floor)
    assert paired.ties == 2
    assert np.exp(paired.differences).tolist() == pytest.approx([1, 1, 10])


def test_the_median_of_an_even_number_with_failures_on_both_sides():
    assert pairs(LOSS, [NAN, 1.0], [1.0, NAN]).effect == 1.0
    assert pairs(LOSS, [1.0, 1.0], [0.5, NAN]).effect == inf
    assert np.isnan(pairs(LOSS, [], []).effect)
    assert np.isnan(pairs(LOSS, [1.0], [1.0]).wins.low)
