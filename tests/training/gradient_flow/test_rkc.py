"""Coefficients of the Runge-Kutta-Chebyshev steps, against brute force over the decays that must stay stable."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.training.gradient_flow.rkc import MAX_STAGES, first_order, max_stability_bound, scheme_for, second_order

SCHEMES = [first_order(s) for s in range(1, MAX_STAGES + 1)], [second_order(s) for s in range(2, MAX_STAGES + 1)]


def growth(scheme, z):
    """Return the factor of a step of y' = lambda y, and the estimate of its error, at z = h lambda."""
    early, late = np.zeros_like(z), np.zeros_like(z)
    for mu, nu, k, first in scheme.rows:
        early, late = late, mu * late + nu * early + k * z * (1 + late) + first * z
    of_step, of_first, of_last = scheme.error
    return 1 + late, of_step * late + z * (of_first + of_last * (1 + late))


@pytest.mark.parametrize("schemes", SCHEMES, ids=["first order", "second order"])
def test_no_decay_within_reach_grows_and_well_beyond_it_they_do(schemes):
    for scheme in schemes:
        z = -np.linspace(0, scheme.stability_bound, 40 * scheme.stages)
        assert np.abs(growth(scheme, z)[0]).max() <= 1 + 1e-10
        assert abs(growth(scheme, np.array([-1.4 * scheme.stability_bound]))[0][0]) > 1


def test_first_order_steps_damp_all_but_slow_decays_by_a_third():
    for scheme in SCHEMES[0]:
        z = -np.linspace(0.4 if scheme.stages == 1 else 2.0, scheme.stability_bound, 40 * scheme.stages)
        assert np.abs(growth(scheme, z)[0]).max() < 0.67


@pytest.mark.parametrize(("order", "schemes"), [(1, SCHEMES[0]), (2, SCHEMES[1])])
def test_steps_follow_the_exponential_to_their_order(order, schemes):
    for scheme in schemes[:: len(schemes) // 8]:
        z = -np.array([0.02, 0.01])
        wrong = growth(scheme, z)[0] - np.exp(z)
        assert np.log2(wrong[0] / wrong[1]) == pytest.approx(order + 1, abs=0.03)


@pytest.mark.parametrize(("order", "schemes"), [(1, SCHEMES[0]), (2, SCHEMES[1])])
def test_the_error_estimate_is_of_the_order_of_the_error(order, schemes):
    for scheme in schemes[:: len(schemes) // 8]:
        z = -np.array([0.02, 0.01])
        value, estimate = growth(scheme, z)
        assert np.log2(estimate[0] / estimate[1]) == pytest.approx(order + 1, abs=0.03)
        ratio = abs(estimate[1] / (value - np.exp(z))[1])
        # of first order it is the leading term itself, of second order a number of the same size
        assert ratio == pytest.approx(1, abs=0.02) if order == 1 else 0.5 < ratio < 3


def test_reach_grows_with_the_square_of_the_stages():
    assert [first_order(s).stability_bound / s**2 for s in (10, 100)] == pytest.approx([1.525, 1.523], abs=2e-3)
    assert [second_order(s).stability_bound / s**2 for s in (10, 100)] == pytest.approx([0.647, 0.653], abs=2e-3)


def test_one_stage_of_first_order_is_an_euler_step():
    assert first_order(1).rows == ((0.0, 0.0, pytest.approx(1.0), 0.0),)
    assert first_order(1).error[1:] == (-0.5, 0.5)


@pytest.mark.parametrize("order", [1, 2])
def test_the_scheme_for_a_stiffness_is_the_cheapest_that_bears_it(order):
    make = first_order if order == 1 else second_order
    for stiffness in (0.0, 0.5, 5.0, 50.0, 500.0, max_stability_bound(order)):
        scheme = scheme_for(order, stiffness)
        assert scheme.stability_bound >= stiffness
        assert scheme.stages == order or make(scheme.stages - 1).stability_bound < stiffness
    assert max_stability_bound(order) == make(MAX_STAGES).stability_bound
