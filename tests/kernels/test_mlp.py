"""Kernels of deep networks against automatic differentiation and the two-layer formula, distances in 50 digits."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import numpy as np
import pytest
import torch
from torch.func import jacrev, vmap

from lazyrich.kernels import kernel_distance, two_layer_ntk
from lazyrich.kernels.mlp import MLPKernelDistance, mlp_ntk

SHAPES = {"linear": [6], "two": [6, 9], "three": [6, 9, 5], "four": [6, 9, 5, 7], "six": [6, 8, 8, 8, 8, 8]}


def network(widths, batch=(), n=13, seed=0, dtype=torch.float64):
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, widths[0], generator=g, dtype=torch.float64)
    sizes = [*widths, 1]
    weights = [
        torch.randn(*batch, out, into, generator=g, dtype=torch.float64) * (2 / into) ** 0.5
        for into, out in pairwise(sizes)
    ]
    return X.to(dtype), [W.to(dtype) for W in weights]


def nearby(weights, size, seed=1):
    g = torch.Generator().manual_seed(seed)
    return [W * (1 + size * torch.randn(W.shape, generator=g, dtype=torch.float64)).to(W.dtype) for W in weights]


def forward(weights, x, leak):
    for W in weights[:-1]:
        x = torch.nn.functional.leaky_relu(W @ x, leak)
    return (weights[-1] @ x).squeeze()


def by_jacobian(X, weights, rates, leak):
    """sum_l rate_l J_l J_l^T with all derivatives by reverse mode, input by input."""
    jacobians = vmap(lambda x: jacrev(forward)(tuple(weights), x, leak))(X)
    flat = [J.flatten(1) for J in jacobians]
    return sum(rate * J @ J.T for rate, J in zip(rates, flat, strict=True))


@pytest.mark.parametrize("leak", [0.0, 0.2])
@pytest.mark.parametrize("widths", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
def test_the_kernel_of_any_depth_matches_automatic_differentiation(widths, leak, dtype, tolerance):
    X, weights = network(widths, dtype=dtype)
    rates = [0.5 + 0.7 * layer for layer in range(len(weights))]
    K, expected = mlp_ntk(X, weights, rates, leak), by_jacobian(X, weights, rates, leak)
    assert K.dtype == dtype and K.shape == (13, 13)
    assert (K - expected).norm() <= tolerance * expected.norm() and expected.norm() > 0


@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_two_layers_have_the_kernel_of_the_two_layer_formula(leak):
    X, (W, a) = network([6, 9])
    torch.testing.assert_close(
        mlp_ntk(X, [W, a], [3.0, 0.5], leak),
        two_layer_ntk(X, W, a[0], eta_a=0.5, eta_w=3.0, leak=leak),
        rtol=1e-13,
        atol=0,
    )


@pytest.mark.parametrize("batch", [(1,), (4,), (2, 3)])
def test_many_networks_at_once_have_the_kernels_of_each_alone(batch):
    X, weights = network([6, 9, 5], batch)
    rates = [torch.rand(batch, dtype=torch.float64) + 0.5, 1.0, torch.rand(batch, dtype=torch.float64)]
    K = mlp_ntk(X, weights, rates)
    assert K.shape == (*batch, 13, 13)
    for index in np.ndindex(*batch):
        alone = [float(rate[index]) if isinstance(rate, torch.Tensor) else rate for rate in rates]
        torch.testing.assert_close(
            K[index], by_jacobian(X, [W[index] for W in weights], alone, 0.0), rtol=1e-12, atol=1e-12
        )


def test_the_kernel_is_symmetric_and_has_no_negative_eigenvalue():
    X, weights = network([6, 9, 5, 7], (3,))
    K = mlp_ntk(X, weights)
    assert (K - K.mT).abs().max() < 1e-14 * K.abs().max()
    assert torch.linalg.eigvalsh(K).min() > -1e-13 * K.abs().max()


def test_sizes_of_the_layers_and_their_rates_are_one():
    # weights divided and multiplied by factors of product 1 are the same function: its kernel moves as by the rates
    X, weights = network([6, 9, 5])
    factors = [4.0, 0.5, 0.5]
    scaled = [W * factor for W, factor in zip(weights, factors, strict=True)]
    same = mlp_ntk(X, scaled, [factor**2 for factor in factors])
    torch.testing.assert_close(same, mlp_ntk(X, weights), rtol=1e-13, atol=0)


def test_numpy_results_for_numpy_arguments_which_stay_unchanged():
    X, weights = network([6, 9, 5])
    before = [W.clone() for W in weights]
    K = mlp_ntk(X.numpy(), [W.numpy() for W in weights])
    assert isinstance(K, np.ndarray)
    np.testing.assert_array_equal(K, mlp_ntk(X, weights).numpy())
    S = MLPKernelDistance(X.numpy(), [W.numpy() for W in weights])([W.numpy() for W in nearby(weights, 0.1)])
    assert np.isscalar(S) and S > 0
    assert all(torch.equal(a, b) for a, b in zip(before, weights, strict=True))


def test_no_history_is_kept_for_autograd():
    X, weights = network([6, 9, 5])
    assert not mlp_ntk(X, [W.requires_grad_() for W in weights]).requires_grad
    assert not MLPKernelDistance(X, weights)(weights).requires_grad


def exact_distance(K0, K1):
    with mpmath.workdps(50):
        u, v = ([mpmath.mpf(float(x)) for x in K.flatten()] for K in (K0, K1))
        return float(1 - mpmath.fdot(u, v) / mpmath.sqrt(mpmath.fdot(u, u) * mpmath.fdot(v, v)))


@pytest.mark.parametrize("size", [0.3, 1e-2, 1e-4, 1e-6])
def test_the_distance_is_exact_down_to_1e_minus_12(size):
    X, weights = network([6, 9, 5])
    now = [2.0 * W for W in nearby(weights, size)]
    exact = exact_distance(mlp_ntk(X, weights), mlp_ntk(X, now))
    assert float(MLPKernelDistance(X, weights)(now)) == pytest.approx(exact, rel=1e-4 if size == 1e-6 else 1e-7)
    assert exact > 0


def test_the_distance_in_float32_is_never_negative_and_good_to_a_thousandth_at_1e_minus_5():
    X, weights = network([6, 32, 32], n=60)
    now = nearby(weights, 0.01)
    X32, start, later = X.float(), [W.float() for W in weights], [W.float() for W in now]
    truth = float(MLPKernelDistance(X, [W.double() for W in start])([W.double() for W in later]))
    assert 2e-6 < truth < 5e-4
    assert float(MLPKernelDistance(X32, start)(later)) == pytest.approx(truth, rel=1e-3)
    assert float(MLPKernelDistance(X32, start)(start)) == 0.0


def test_distances_of_many_networks_agree_with_each_alone():
    X, weights = network([6, 9, 5], (4,))
    now = nearby(weights, 0.2)
    rates = [torch.tensor([1.0, 4.0, 9.0, 0.5]), 1.0, 0.25]
    S = MLPKernelDistance(X, weights, rates, leak=0.1)(now)
    K0, K1 = mlp_ntk(X, weights, rates, leak=0.1), mlp_ntk(X, now, rates, leak=0.1)
    assert S.shape == (4,)
    for k in range(4):
        assert float(S[k]) == pytest.approx(kernel_distance(K0[k], K1[k]), rel=1e-12)


def test_a_dead_network_is_at_distance_one_from_another_and_zero_from_itself_and_a_broken_one_at_nan():
    X, weights = network([6, 9, 5], (2,))
    dead = [torch.zeros_like(W) for W in weights]
    assert MLPKernelDistance(X, weights)(dead).tolist() == [1.0, 1.0]
    assert MLPKernelDistance(X, dead)(weights).tolist() == [1.0, 1.0]
    assert MLPKernelDistance(X, dead)(dead).tolist() == [0.0, 0.0]
    broken = [W.clone() for W in weights]
    broken[0][1] = torch.inf
    S = MLPKernelDistance(X, weights)(broken)
    assert S[0] == 0 and S[1].isnan()


@pytest.mark.parametrize(
    "shapes",
    [
        [],
        [(9, 6), (9,)],
        [(9, 5), (1, 9)],
        [(9, 6), (1, 8)],
        [(9, 6), (2, 9)],
        [(3, 9, 6), (2, 1, 9)],
    ],
)
def test_weights_that_do_not_fit_are_refused_with_their_shapes(shapes):
    X, _ = network([6])
    with pytest.raises(ValueError, match=r"X must have shape \(n, d\) and the weights .* got \(13, 6\) and"):
        mlp_ntk(X, [torch.ones(shape, dtype=torch.float64) for shape in shapes])


def test_layers_may_come_as_one_array_and_other_things_are_refused():
    X, weights = network([1, 1, 1])
    together = torch.stack(weights)
    expected = by_jacobian(X, weights, [1.0] * 3, 0.0)
    torch.testing.assert_close(mlp_ntk(X, together), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(mlp_ntk(X.numpy(), together.numpy()), expected.numpy(), rtol=1e-12, atol=1e-14)
    with pytest.raises(ValueError, match="must be a list of layers, from the inputs on, got a float"):
        mlp_ntk(X, 1.0)


def test_rates_that_do_not_fit_are_refused():
    X, weights = network([6, 9, 5], (4,))
    with pytest.raises(ValueError, match="one for each of the 3 layers, got 2"):
        mlp_ntk(X, weights, [1.0, 1.0])
    with pytest.raises(ValueError, match=r"one for each network, shape \(4,\), got shapes"):
        mlp_ntk(X, weights, [1.0, 1.0, torch.ones(3)])


def test_networks_of_another_shape_than_at_the_start_are_refused():
    X, weights = network([6, 9, 5])
    with pytest.raises(ValueError, match="the shape that they had at the start"):
        MLPKernelDistance(X, weights)(network([6, 8, 5])[1])
