"""Hand-written gradients of deep linear networks against automatic differentiation."""

import numpy as np
import pytest
import torch

from lazyrich.training.linear_descent import LinearDescent


def drawn(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize(
    "shapes",
    [
        [(3, 4)],
        [(6, 4), (3, 6)],
        [(1, 4), (1, 1), (2, 1)],
        [(5, 2), (4, 5), (3, 4), (7, 3)],
        [(3, 1), (3, 3), (3, 3), (3, 3), (3, 3), (1, 3)],
    ],
)
def test_steps_agree_with_automatic_differentiation(shapes):
    weights = drawn(shapes)
    (target,) = drawn([(shapes[0][1], shapes[-1][0])], seed=1)
    rates = np.linspace(0.5, 2, len(shapes))
    descent = LinearDescent(weights, target, 1e-3, rates)
    layers = [torch.tensor(layer, requires_grad=True) for layer in weights]
    for steps in (1, 4):
        descent.advance(steps)
        for _ in range(steps):
            product = layers[0]
            for layer in layers[1:]:
                product = layer @ product
            loss = ((product - torch.tensor(target).T) ** 2).sum() / 2
            slopes = torch.autograd.grad(loss, layers)
            with torch.no_grad():
                for layer, slope, rate in zip(layers, slopes, rates, strict=True):
                    layer -= 1e-3 * rate * slope
        for layer, wanted in zip(descent.weights, layers, strict=True):
            np.testing.assert_allclose(layer, wanted.detach(), rtol=1e-10, atol=1e-13)


def test_weights_are_copies_on_both_sides():
    weights = drawn([(3, 2), (2, 3)])
    kept = [layer.copy() for layer in weights]
    descent = LinearDescent(weights, np.eye(2), 0.1, [1.0, 1.0])
    descent.weights[0][:] = 7
    descent.advance(3)
    for layer, first in zip(weights, kept, strict=True):
        np.testing.assert_array_equal(layer, first)
    assert np.abs(descent.weights[0]).max() < 7
    descent.advance(0)
