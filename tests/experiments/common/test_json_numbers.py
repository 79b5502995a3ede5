"""Numbers in headers of runs and in suggested settings."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lazyrich.experiments.common.json_numbers import plain, two_digits_down


@pytest.mark.parametrize(
    ("x", "rounded"),
    [(0.0299, 0.029), (0.03, 0.03), (1234.0, 1200.0), (9.99e-7, 9.9e-7), (1e300, 1e300), (5.0, 5.0)],
)
def test_an_offered_rate_is_rounded_down(x, rounded):
    assert two_digits_down(x) == rounded <= x


@pytest.mark.parametrize("x", [0.0, -1.0, math.inf, -math.inf, math.nan])
def test_invalid_rates_are_offered_as_zero(x):
    assert two_digits_down(x) == 0.0


def test_numbers_without_a_value_are_null_at_any_depth():
    assert plain(np.array([[1 / 3, np.nan], [np.inf, -0.5]]), 3) == [[0.333, None], [None, -0.5]]
