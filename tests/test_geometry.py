"""Sizes, conserved quantities and the equivalence of sizes and rates, against mpmath and plain autograd training."""

from __future__ import annotations

import subprocess
import sys

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lazyrich import geometry

TAUS = [10.0**power for power in range(-4, 2)]
DELTAS = [-10.0, -1.0, -1e-3, -1e-9, 0.0, 1e-9, 1e-3, 1.0, 10.0]


def exact_alpha(tau: float, delta: float) -> float:
    """The positive root of (alpha tau)^2 - (tau / alpha)^2 = delta with 60 digits."""
    with mpmath.workdps(60):
        t, d = mpmath.mpf(tau), mpmath.mpf(delta)
        return float(mpmath.sqrt((d + mpmath.sqrt(d**2 + 4 * t**4)) / (2 * t**2)))


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize("delta", DELTAS)
def test_alpha_has_all_digits_from_tau_1e_minus_4_to_10(tau, delta):
    assert geometry.alpha(tau, delta) == pytest.approx(exact_alpha(tau, delta), rel=1e-14)


@given(st.floats(0.01, 10), st.floats(-2, 2))
def test_layer_norms_have_the_scale_and_balance_asked_for(tau, delta):
    a, w = geometry.layer_norms(tau, delta)
    assert a * w == pytest.approx(tau**2, rel=1e-12)
    assert a**2 - w**2 == pytest.approx(delta, abs=1e-14 * (a**2 + w**2))
    assert geometry.tau_from_sizes(a, w) == pytest.approx(tau, rel=1e-12)
    assert geometry.delta_from_sizes(a, w) == pytest.approx(delta, abs=1e-14 * (a**2 + w**2))


def test_upstream_neurons_have_the_larger_readout():
    a, w = geometry.layer_norms(0.1, 1.0)
    assert a > 0.99 > 0.011 > w


@given(st.floats(0.01, 10), st.floats(-2, 2), st.floats(0.01, 100), st.floats(0.01, 100))
def test_conserved_delta_is_the_conserved_quantity_of_a_neuron_of_these_sizes(tau, delta, eta_a, eta_w):
    a, w = geometry.layer_norms(tau, delta)
    direction = np.array([0.6, 0.0, -0.8])
    conserved = geometry.conserved_quantity(np.array([-a]), w * direction[None], eta_a, eta_w)[0]
    scale = eta_w * a**2 + eta_a * w**2
    assert geometry.conserved_delta(tau, delta, eta_a, eta_w) == pytest.approx(conserved, abs=1e-13 * scale)
    assert geometry.conserved_delta(tau, delta) == pytest.approx(delta, abs=1e-13 * (a**2 + w**2))


def test_the_conserved_quantity_agrees_with_a_loop_over_neurons():
    rng = np.random.default_rng(0)
    a, W = rng.normal(size=(4, 7)), rng.normal(size=(4, 7, 3))
    loop = [[2.0 * a[b, i] ** 2 - 0.5 * sum(W[b, i, k] ** 2 for k in range(3)) for i in range(7)] for b in range(4)]
    np.testing.assert_allclose(geometry.conserved_quantity(a, W, eta_a=0.5, eta_w=2.0), loop, rtol=1e-13)


def train_by_autograd(X, y, W, a, rate, eta_a, eta_w, leak, steps):
    """Outputs after plain gradient descent on the mean squared error; gradients by automatic differentiation."""
    W, a = W.clone().requires_grad_(), a.clone().requires_grad_()
    for _ in range(steps):
        loss = ((torch.nn.functional.leaky_relu(X @ W.T, leak) @ a - y) ** 2).mean()
        grad_W, grad_a = torch.autograd.grad(loss, (W, a))
        with torch.no_grad():
            W -= rate * eta_w * grad_W
            a -= rate * eta_a * grad_a
    return (torch.nn.functional.leaky_relu(X @ W.T, leak) @ a).detach()


@pytest.mark.parametrize("leak", [0.0, 0.2, 1.0])
def test_a_start_at_equal_rates_trains_as_the_one_with_unequal_rates(leak):
    g = torch.Generator().manual_seed(3)
    X, y = torch.randn(15, 3, generator=g, dtype=torch.float64), torch.randn(15, generator=g, dtype=torch.float64)
    W, a = torch.randn(8, 3, generator=g, dtype=torch.float64) / 2, torch.randn(8, generator=g, dtype=torch.float64) / 2
    eta_a, eta_w, rate = 0.3, 4.0, 0.02
    a1, W1, factor = geometry.equal_rates(a, W, eta_a, eta_w)
    unequal = train_by_autograd(X, y, W, a, rate, eta_a, eta_w, leak, 200)
    equal = train_by_autograd(X, y, W1, a1, rate * factor, 1.0, 1.0, leak, 200)
    moved = (unequal - torch.nn.functional.leaky_relu(X @ W.T, leak) @ a).norm()
    assert moved > 0.1 * y.norm()
    assert (equal - unequal).norm() <= 1e-11 * y.norm()


@pytest.mark.parametrize("function", [geometry.alpha, geometry.conserved_delta])
def test_arrays_go_out_as_they_came_in(function):
    taus = np.array([0.1, 0.5, 2.0])
    as_numpy = function(taus, 0.5)
    as_torch = function(torch.from_numpy(taus), 0.5)
    assert isinstance(as_numpy, np.ndarray) and isinstance(as_torch, torch.Tensor)
    assert function(torch.tensor(taus, dtype=torch.float32), 0.5).dtype == torch.float32
    one = function(0.5, 0.5)
    assert type(one) is float
    np.testing.assert_allclose(as_numpy, as_torch.numpy(), rtol=1e-14)
    assert as_numpy[1] == pytest.approx(one, rel=1e-14)


@pytest.mark.parametrize("tau", [0, -1.0, float("nan"), np.array([0.1, 0.0])])
def test_a_scale_that_is_not_above_zero_is_refused_with_the_number(tau):
    with pytest.raises(ValueError, match=r"tau must be above 0, got (0|-1|nan)"):
        geometry.alpha(tau, 1.0)


def test_geometry_does_not_load_torch():
    script = "import sys, lazyrich.geometry as g; g.layer_norms(0.1, 1.0); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_sizes_beyond_floats_are_an_error_that_names_the_remedy():
    with pytest.raises(ValueError, match="choose a larger tau"):
        geometry.layer_norms(1e-248, -1.0)


def test_a_number_in_place_of_the_neurons_is_an_error():
    with pytest.raises(ValueError, match="W must be an array"):
        geometry.conserved_quantity(np.zeros(2), 0.0)
