"""The end of a single neuron with too few samples, against gradient flow and the minimum of the potential."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from lazyrich.theory import UndecidedSign, implicit_bias, limit, neuron_of, potential, separatrix_cosine


def drawn(seed: int):
    """X (n, d), y, beta0 with n < d, none of it white; every third start is opposed to the data."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 7))
    n = int(rng.integers(1, d))
    X = rng.normal(size=(n, d)) * np.exp(rng.uniform(-0.4, 0.4, size=d))
    y, beta0 = rng.normal(size=n), rng.normal(size=d) * np.exp(rng.uniform(-2, 0.5))
    if seed % 3 == 0:
        beta0 = -X.T @ y * np.linalg.norm(beta0) / np.linalg.norm(X.T @ y) + 0.1 * beta0
    return X, y, beta0


def trained(X, y, beta0, delta):
    """(beta, sign of a) where DOP853 on the weights ends, once the residual is gone."""

    def slope(t, z):
        push = X.T @ (y - X @ (z[0] * z[1:]))
        return np.concatenate([[z[1:] @ push], z[0] * push])

    def fitted(t, z):
        return np.linalg.norm(X @ (z[0] * z[1:]) - y) - 1e-8 * np.linalg.norm(y)

    fitted.terminal = True
    a0, w0 = neuron_of(beta0, delta)
    z = np.append(a0, w0)
    run = solve_ivp(slope, (0, 1e4), z, "DOP853", rtol=1e-10, atol=1e-12, events=fitted)
    assert run.status == 1, "the integration stopped before its end condition"
    z = run.y[:, -1]
    return z[0] * z[1:], np.sign(z[0])


@pytest.mark.parametrize("delta", [-5.0, -1.0, -0.1, 0.0, 0.1, 1.0, 5.0])
def test_the_end_is_where_gradient_flow_takes_the_weights(delta):
    flips = 0
    for seed in range(9):
        X, y, beta0 = drawn(seed)
        expected, sign = trained(X, y, beta0, delta)
        flips += int(sign < 0)
        beta = implicit_bias(X, y, beta0, delta)
        assert np.linalg.norm(beta - expected) <= 1e-5 * np.linalg.norm(expected), seed
        assert np.linalg.norm(X @ beta - y) <= 1e-12 * np.linalg.norm(y)
    assert flips >= 2 if delta <= -1 else flips == 0 if delta >= 0 else True


@pytest.mark.parametrize("delta", [-2.0, -0.2, 0.0, 0.2, 2.0])
def test_the_end_minimises_the_potential_relative_to_the_start(delta):
    for seed in range(8):
        X, y, beta0 = drawn(seed)
        beta = implicit_bias(X, y, beta0, delta)
        _, w0 = neuron_of(beta0, delta)
        least = np.linalg.pinv(X) @ y
        null = torch.linalg.svd(torch.tensor(X))[2][len(X) :].numpy()
        # the sign that a ends with is the one of beta's null part along that of w0
        sign = np.sign((null @ beta) @ (null @ w0))

        def value(c, least=least, null=null, w0=w0, sign=sign):
            at = least + c @ null
            return potential(np.linalg.norm(at), delta) - sign * w0 @ at

        found = minimize(value, np.zeros(len(null)), method="BFGS", options={"gtol": 1e-9})
        best = least + found.x @ null
        assert np.linalg.norm(best - beta) <= 1e-5 * np.linalg.norm(beta), seed
        assert value(null @ beta) <= found.fun + 1e-12


def test_far_upstream_the_end_is_the_solution_nearest_to_the_start():
    for seed in range(10):
        X, y, beta0 = drawn(seed)
        nearest = beta0 + np.linalg.pinv(X) @ (y - X @ beta0)
        assert np.linalg.norm(implicit_bias(X, y, beta0, 1e8) - nearest) <= 1e-7 * np.linalg.norm(nearest)


def test_far_downstream_the_direction_of_the_start_is_kept_where_one_sample_allows_it():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X, y, beta0 = rng.normal(size=(1, 4)), rng.normal(size=1), rng.normal(size=4)
        kept = beta0 * y / (X @ beta0)
        assert np.linalg.norm(implicit_bias(X, y, beta0, -1e8) - kept) <= 1e-6 * np.linalg.norm(kept)


@pytest.mark.parametrize("delta", [0.0, 1e-9, 1e-3, 1.0, 1e6])
def test_from_zero_every_balance_finds_the_shortest_solution(delta):
    X, y, _ = drawn(3)
    np.testing.assert_allclose(implicit_bias(X, y, np.zeros(X.shape[1]), delta), np.linalg.pinv(X) @ y, rtol=1e-12)


def test_on_white_data_in_all_directions_the_sign_matches_the_closed_form():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        d, delta = int(rng.integers(2, 6)), -np.exp(rng.uniform(-3, 3))
        n = int(rng.integers(1, d))
        X = np.linalg.qr(rng.normal(size=(d, n)))[0].T
        y, beta0 = rng.normal(size=n), rng.normal(size=d) * 0.3
        a0, w0 = neuron_of(beta0, delta)
        # in the span of the inputs the neuron is a white one, and across it w does not move
        end = limit(a0, X @ w0, y)
        expected = X.T @ y + end.a * (w0 - X.T @ (X @ w0))
        np.testing.assert_allclose(implicit_bias(X, y, beta0, delta), expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("delta", [-1e6, 1e6, -1e-8])
@pytest.mark.parametrize("scale", [1e-8, 1.0])
def test_extreme_balances_and_scales_end_on_a_solution(delta, scale):
    for seed in range(6):
        X, y, beta0 = drawn(seed)
        beta = implicit_bias(X, y, scale * beta0, delta)
        assert np.linalg.norm(X @ beta - y) <= 1e-9 * np.linalg.norm(y)


def test_with_enough_samples_it_is_least_squares():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(9, 3)), rng.normal(size=9)
    expected = np.linalg.lstsq(X, y)[0]
    np.testing.assert_allclose(implicit_bias(X, y, rng.normal(size=3), 1.0), expected, rtol=1e-11)
    np.testing.assert_allclose(implicit_bias(X, y, rng.normal(size=3), -1.0), expected, rtol=1e-11)


def test_the_verdict_names_the_separatrix_and_runs_beside_it_go_to_either_side():
    X, y = np.eye(2, 3), np.array([1.0, 0.0])
    # what the samples see of w is on the edge for this a and y, whatever is across them
    a, seen = 0.5, 1.2
    cosine = separatrix_cosine(a, seen, 1.0)
    w = np.array([seen * cosine, seen * (1 - cosine**2) ** 0.5, 0.7])
    with pytest.raises(UndecidedSign, match="change beta0 a little"):
        implicit_bias(X, y, a * w, a**2 - w @ w)
    for side in (-1, 1):
        moved = w + side * np.array([1e-4, 0.0, 0.0])
        beta = implicit_bias(X, y, a * moved, a**2 - moved @ moved)
        # the part across the samples has the sign that a ends with
        assert np.sign(beta[2]) == side
        np.testing.assert_allclose(beta[:2], y, atol=1e-12)


def test_invalid_arguments_are_refused():
    with pytest.raises(ValueError, match="beta0 must not be zero at delta = -1"):
        implicit_bias(np.ones((1, 2)), [1.0], [0.0, 0.0], -1.0)
    with pytest.raises(ValueError, match=r"got shapes \(1, 2\), \(2,\)"):
        implicit_bias(np.ones((1, 2)), [1.0, 2.0], [0.0, 1.0], 1.0)


def test_tensors_come_back_as_tensors():
    X, y, beta0 = (torch.tensor(part) for part in drawn(1))
    beta = implicit_bias(X, y, beta0, -1.0)
    assert isinstance(beta, torch.Tensor)
    np.testing.assert_array_equal(beta.numpy(), implicit_bias(X.numpy(), y.numpy(), beta0.numpy(), -1.0))
