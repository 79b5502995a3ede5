"""Deep linear networks: what gradient flow conserves, the learning speeds and the kernel, against automatic
differentiation and descent."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from lazyrich.theory import (
    conserved_matrices,
    conserved_matrix,
    deep_kernel_distance,
    layer_gradients,
    layer_speeds,
    network_product,
)


def drawn(seed: int, depth: int | None = None):
    """weights, X, Y, rates of any depth from 1 to 6 and any widths."""
    rng = np.random.default_rng(seed)
    depth = depth or int(rng.integers(1, 7))
    sizes = rng.integers(1, 5, size=depth + 1)
    weights = [rng.normal(size=(out, into)) / into**0.5 for into, out in pairwise(sizes)]
    n = int(rng.integers(2, 7))
    X, Y = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
    return weights, X, Y, np.exp(rng.uniform(-1, 1, depth))


def product(weights, X):
    out = X
    for W in weights:
        out = out @ W.T
    return out


def gradients_by_autograd(weights, X, Y):
    layers = [torch.tensor(W, requires_grad=True) for W in weights]
    loss = ((product(layers, torch.tensor(X)) - torch.tensor(Y)) ** 2).sum() / 2
    return float(loss.detach()), [G.numpy() for G in torch.autograd.grad(loss, layers)]


def test_gradients_and_speeds_agree_with_autograd():
    for seed in range(40):
        weights, X, Y, rates = drawn(seed)
        _, expected = gradients_by_autograd(weights, X, Y)
        for got, wanted in zip(layer_gradients(weights, X, Y), expected, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)
        speeds = layer_speeds(weights, X, Y, rates)
        np.testing.assert_allclose(speeds, [r * (G**2).sum() for r, G in zip(rates, expected, strict=True)], rtol=1e-10)
        np.testing.assert_allclose(product(weights, X), X @ network_product(weights).T, atol=1e-12)


def test_the_speeds_add_up_to_how_fast_the_loss_falls():
    weights, X, Y, rates = drawn(3, depth=4)
    loss, gradients = gradients_by_autograd(weights, X, Y)
    h = 1e-7
    after, _ = gradients_by_autograd([W - h * r * G for W, r, G in zip(weights, rates, gradients, strict=True)], X, Y)
    assert (loss - after) / h == pytest.approx(layer_speeds(weights, X, Y, rates).sum(), rel=1e-4)


def drift(weights, X, Y, rates, step, time):
    """How far the conserved matrices are from the start after descent for this flow time."""
    start = conserved_matrices(weights, rates)
    for _ in range(round(time / step)):
        _, gradients = gradients_by_autograd(weights, X, Y)
        weights = [W - step * r * G for W, r, G in zip(weights, rates, gradients, strict=True)]
    end = conserved_matrices(weights, rates)
    return np.sqrt(sum(((after - before) ** 2).sum() for before, after in zip(start, end, strict=True)))


@pytest.mark.parametrize("depth", [2, 3, 4, 6])
def test_descent_changes_conserved_quantities_in_proportion_to_its_step(depth):
    weights, X, Y, rates = drawn(10 + depth, depth)
    steps = 0.02 / 2.0 ** np.arange(4)
    drifts = [drift(weights, X / len(X), Y / len(X), rates, step, 0.64) for step in steps]
    slope = np.polyfit(np.log(steps), np.log(drifts), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.05)
    # and it is no drift of the size of the weights, which the true invariants are free to have
    moved = drifts[-1] / np.sqrt(sum((matrix**2).sum() for matrix in conserved_matrices(weights, rates)))
    assert moved < 1e-2


def test_a_balanced_network_has_conserved_matrices_of_zero():
    rng = np.random.default_rng(0)
    turns = [np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(5)]
    rates = np.array([0.5, 2.0, 1.0, 3.0])
    # with rates, sizes in proportion to their roots balance
    layers = [
        eta**0.5 * after @ np.diag([1.0, 0.5, 0.1]) @ before.T
        for eta, before, after in zip(rates, turns[:-1], turns[1:], strict=True)
    ]
    for matrix in conserved_matrices(layers, rates):
        np.testing.assert_allclose(matrix, 0.0, atol=1e-14)
    assert abs(conserved_matrices(layers)[0]).max() > 0.1


def test_two_layers_have_the_conserved_matrix_of_wide_networks():
    (W1, W2), _, _, _ = drawn(1, depth=2)
    np.testing.assert_allclose(conserved_matrices([W1, W2], [2.0, 0.5])[0], conserved_matrix(W1, W2.T, 0.5, 2.0))


def kernel_by_autograd(weights, X, rates):
    layers = tuple(torch.tensor(W) for W in weights)
    parts = torch.autograd.functional.jacobian(lambda *Ws: product(Ws, torch.tensor(X)).reshape(-1), layers)
    return sum(rate * J.flatten(1) @ J.flatten(1).T for rate, J in zip(rates, parts, strict=True)).numpy()


def test_kernel_distance_matches_kernels_by_autograd():
    for seed in range(40):
        start, X, _, rates = drawn(seed)
        rng = np.random.default_rng(seed)
        now = [W + 10.0 ** rng.uniform(-5, 0) * rng.normal(size=(2, *W.shape)) for W in start]
        K0 = kernel_by_autograd(start, X, rates)
        K0 /= np.linalg.norm(K0)
        expected = []
        for k in range(2):
            K = kernel_by_autograd([W[k] for W in now], X, rates)
            expected.append(((K / np.linalg.norm(K) - K0) ** 2).sum() / 2)
        np.testing.assert_allclose(deep_kernel_distance(start, now, X, rates), expected, rtol=1e-6, atol=1e-15)
        assert deep_kernel_distance(start, start, X, rates) == 0.0


def test_a_dead_network_has_distance_one_from_any_other():
    start, X, _, _ = drawn(5, depth=3)
    assert deep_kernel_distance(start, [0 * W for W in start], X) == 1.0


def test_layers_and_rates_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"a layer of shape \(2, 4\) cannot follow one of shape \(3, 2\)"):
        conserved_matrices([np.ones((3, 2)), np.ones((2, 4))])
    with pytest.raises(ValueError, match="a rate for each of the 2 layers, got 3"):
        conserved_matrices([np.ones((3, 2)), np.ones((2, 3))], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="rates must be above 0"):
        conserved_matrices([np.ones((3, 2)), np.ones((2, 3))], [1.0, 0.0])
    with pytest.raises(ValueError, match=r"X must be \(n, 2\) and Y \(n, 3\)"):
        layer_gradients([np.ones((3, 2))], np.ones((4, 3)), np.ones((4, 3)))
    with pytest.raises(ValueError, match="list of matrices"):
        network_product([np.ones(3)])
    with pytest.raises(ValueError, match="weights must be a list of arrays, got a float"):
        network_product(1.0)
    with pytest.raises(ValueError, match=r"same leading axes, got shapes \[\(4, 3, 2\), \(2, 3\)\]"):
        network_product([np.ones((4, 3, 2)), np.ones((2, 3))])
    one, two = [np.ones((2, 2))], [np.ones((2, 2))] * 2
    with pytest.raises(ValueError, match=r"as many inputs and outputs, got shapes \[\(2, 2\)\] and \[\(2, 3\)\]"):
        deep_kernel_distance(one, [np.ones((2, 3))], np.eye(2))
    with pytest.raises(ValueError, match="start and weights must have as many layers, got 1 and 2"):
        deep_kernel_distance(one, two, np.eye(2))
    with pytest.raises(ValueError, match=r"gradients that are numbers, got some beyond 1.8e308: scale down"):
        layer_speeds([np.full((2, 2), 1e200)], np.full((3, 2), 1e200), np.ones((3, 2)))


def test_layers_of_one_shape_may_come_as_one_array():
    weights = np.random.default_rng(0).normal(size=(3, 2, 2))
    np.testing.assert_allclose(network_product(weights), weights[2] @ weights[1] @ weights[0], rtol=1e-13)
    assert isinstance(network_product(torch.tensor(weights)), torch.Tensor)


def test_leading_axes_are_kept_and_tensors_come_back_as_tensors():
    weights, X, Y, rates = drawn(7, depth=3)
    stacked = [np.stack([W, 2 * W]) for W in weights]
    np.testing.assert_allclose(conserved_matrices(stacked, rates)[1][1], 4 * conserved_matrices(weights, rates)[1])
    assert layer_speeds(stacked, X, Y, rates).shape == (2, 3)
    tensors = [torch.tensor(W) for W in weights]
    assert isinstance(conserved_matrices(tensors)[0], torch.Tensor)
    assert isinstance(layer_speeds(tensors, X, Y), torch.Tensor)
    assert isinstance(deep_kernel_distance(tensors, tensors, X), torch.Tensor)
