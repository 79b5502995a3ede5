"""Kernel distances of the single neuron against automatic differentiation, and their limits against late times."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.geometry import layer_norms
from lazyrich.theory import (
    OnSeparatrix,
    final_kernel_distance,
    kernel_distance_limits,
    limit,
    single_neuron,
    single_neuron_kernel_distance,
)


def kernel_by_autograd(X, a, w, eta_a, eta_w):
    """The gradients' products, weighted with the rates, of f(x) = a w . x on the rows of X."""

    def outputs(a, w):
        return a * (X @ w)

    by_a, by_w = torch.autograd.functional.jacobian(outputs, (torch.tensor(a, dtype=torch.float64), torch.tensor(w)))
    return (eta_a * torch.outer(by_a, by_a) + eta_w * by_w @ by_w.T).numpy()


def distance(K0, K1):
    return 0.5 * ((K0 / np.linalg.norm(K0) - K1 / np.linalg.norm(K1)) ** 2).sum()


def drawn(seed: int):
    """Any start, some without readout or first layer, in 1 to 6 dimensions, with unequal rates."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 7))
    sizes = np.exp(rng.uniform(-4, 2, 2))
    a0, w0 = rng.normal() * sizes[0] * (seed % 7 != 0), rng.normal(size=d) * sizes[1] * (seed % 5 != 0 or seed % 7 == 0)
    return a0, w0, rng.normal(size=d), *np.exp(rng.uniform(-1.5, 1.5, 2))


@pytest.mark.parametrize("block", range(6))
def test_kernel_distance_matches_kernels_by_autograd(block):
    for seed in range(40 * block, 40 * block + 40):
        start = drawn(seed)
        d = len(start[1])
        # any whitened inputs, more than dimensions
        X = torch.linalg.qr(torch.randn(d + 3, d, generator=torch.Generator().manual_seed(seed)).double())[0]
        t = np.array([0.0, 0.1, 1.0, 30.0]) / (start[3] * start[4]) ** 0.5
        a, w = single_neuron(t, *start)
        kernels = [kernel_by_autograd(X, a[k], w[k], *start[3:]) for k in range(len(t))]
        expected = [distance(kernels[0], K) for K in kernels]
        np.testing.assert_allclose(single_neuron_kernel_distance(t, *start), expected, rtol=0, atol=1e-12)


def test_kernel_distance_is_zero_at_the_start_never_negative_and_quadratic_in_short_times():
    for seed in range(60):
        start = drawn(seed)
        S = single_neuron_kernel_distance([0.0, 1e-8, 2e-8], *start)
        assert S[0] <= 1e-31 and (S >= 0).all()
        if start[0] and start[1].any() and S[1] > 1e-22:
            assert S[2] / S[1] == pytest.approx(4.0, rel=1e-3)


def test_the_final_distance_is_the_one_at_late_times():
    reached = 0
    for seed in range(200):
        a0, w0, beta, eta_a, eta_w = drawn(seed)
        delta = eta_w * a0**2 - eta_a * w0 @ w0
        length, s = np.linalg.norm(w0), np.linalg.norm(beta)
        if not length:
            continue
        last = single_neuron_kernel_distance([1e9], a0, w0, beta, eta_a, eta_w)[0]
        cosine = np.clip(w0 @ beta / (length * s), -1, 1)
        final = final_kernel_distance(a0 * length, cosine, delta, s, len(w0), eta_a, eta_w)
        # with a0 = 0 the map's mu0 = 0 still has w0's direction, since delta < 0
        assert last == pytest.approx(final, abs=1e-12)
        reached += 1
    assert reached >= 150


PHI = np.array([-1.0, -0.6, 0.0, 0.3, 0.9])


@pytest.mark.parametrize("dimension", [2, 3, 10, 100])
def test_the_final_distance_tends_to_its_limits(dimension):
    mu0, s, rates = 0.7, 1.3, {"eta_a": 0.5, "eta_w": 3.0}
    limits = kernel_distance_limits(mu0, PHI, s, dimension, **rates)
    common = {"beta_norm": s, "dimension": dimension, **rates}
    far = 1e3
    upstream = final_kernel_distance(mu0, PHI, far, **common) * far**4
    np.testing.assert_allclose(upstream, limits.upstream, rtol=1e-4)
    np.testing.assert_allclose(final_kernel_distance(mu0, PHI, -1e6, **common), limits.downstream, atol=1e-10)
    for scale in (0.0, 1e-9, mu0, 1e3):
        np.testing.assert_allclose(final_kernel_distance(scale, PHI, 0.0, **common), limits.balanced, atol=1e-13)
    np.testing.assert_allclose(final_kernel_distance(1e-9, PHI, 1e-5, **common), limits.small_upstream, atol=1e-4)
    np.testing.assert_allclose(final_kernel_distance(1e-9, PHI, -1e-5, **common), limits.small_downstream, atol=1e-4)


def test_the_order_of_the_regimes_is_the_papers_lazy_upstream_rich_downstream():
    S = final_kernel_distance(0.1, 0.3, np.linspace(-3, 3, 61))
    assert S[0] > 0.5 > 1e-3 > S[-1]


def test_on_the_separatrix_the_distance_is_followed_to_the_saddle():
    a0, w0, beta = 0.0, np.array([0.0, 2.0, 0.0]), np.array([1.0, 0.0, 0.0])
    with pytest.warns(OnSeparatrix):
        S = single_neuron_kernel_distance([0.0, 1.0, 1e12], a0, w0, beta)
    np.testing.assert_allclose(S, 0.0, atol=1e-31)
    a0, w0 = 5.0, np.array([-5.0, 0.0, 0.0])
    with pytest.warns(OnSeparatrix):
        assert (single_neuron_kernel_distance([0.0, 1.0, 1e12], a0, w0, beta) == 0).all()
    with pytest.warns(OnSeparatrix):
        assert (single_neuron_kernel_distance([0.0, 1e12], 0.0, 0 * w0, beta) == 0).all()


@pytest.mark.parametrize("delta", [-1e6, -1e-7, 0.0, 1e-7, 1e6])
@pytest.mark.parametrize("tau", [1e-4, 1.0])
def test_extreme_balances_scales_and_times_give_a_number_between_0_and_1(delta, tau):
    a0, length = layer_norms(tau, delta)
    w0, beta = length * np.array([0.6, 0.8]), np.array([1.0, 0.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        S = single_neuron_kernel_distance(np.geomspace(1e-12, 1e12, 300), a0, w0, beta)
    assert ((S >= 0) & (S <= 1)).all()
    end = limit(a0, w0, beta)
    expected = final_kernel_distance(a0 * length, 0.6, delta, 1.0, 2)
    assert S[-1] == pytest.approx(expected, abs=1e-9) and end.sign == 1


def test_unequal_rates_are_unequal_sizes():
    rng = np.random.default_rng(4)
    a0, w0, beta, t = 0.4, rng.normal(size=3), rng.normal(size=3), np.linspace(0, 3, 10)
    eta_a, eta_w = 0.2, 5.0
    k, g = (eta_w / eta_a) ** 0.25, (eta_a * eta_w) ** 0.5
    unequal = single_neuron_kernel_distance(t, a0, w0, beta, eta_a, eta_w)
    np.testing.assert_allclose(unequal, single_neuron_kernel_distance(g * t, k * a0, w0 / k, beta), rtol=1e-12)


def test_tensors_come_back_as_tensors_and_a_cosine_above_one_is_refused():
    w0 = torch.tensor([1.0, 2.0])
    S = single_neuron_kernel_distance([0.0, 1.0], 0.1, w0, [1.0, 0.0])
    assert isinstance(S, torch.Tensor) and S.shape == (2,)
    with pytest.raises(ValueError, match=r"phi0 must be between -1 and 1, got -1.5"):
        final_kernel_distance(0.1, [-1.5, 0.0], 0.0)
