"""Chains of single neurons against the closed form of depth two, DOP853 and kernels by automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from lazyrich.theory import (
    TooManySteps,
    chain_conserved,
    chain_flow,
    chain_kernel_distance,
    deep_kernel_distance,
    single_neuron,
    single_neuron_kernel_distance,
)


def drawn(seed: int, white: bool):
    """Draw readouts, w0, X, y, rates of depth 2 to 6, with readouts of either sign."""
    rng = np.random.default_rng(seed)
    depth, d = int(rng.integers(2, 7)), int(rng.integers(1, 5))
    X = rng.normal(size=(d + 2, d)) / d**0.5
    X = np.linalg.qr(X)[0] if white else X
    return (
        1.2 * rng.normal(size=depth - 1),
        rng.normal(size=d),
        X,
        rng.normal(size=d + 2),
        np.exp(rng.uniform(-1, 1, depth)),
    )


def trained(t, readouts, w0, X, y, rates):
    """Weights (T, L - 1 + d) by DOP853, with the gradient that automatic differentiation gives at the start."""
    count = len(readouts)
    rate = np.concatenate([rates[1:], np.full(len(w0), rates[0])])

    def gradient(z):
        a, w = z[:count], z[count:]
        back = X.T @ (a.prod() * (X @ w) - y)
        others = np.array([np.delete(a, k).prod() for k in range(count)])
        return np.concatenate([others * (w @ back), a.prod() * back])

    def slope(_, z):
        return -rate * gradient(z)

    z, values = np.concatenate([readouts, w0]), []
    weights = torch.tensor(z, requires_grad=True)
    f = weights[:count].prod() * (torch.tensor(X) @ weights[count:])
    ((f - torch.tensor(y)) ** 2).sum().div(2).backward()
    np.testing.assert_allclose(gradient(z), weights.grad, rtol=1e-10, atol=1e-13)
    for start, stop in zip([0.0, *t[:-1]], t, strict=True):
        z = solve_ivp(slope, (start, stop), z, "DOP853", rtol=1e-11, atol=1e-13).y[:, -1]
        values.append(z)
    return np.array(values)


@pytest.mark.parametrize("white", [True, False])
def test_the_flow_matches_the_flow_of_all_weights_at_any_depth(white):
    t = np.array([0.2, 1.5, 5.0])
    for seed in range(6):
        problem = drawn(seed, white)
        expected = trained(t, *problem)
        got = np.concatenate(chain_flow(t, *problem), axis=1)
        assert abs(got - expected).max() <= 1e-8 * abs(expected).max()


def test_depth_two_on_white_data_is_the_single_neuron():
    t = np.array([0.0, 0.1, 1.0, 30.0])
    for seed in range(4):
        rng = np.random.default_rng(seed)
        a0, w0, beta = rng.normal(), rng.normal(size=3), rng.normal(size=3)
        X = np.linalg.qr(rng.normal(size=(6, 3)))[0]
        readouts, w = chain_flow(t, [a0], w0, X, X @ beta, [0.5, 2.0])
        a, exact = single_neuron(t, a0, w0, beta, eta_a=2.0, eta_w=0.5)
        np.testing.assert_allclose(readouts[:, 0], a, atol=1e-8)
        np.testing.assert_allclose(w, exact, atol=1e-8)
        S = single_neuron_kernel_distance(t, a0, w0, beta, eta_a=2.0, eta_w=0.5)
        np.testing.assert_allclose(chain_kernel_distance(readouts, w, [0.5, 2.0]), S, atol=1e-8)


def test_conserved_quantities_are_constant_on_any_data():
    t = np.linspace(0, 5, 20)
    for seed in range(5):
        readouts, w0, X, y, rates = drawn(seed, white=False)
        conserved = chain_conserved(*chain_flow(t, readouts, w0, X, y, rates), rates)
        assert abs(conserved - conserved[0]).max() <= 1e-9 * max(1.0, abs(conserved[0]).max())


def test_kernel_distance_matches_the_deep_network_of_width_one():
    for seed in range(10):
        readouts, w0, X, y, rates = drawn(seed, white=True)
        a, w = chain_flow([0.0, 0.5, 2.0], readouts, w0, X, y, rates)
        start = [w[0][None], *(a[0, k].reshape(1, 1) for k in range(a.shape[1]))]
        now = [w[:, None], *(a[:, k].reshape(-1, 1, 1) for k in range(a.shape[1]))]
        S = chain_kernel_distance(a, w, rates)
        np.testing.assert_allclose(S, deep_kernel_distance(start, now, X, rates), rtol=1e-8, atol=1e-15)


def test_a_deep_neuron_learns_in_the_time_of_its_closed_form():
    # all readouts and |w| equal u and aligned at depth 3: u' = u^2 (s - u^3)
    s, start = 2.0, 0.3
    _, w = chain_flow([1.5], [start, start], [start, 0.0], np.eye(2), [s, 0.0])
    end = solve_ivp(lambda _, u: u**2 * (s - u**3), (0, 1.5), [start], "DOP853", rtol=1e-12, atol=1e-14).y[0, -1]
    assert w[0, 0] == pytest.approx(end, rel=1e-8) and start < end < s ** (1 / 3)


def test_late_times_cost_no_steps_once_the_target_is_reached():
    readouts, w0, X, y, rates = drawn(2, white=True)
    a, w = chain_flow([1e3, 1e12], readouts, w0, X, y, rates)
    np.testing.assert_allclose(a.prod(1)[1] * w[1], X.T @ y, atol=1e-9)


def test_invalid_arguments_are_refused():
    problem = [0.5], [1.0, 0.0], np.eye(2), [1.0, 1.0]
    with pytest.raises(ValueError, match=r"rates must be \(2,\)"):
        chain_flow([1.0], *problem, rates=[1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"w0 must be \(d,\)"):
        chain_flow([1.0], [0.5], [1.0], np.eye(2), [1.0, 1.0])
    with pytest.raises(ValueError, match=r"readouts must be \(L - 1,\), .* got shape \(1, 1\)"):
        chain_flow([1.0], [[0.5]], *problem[1:])
    with pytest.raises(ValueError, match="tolerance must be above 0 and below 1, got 1: 1e-11 is what is usual"):
        chain_flow([1.0], *problem, tolerance=1)
    with pytest.raises(ValueError, match=r"most_steps must be a whole number, at least 1, got 2\.5"):
        chain_flow([1.0], *problem, most_steps=2.5)
    with pytest.raises(ValueError, match="at least one"):
        chain_flow([1.0], [], [1.0], np.eye(1), [1.0])
    with pytest.raises(TooManySteps, match="more than 3 steps to reach time 10"):
        chain_flow([10.0], *problem, most_steps=3)
