"""The time to a tenth of the first loss, against closed forms and the curves of real runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lazyrich import LinearNetwork, SingleNeuron, StudentTeacher, train
from lazyrich.experiments.common.time_to_tenth import TimeToTenth


def through(times, losses):
    """Return the time to a tenth as known at each frame."""
    tenth = TimeToTenth()
    return [tenth(t, loss) for t, loss in zip(times, losses, strict=True)]


def test_a_power_law_is_met_exactly_however_coarse_the_frames():
    # loss = t^-2 is a tenth of its value at t = 1 at t = 10^(1/2)
    for times in ([1, 7], [1, 2, 3, 50], np.geomspace(1, 100, 37)):
        values = through(times, [float(t) ** -2 for t in times])
        assert values[-1] == pytest.approx(math.sqrt(10), rel=1e-12)
        assert all(math.isnan(value) for value, t in zip(values, times, strict=True) if t < math.sqrt(10))


def test_from_time_zero_an_exponential_is_met_exactly():
    assert through([0, 4], [3.0, 3 * math.exp(-4)])[-1] == pytest.approx(math.log(10), rel=1e-12)


def test_the_first_time_counts_and_stays():
    assert through([0, 1, 2, 3], [1.0, 0.1, 5.0, 0.01])[1:] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([1.0, 0.5, 0.2], math.nan), ([0.0, 0.0], math.nan), ([math.nan, 1.0], math.nan), ([1.0, 0.0], 1.0)],
)
def test_the_time_to_a_tenth_is_missing_if_never_reached_or_undefined(losses, expected):
    assert through(range(len(losses)), losses)[-1] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("config", "loss"),
    [
        (StudentTeacher(tau=0.5, steps=2000, learning_rate=5e-4), "train_loss"),
        (SingleNeuron(steps=200, learning_rate=0.02), "loss"),
        (LinearNetwork(tau=0.5, steps=200, learning_rate=0.02), "loss"),
    ],
)
def test_the_time_to_a_tenth_appears_once_reached_and_agrees_with_numpy(config, loss):
    curves = train(config).curves
    below = np.flatnonzero(curves[loss] <= 0.1 * curves[loss][0])
    assert len(below)
    first = below[0]
    known = curves.time_to_tenth
    assert known[:first].isna().all() and known[first:].nunique() == 1
    log_t, log_loss = np.log(curves.time[first - 1 : first + 1]), np.log(curves[loss][first - 1 : first + 1])
    met = np.interp(-np.log(0.1 * curves[loss][0]), -log_loss, log_t)
    assert known.iloc[-1] == pytest.approx(np.exp(met), rel=1e-9)
