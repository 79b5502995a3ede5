"""The integrator against solutions known in closed form."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from lazyrich.theory.integrate import TooManySteps, integrate


def turn(y):
    return np.array([y[1], -y[0]])


def test_the_integrator_lands_on_every_requested_time():
    t = np.sort(np.random.default_rng(0).uniform(0, 20, 60))
    y = integrate(turn, np.array([0.0, 1.0]), np.concatenate([[0.0, 0.0], t, t[-1:]]))
    np.testing.assert_allclose(y[2:-1], np.column_stack([np.sin(t), np.cos(t)]), atol=1e-8)
    np.testing.assert_array_equal(y[:2], [[0.0, 1.0]] * 2)
    np.testing.assert_array_equal(y[-1], y[-2])


def test_the_error_falls_with_the_tolerance():
    errors = [
        abs(integrate(turn, np.array([0.0, 1.0]), np.array([10.0]), tolerance) - [[np.sin(10), np.cos(10)]]).max()
        for tolerance in (1e-4, 1e-6, 1e-8, 1e-10)
    ]
    assert all(later < 0.1 * earlier for earlier, later in pairwise(errors))


def test_a_step_of_the_method_is_of_order_five():
    # steps are forced by times much closer than any step would be
    errors = []
    for count in (8, 16, 32, 64):
        y = integrate(lambda y: -(y**2), np.ones(1), np.linspace(0, 8, count + 1), tolerance=1e6)
        errors.append(abs(y[-1, 0] - 1 / 9))
    slope = np.polyfit(np.log([1, 1 / 2, 1 / 4, 1 / 8]), np.log(errors), 1)[0]
    assert slope == pytest.approx(5.0, abs=0.7)


def test_small_parts_that_grow_keep_their_digits():
    y = integrate(lambda y: np.array([0.0, 1.0]) * y, np.array([1.0, 1e-6]), np.array([12.0]))
    assert y[0, 1] == pytest.approx(1e-6 * np.exp(12.0), rel=1e-7)


def test_any_shape_and_a_start_of_zero():
    assert integrate(lambda y: y, np.zeros((2, 0)), np.array([1.0, 2.0])).shape == (2, 2, 0)
    np.testing.assert_array_equal(integrate(lambda y: y, np.zeros((2, 3)), np.array([1.0])), np.zeros((1, 2, 3)))
    assert integrate(lambda y: y, np.ones(2), np.array([])).shape == (0, 2)


def test_the_integrator_stops_at_rest_and_gives_up_on_stiff_problems():
    y = integrate(lambda y: -y, np.ones(1), np.array([1.0, 1e12]), at_rest=lambda y: bool(y[0] < 1e-9))
    assert 0 < y[1, 0] < 1e-9
    with pytest.raises(TooManySteps, match="choose a shorter time"):
        integrate(lambda y: np.array([-1e9, -1.0]) * y, np.ones(2), np.array([1e6]), most_steps=500)
