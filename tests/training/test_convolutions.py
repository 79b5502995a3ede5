"""The small convolutional network against torch's own layers and optimiser, and against explicit sums."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lazyrich.training.convolutions import ConvolutionalDescent, first_layer, outputs, rest_of_network


def some_network(channels=2, filters=4, width=6, classes=5, k=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(filters, channels, k, k), (width, filters, 3, 3), (width, width, 3, 3), (classes, width)]
    return [torch.randn(shape, generator=generator, dtype=torch.float64) / 5 for shape in shapes]


def some_images(n=9, channels=2, classes=5, side=24, seed=1):
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, channels, side, side, generator=generator, dtype=torch.float64)
    return X, torch.randint(0, classes, (n,), generator=generator)


def of_torch(weights):
    """The same network made of torch's layers, ReLU before the pooling."""
    (m, c, k, _), (width, *_), (classes, _) = weights[0].shape, weights[1].shape, weights[3].shape
    model = nn.Sequential(
        nn.Conv2d(c, m, k, bias=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(m, width, 3, padding=1, bias=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(width, width, 3, padding=1, bias=False),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(width, classes, bias=False),
    ).double()
    with torch.no_grad():
        for mine, given in zip(model.parameters(), weights, strict=True):
            mine.copy_(given)
    return model


@pytest.mark.parametrize("side", [11, 20, 24])
def test_outputs_agree_with_torchs_layers(side):
    weights, (X, _) = some_network(), some_images(n=150, side=side)
    with torch.no_grad():
        torch.testing.assert_close(outputs(X, weights), of_torch(weights)(X))


def test_the_first_layer_is_a_product_of_each_filter_with_the_pixels_under_it():
    (X, _), W = some_images(n=2), some_network()[0]
    Z = first_layer(X, W)
    assert Z.shape == (2, 4, 18, 18)
    for image, unit, row, column in [(0, 0, 0, 0), (1, 3, 17, 17), (1, 2, 5, 11)]:
        under = X[image, :, row : row + 7, column : column + 7]
        assert Z[image, unit, row, column].item() == pytest.approx((under * W[unit]).sum().item(), rel=1e-12)


def test_a_first_layer_over_alpha_and_a_readout_times_alpha_are_the_same_function():
    weights, (X, _) = some_network(), some_images()
    for alpha in (0.05, 3.0, 20.0):
        other = [weights[0] / alpha, *weights[1:3], weights[3] * alpha]
        torch.testing.assert_close(outputs(X, other), outputs(X, weights))


def test_later_layers_do_not_use_the_weights_of_the_first_layer():
    weights, (X, _) = some_network(), some_images()
    Z = first_layer(X, weights[0])
    torch.testing.assert_close(rest_of_network(Z, [torch.empty(0), *weights[1:]]), outputs(X, weights))


def test_steps_agree_with_torchs_optimiser():
    weights, (X, y) = some_network(), some_images(n=40)
    descent, model = ConvolutionalDescent(weights, 0.05, 0.9), of_torch(weights)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for step in range(8):
        rows = slice(5 * step, 5 * step + 5)
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(X[rows]), y[rows]).backward()
        optimiser.step()
        descent.step(X[rows], y[rows])
    for now, theirs, start in zip(descent.now(), model.parameters(), weights, strict=True):
        torch.testing.assert_close(now, theirs.detach(), rtol=1e-10, atol=1e-12)
        assert (now - start).abs().max() > 1e-3


def test_given_and_returned_weights_are_copies():
    weights, (X, y) = some_network(), some_images()
    kept = [W.clone() for W in weights]
    descent = ConvolutionalDescent(weights, 0.1)
    before = descent.now()
    descent.step(X, y)
    for W, start, taken in zip(weights, kept, before, strict=True):
        assert torch.equal(W, start) and torch.equal(taken, start)
