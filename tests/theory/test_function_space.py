"""The flow in function space, against the chain rule through the weights by automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.theory import modulation, modulation_eigenvalues, neuron_of, phase_speed, potential, single_neuron


def neuron(rng, d):
    """(a, w, eta_a, eta_w) of any balance and sign."""
    sizes = np.exp(rng.uniform(-2, 2, 2))
    return rng.normal() * sizes[0], rng.normal(size=d) * sizes[1], *np.exp(rng.uniform(-1, 1, 2))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_function_moves_by_m_times_the_gradient_on_any_data(count):
    for seed in range(40):
        rng = np.random.default_rng([seed, count])
        d, n = int(rng.integers(1, 5)), int(rng.integers(1, 8))
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        eta_a, eta_w = neuron(rng, d)[2:]
        a, W = rng.normal(size=count), rng.normal(size=(count, d)) * np.exp(rng.uniform(-2, 2))
        weights = [torch.tensor(value, requires_grad=True) for value in (a, W)]
        loss = ((torch.tensor(X) @ (weights[0] @ weights[1]) - torch.tensor(y)) ** 2).sum() / 2
        by_a, by_W = (part.numpy() for part in torch.autograd.grad(loss, weights))
        moved = -(eta_a * by_a @ W + eta_w * a @ by_W)
        deltas = eta_w * a**2 - eta_a * (W**2).sum(1)
        M = modulation(a[:, None] * W, deltas, eta_a, eta_w)
        np.testing.assert_allclose(-M @ X.T @ (X @ (a @ W) - y), moved, rtol=1e-9, atol=1e-11 * abs(moved).max())
        if count == 1:
            np.testing.assert_array_equal(modulation(a[0] * W[0], deltas[0], eta_a, eta_w), M)


def test_the_eigenvalues_agree_with_those_of_m_along_and_across_beta():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        beta, delta = rng.normal(size=4), 10.0 ** rng.uniform(-3, 3) * rng.choice([-1, 1])
        along, across = modulation_eigenvalues(np.linalg.norm(beta), delta, 0.3, 2.0)
        values = np.linalg.eigvalsh(modulation(beta, delta, 0.3, 2.0))
        np.testing.assert_allclose(values, [across, across, across, along], rtol=1e-8, atol=1e-13 * along)


def test_the_regimes_act_on_the_gradient_as_in_the_paper():
    along, across = modulation_eigenvalues(1.0, np.array([1e8, 0.0, -1e8]))
    np.testing.assert_allclose(along, [1e8, 2.0, 1e8])
    # upstream all directions alike; balanced half as fast across; downstream not at all across
    np.testing.assert_allclose(across, [1e8, 1.0, 1e-8])


def test_phase_speeds_are_the_slopes_of_the_exact_curve():
    for seed in range(80):
        rng = np.random.default_rng(seed)
        d = int(rng.integers(2, 5))
        a0, w0, eta_a, eta_w = neuron(rng, d)
        beta = rng.normal(size=d)
        s, delta = np.linalg.norm(beta), eta_w * a0**2 - eta_a * w0 @ w0
        t = np.array([0.5, 1.0, 1.5]) * 1e-4 / np.hypot(delta, 2 * s * (eta_a * eta_w) ** 0.5)
        a, w = single_neuron(t, a0, w0, beta, eta_a, eta_w)
        mu, phi = a * np.linalg.norm(w, axis=1), w @ beta / (np.linalg.norm(w, axis=1) * s)
        speed = phase_speed(mu[1], phi[1], delta, s, eta_a, eta_w)
        slope = (mu[2] - mu[0]) / (t[2] - t[0]), (phi[2] - phi[0]) / (t[2] - t[0])
        # a central difference: its error is a third derivative and the rounding of a difference
        np.testing.assert_allclose(speed, slope, rtol=1e-6, atol=1e-10 / (t[2] - t[0]))


def test_phase_speeds_at_rest_at_the_target_and_without_a_direction():
    assert phase_speed(2.0, 1.0, 3.0, beta_norm=2.0) == (0.0, 0.0)
    assert phase_speed(-2.0, -1.0, 3.0, beta_norm=2.0) == (0.0, 0.0)
    assert phase_speed(0.0, 0.5, 0.0) == (0.0, 0.0)
    assert phase_speed(0.0, 0.5, 1.0) == (0.5, np.inf)
    # with a = 0 and a first layer, only a moves at first
    assert phase_speed(0.0, 0.5, -1.0) == (0.5, 0.0)
    mu, phi = phase_speed(np.linspace(-2, 2, 9)[:, None], np.linspace(-1, 1, 5), 0.3)
    assert mu.shape == phi.shape == (9, 5)


@pytest.mark.parametrize("delta", [-1e4, -1.0, -1e-3, 0.0, 1e-3, 1.0, 1e4])
def test_the_slope_of_the_potential_is_the_length_of_w(delta):
    eta_a, eta_w = 0.5, 3.0
    g, k = (eta_a * eta_w) ** 0.5, (eta_w / eta_a) ** 0.25
    for r in (0.1, 1.0, 7.0):
        h = 1e-4 * r
        slope = (potential(r + h, delta, eta_a, eta_w) - potential(r - h, delta, eta_a, eta_w)) / (2 * h)
        # the neuron in normal form: a / k and w k at these rates
        a1, w1 = neuron_of([r, 0.0], delta / g)
        assert slope == pytest.approx(np.linalg.norm(w1), rel=1e-5)
        assert a1 * w1[0] == pytest.approx(r, rel=1e-14) and w1[1] == 0
        assert eta_w * (a1 / k) ** 2 - eta_a * (w1 @ w1) * k**2 == pytest.approx(delta, abs=1e-9 * max(1, abs(delta)))


def test_shapes_that_do_not_fit_and_neurons_without_direction_are_refused():
    with pytest.raises(ValueError, match=r"got \(3,\) and \(2,\)"):
        modulation(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="beta must not be zero"):
        modulation(np.zeros(3), -1.0)
    np.testing.assert_allclose(modulation(np.zeros(3), 2.0), 2 * np.eye(3))
