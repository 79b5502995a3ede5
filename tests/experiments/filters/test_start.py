"""Filters before training: sizes of weights, learning rates, the schedule of frames, and estimates of work."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.experiments.filters.config import FRAMES, RATES, Filters
from lazyrich.experiments.filters.frames import draw, initial
from lazyrich.training.convolutions import outputs
from tests.experiments.filters.runs import QUICK


def test_all_balances_of_a_seed_start_as_one_function_of_size_tau():
    X = draw(QUICK, 0).X_test
    starts = {tau: initial(QUICK.changed(alphas=(0.05, 1.0, 20.0), tau=tau), 0) for tau in (1.0, 0.1)}
    found = {tau: [outputs(X, [W[k] for W in start]) for k in range(3)] for tau, start in starts.items()}
    for other in found[1.0][1:]:
        torch.testing.assert_close(other, found[1.0][0])
    torch.testing.assert_close(found[0.1][0], found[1.0][0] / 10)


def test_the_start_has_the_sizes_asked_for():
    alphas, tau = (0.2, 5.0), 0.3
    start = initial(Filters(alphas=alphas, tau=tau, data="photographs"), 0)
    for layer, (W, inputs, gain) in enumerate(zip(start, (147, 144, 288, 32), (2, 2, 2, 1), strict=True)):
        for place, alpha in enumerate(alphas):
            balance = {0: 1 / alpha, 3: alpha}.get(layer, 1.0)
            size = tau**0.25 * (gain / inputs) ** 0.5 * balance
            assert W[place].std().item() == pytest.approx(size, rel=0.12)


def test_rates_agree_with_the_table_and_are_linear_between_and_beyond():
    for data, table in RATES.items():
        config = Filters(data=data, alphas=tuple(table), rate=2.0)
        assert config.learning_rates == pytest.approx([2 * rate for rate in table.values()])
    assert Filters(data="cifar10").learning_rates == Filters(data="photographs").learning_rates
    between = Filters(alphas=(1.0, 3.0**0.5, 3.0, 10.0, 100.0 / 9, 20.0)).learning_rates
    assert between[1] == pytest.approx((8e-3 * 6e-3) ** 0.5)
    slope = np.log(4 / 6) / np.log(10 / 3)
    assert between[-1] == pytest.approx(4e-3 * 2**slope)


@pytest.mark.parametrize("steps", [5, 21, 600, 3000])
def test_frames_go_from_the_start_to_the_last_step_ever_further_apart(steps):
    config = Filters(steps=steps)
    schedule = config.schedule
    assert schedule[0] == 0 and schedule[-1] == steps and config.expected_frames <= FRAMES
    gaps = np.diff(schedule)
    assert (gaps >= 1).all() and (np.diff(gaps) >= -1).all()


def test_the_largest_log_stays_small():
    largest = Filters(data="photographs", alphas=(0.1, 0.5, 1.0, 3.0, 10.0, 20.0), seeds=16, dtype="float64")
    assert largest.work().bytes < 100e6


def test_the_estimated_work_grows_with_the_settings():
    for more in ({"seeds": 2}, {"steps": 1200}, {"data": "photographs"}, {"batch": 128}, {"alphas": (1.0, 2, 3, 4)}):
        assert Filters(**more).work().seconds > 1.2 * Filters().work().seconds
