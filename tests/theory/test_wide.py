"""The width-free reduction and the closed form of wide linear networks against DOP853 on all weights, and their kernels
against automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from lazyrich.theory import (
    NotIsotropic,
    TooManySteps,
    WideFlow,
    conserved_matrix,
    limit,
    single_neuron,
    single_neuron_kernel_distance,
    wide_flow,
    wide_flow_isotropic,
    wide_kernel_distance,
    wide_kernel_product,
)


def trained(t, X, Y, W0, A0, eta_a, eta_w):
    """All weights (T, h, d), (T, h, c) at the times t by DOP853."""
    (h, d), c = W0.shape, A0.shape[1]

    def slope(_, z):
        W, A = z[: h * d].reshape(h, d), z[h * d :].reshape(h, c)
        gradient = X.T @ (X @ W.T @ A - Y)
        return -np.concatenate([(eta_w * A @ gradient.T).ravel(), (eta_a * W @ gradient).ravel()])

    z, values = np.concatenate([W0.ravel(), A0.ravel()]), []
    for start, stop in zip([0.0, *t[:-1]], t, strict=True):
        z = solve_ivp(slope, (start, stop), z, "DOP853", rtol=1e-12, atol=1e-14 * abs(z).max()).y[:, -1]
        values.append(z)
    values = np.array(values)
    return values[:, : h * d].reshape(-1, h, d), values[:, h * d :].reshape(-1, h, c)


def drawn(seed: int):
    """Data and start of any shape and balance: X, Y, W0, A0, eta_a, eta_w."""
    rng = np.random.default_rng(seed)
    d, c, h = rng.integers(1, 5), rng.integers(1, 4), rng.integers(1, 9)
    n = rng.integers(1, 9)
    X, Y = rng.normal(size=(n, d)) / n**0.5, rng.normal(size=(n, c))
    up, down = np.exp(rng.uniform(-2, 0.5, 2)) * (seed % 8 != 0 or 1e-3)
    return X, Y, down * rng.normal(size=(h, d)), up * rng.normal(size=(h, c)), *np.exp(rng.uniform(-1, 1, 2))


def matches(flow: WideFlow, W, A, tolerance):
    for got, (left, right) in zip(flow, ((W, W), (W, A), (A, A)), strict=True):
        expected = np.swapaxes(left, 1, 2) @ right
        error = np.linalg.norm(got - expected, axis=(1, 2)) / np.linalg.norm(expected, axis=(1, 2))
        assert error.max() <= tolerance


@pytest.mark.parametrize("block", range(2))
def test_the_width_free_flow_matches_the_flow_of_all_weights(block):
    for seed in range(8 * block, 8 * block + 8):
        problem = drawn(seed)
        t = np.array([0.3, 2.0, 12.0])
        matches(wide_flow(t, *problem), *trained(t, *problem), 1e-8)


def isotropic(seed: int, sign: int):
    """A start with eta_w A A^T - eta_a W W^T = delta I, on whitened data: X, Y, W0, A0, eta_a, eta_w."""
    rng = np.random.default_rng(seed)
    d, c = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    # the difference of the two has full rank only if one layer is as wide as the other side
    h = c if sign > 0 else d
    delta, (eta_a, eta_w) = sign * np.exp(rng.uniform(-3, 1)), np.exp(rng.uniform(-1, 1, 2))
    small = rng.normal(size=(h, d if sign > 0 else c)) * np.exp(rng.uniform(-3, 0.5))
    values, vectors = np.linalg.eigh((eta_a if sign > 0 else eta_w) * small @ small.T + abs(delta) * np.eye(h))
    large = vectors * np.sqrt(values) @ np.linalg.qr(rng.normal(size=(h, h)))[0]
    W0, A0 = (small, large / eta_w**0.5) if sign > 0 else (large / eta_a**0.5, small)
    np.testing.assert_allclose(conserved_matrix(W0, A0, eta_a, eta_w), delta * np.eye(h), atol=1e-12)
    X = np.linalg.qr(rng.normal(size=(d + 2, d)))[0]
    return X, rng.normal(size=(d + 2, c)), W0, A0, eta_a, eta_w


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_closed_form_is_the_flow_of_all_weights_where_the_conserved_matrix_is_isotropic(sign):
    for seed in range(8):
        X, Y, W0, A0, eta_a, eta_w = isotropic(seed, sign)
        t = np.array([0.0, 0.2, 1.0, 6.0])
        W, A = trained(t[1:], X, Y, W0, A0, eta_a, eta_w)
        flow = wide_flow_isotropic(t, X.T @ Y, W0, A0, eta_a, eta_w)
        matches(flow, np.concatenate([W0[None], W]), np.concatenate([A0[None], A]), 1e-9)
        reduced = wide_flow(t, X, Y, W0, A0, eta_a, eta_w)
        np.testing.assert_allclose(flow.beta, reduced.beta, atol=1e-8 * abs(reduced.beta).max())


def test_the_closed_form_holds_at_late_times_and_tiny_scales():
    # two modes, one a hundred times slower than the other, from almost nothing
    B, scale = np.diag([1.0, 0.01]), 1e-8
    W0 = scale * np.linalg.qr(np.random.default_rng(0).normal(size=(2, 2)))[0]
    flow = wide_flow_isotropic([0.0, 40.0, 300.0, 1e12], B, W0, W0 @ np.diag([1.0, 1.0]))
    # the diagonal modes decouple: each one is a balanced, aligned neuron
    for mode, s in enumerate((1.0, 0.01)):
        mu = s / (1 + (s / scale**2 - 1) * np.exp(-2 * s * np.array([40.0, 300.0])))
        np.testing.assert_allclose(flow.beta[1:3, mode, mode], mu, rtol=1e-9)
    np.testing.assert_allclose(flow.beta[3], B, atol=1e-14)


def test_a_width_of_one_is_the_single_neuron():
    rng = np.random.default_rng(5)
    a0, w0, beta = -0.4, rng.normal(size=3), rng.normal(size=3)
    t = np.array([0.0, 0.5, 3.0, 60.0])
    X = np.linalg.qr(rng.normal(size=(5, 3)))[0]
    flow = wide_flow(t, X, X @ beta[:, None], w0[None], [[a0]], 0.5, 2.0)
    a, w = single_neuron(t, a0, w0, beta, 0.5, 2.0)
    np.testing.assert_allclose(flow.beta[:, :, 0], a[:, None] * w, atol=1e-9)
    np.testing.assert_allclose(flow.R[:, 0, 0], a**2, atol=1e-9)
    S = single_neuron_kernel_distance(t, a0, w0, beta, 0.5, 2.0)
    np.testing.assert_allclose(wide_kernel_distance(X, flow, 0.5, 2.0), S, atol=1e-9)
    assert limit(a0, w0, beta, 0.5, 2.0).sign == np.sign(a[-1])


def kernel_by_autograd(X, W, A, eta_a, eta_w):
    """(n c, n c) from the gradients of every output with respect to all weights."""

    def outputs(W, A):
        return (torch.tensor(X) @ W.T @ A).reshape(-1)

    by_W, by_A = torch.autograd.functional.jacobian(outputs, (torch.tensor(W), torch.tensor(A)))
    by_W, by_A = by_W.flatten(1).numpy(), by_A.flatten(1).numpy()
    return eta_w * by_W @ by_W.T + eta_a * by_A @ by_A.T


def test_kernel_products_and_distances_agree_with_kernels_by_autograd():
    for seed in range(40):
        X, _, W0, A0, eta_a, eta_w = drawn(seed)
        rng = np.random.default_rng(seed)
        W, A = (value + 10.0 ** rng.uniform(-5, 0) * rng.normal(size=(3, *value.shape)) for value in (W0, A0))
        W[0], A[0] = W0, A0
        kernels = [kernel_by_autograd(X, W[k], A[k], eta_a, eta_w) for k in range(3)]
        flow = WideFlow(*(np.swapaxes(x, 1, 2) @ y for x, y in ((W, W), (W, A), (A, A))))
        products = wide_kernel_product(X, flow.C[0], flow.R[0], flow.C, flow.R, eta_a, eta_w)
        np.testing.assert_allclose(products, [(kernels[0] * K).sum() for K in kernels], rtol=1e-12)
        unit = [K / np.linalg.norm(K) for K in kernels]
        expected = [((K - unit[0]) ** 2).sum() / 2 for K in unit]
        S = wide_kernel_distance(X, flow, eta_a, eta_w)
        np.testing.assert_allclose(S, expected, rtol=1e-7, atol=1e-15)
        assert S[0] == 0 and (S >= 0).all()


@pytest.mark.parametrize(
    ("width", "delta", "alone"), [(2, 1.7, True), (4, -1.7, True), (1, 1.7, False), (3, -1.7, False)]
)
def test_beta_moves_by_the_size_of_delta_alone_where_the_width_equals_the_outputs_or_inputs(width, delta, alone):
    # c = 2 outputs, d = 4 inputs; width c for delta > 0, d for delta < 0
    rng, c, d, eta_a, eta_w = np.random.default_rng(3), 2, 4, 0.6, 2.5
    small = rng.normal(size=(width, d if delta > 0 else c))
    turn = np.linalg.qr(rng.normal(size=(d if delta < 0 else c,) * 2))[0][:width]
    own, other = (eta_w, eta_a) if delta > 0 else (eta_a, eta_w)
    large = root((abs(delta) * np.eye(width) + other * small @ small.T) / own) @ turn
    W, A = (small, large) if delta > 0 else (large, small)
    np.testing.assert_allclose(eta_w * A @ A.T - eta_a * W @ W.T, delta * np.eye(width), atol=1e-12)
    beta, G = W.T @ A, rng.normal(size=(d, c))
    # W' = -eta_w A G^T, A' = -eta_a W G
    slope = -(eta_w * A @ G.T).T @ A - W.T @ (eta_a * W @ G)
    left = root(delta**2 / 4 * np.eye(d) + eta_a * eta_w * beta @ beta.T)
    right = root(delta**2 / 4 * np.eye(c) + eta_a * eta_w * beta.T @ beta)
    difference = np.abs(slope + left @ G + G @ right).max()
    assert difference < 1e-12 if alone else difference > 0.1


def root(matrix):
    """The square root of a positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def test_wide_networks_are_lazy_on_both_sides_and_rich_when_balanced_and_small():
    rng = np.random.default_rng(0)
    d, far = 3, 30.0
    beta, direction = np.eye(d)[:, :1], rng.normal(size=(d, 1)) / d**0.5
    final = {}
    for name, W0, A0 in (
        ("downstream", far**0.5 * np.eye(d), 1e-3 * direction),
        ("upstream", 1e-3 * direction.T, np.array([[far**0.5]])),
        ("balanced", 1e-3 * direction @ direction.T, 1e-3 * direction * np.linalg.norm(direction)),
    ):
        flow = wide_flow([0.0, 100.0], np.eye(d), beta, W0, A0)
        np.testing.assert_allclose(flow.beta[-1], beta, atol=1e-8)
        final[name] = wide_kernel_distance(np.eye(d), flow)[-1]
    assert final["upstream"] < 1e-3 and final["downstream"] < 1e-3 and final["balanced"] > 0.1


def test_a_dead_network_has_distance_one_from_any_other():
    X, C, R = np.eye(2), np.stack([np.zeros((2, 2)), np.eye(2)]), np.zeros((2, 1, 1))
    np.testing.assert_array_equal(wide_kernel_distance(X, WideFlow(C, None, R)), [0.0, 1.0])


def test_other_starts_and_shapes_are_refused():
    W0, A0 = np.diag([1.0, 2.0]), np.ones((2, 1))
    with pytest.raises(NotIsotropic, match="use wide_flow"):
        wide_flow_isotropic([1.0], np.ones((2, 1)), W0, A0)
    with pytest.raises(ValueError, match=r"Y \(n, 1\)"):
        wide_flow([1.0], np.eye(2), np.ones((2, 3)), W0, A0)
    with pytest.raises(ValueError, match=r"X must be \(n, d\), got shape \(2,\)"):
        wide_kernel_product(np.ones(2), np.eye(2), np.eye(1), np.eye(2), np.eye(1))
    with pytest.raises(ValueError, match="flow must be a WideFlow, as wide_flow returns it, got a tuple"):
        wide_kernel_distance(np.eye(2), (np.eye(2), np.eye(1)))
    with pytest.raises(ValueError, match="one width h"):
        wide_flow([1.0], np.eye(2), np.ones((2, 1)), W0, np.ones((3, 1)))
    with pytest.raises(ValueError, match="one increasing list"):
        wide_flow([1.0, 0.5], np.eye(2), np.ones((2, 1)), W0, A0)
    with pytest.raises(ValueError, match=r"B must be \(2, 1\)"):
        wide_flow_isotropic([1.0], np.ones((2, 2)), W0, A0)


def test_a_saddle_that_is_never_left_is_reported_after_many_stretches():
    zero = np.zeros((2, 2))
    with pytest.raises(TooManySteps, match="more than 50 stretches away"):
        wide_flow_isotropic([1e7], np.eye(2), zero, zero, most_stretches=50)


def test_tensors_come_back_as_tensors():
    X, Y, W0, A0 = (torch.tensor(part) for part in drawn(4)[:4])
    flow = wide_flow(torch.tensor([0.0, 1.0]), X, Y, W0, A0)
    assert all(isinstance(part, torch.Tensor) for part in flow)
    assert isinstance(wide_kernel_distance(X, flow), torch.Tensor)
    assert isinstance(conserved_matrix(W0, A0), torch.Tensor)
