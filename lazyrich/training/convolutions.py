"""Train a small bias-free convolutional classifier whose first filters can be viewed.

    conv k x k, ReLU, max-pool 2 -> conv 3 x 3, ReLU, max-pool 2 -> conv 3 x 3, ReLU, mean over places -> linear

The first convolution has no padding, so each filter reads only pixels; the others are padded by one place of zeros.
weights are (filters, channels, k, k), (m, filters, 3, 3), (m, m, 3, 3) and (classes, m).

    descent = ConvolutionalDescent(weights, rate=8e-3)
    descent.step(X[rows], y[rows])
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["BLOCK", "ConvolutionalDescent", "first_layer", "outputs", "rest_of_network"]

BLOCK = 128
"""Number of images in one forward pass without a gradient."""


def first_layer(X: Tensor, filters: Tensor) -> Tensor:
    """Return the pre-activations (n, m, h - k + 1, w - k + 1) of the filters at the images.

    The filters are (m, channels, k, k), the images X (n, channels, h, w).
    """
    return F.conv2d(_pixels_last(X), filters)


def rest_of_network(Z: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Return the outputs (n, classes) of the layers after `first_layer`, whose values are Z (n, m, height, width).

    The first of the network's weights is not used.
    """
    _, second, third, readout = weights
    # max-pooling before the ReLU gives the same result as after it, and is cheaper
    H = F.max_pool2d(Z, 2).relu()
    H = F.max_pool2d(F.conv2d(H, second, padding=1), 2).relu()
    H = F.conv2d(H, third, padding=1).relu()
    return H.mean((2, 3)) @ readout.T


def outputs(X: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Return the outputs (n, classes) at the images X (n, channels, height, width), without autograd history."""
    with torch.no_grad():
        return torch.cat([rest_of_network(first_layer(part, weights[0]), weights) for part in X.split(BLOCK)])


class ConvolutionalDescent:
    """Mini-batch descent with heavy-ball momentum on the mean cross-entropy.

    velocity <- momentum velocity + gradient, weights <- weights - rate velocity.

    Args:
        weights: Start, one array for each layer, copied.
        rate: Learning rate of all layers.
        momentum: Share of the velocity that a step keeps, 0 to 1.
    """

    def __init__(self, weights: Sequence[Tensor], rate: float, momentum: float = 0.9):
        # channels adjacent in memory make convolutions of this size up to twice as fast
        self.weights = [_pixels_last(W.detach().clone()).requires_grad_() for W in weights]
        self._velocities = [torch.zeros_like(W) for W in self.weights]
        self._rate, self._momentum = rate, momentum

    def step(self, X: Tensor, y: Tensor) -> None:
        """Take one step on the images X (n, channels, height, width) with labels y (n,)."""
        loss = F.cross_entropy(rest_of_network(first_layer(X, self.weights[0]), self.weights), y)
        gradients = torch.autograd.grad(loss, self.weights)
        with torch.no_grad():
            for W, velocity, gradient in zip(self.weights, self._velocities, gradients, strict=True):
                velocity.mul_(self._momentum).add_(gradient)
                W.sub_(velocity, alpha=self._rate)

    def now(self) -> list[Tensor]:
        """Return copies of the weights."""
        return [W.detach().clone(memory_format=torch.contiguous_format) for W in self.weights]


def _pixels_last(part: Tensor) -> Tensor:
    if part.ndim < 4:
        return part
    part = part.contiguous(memory_format=torch.channels_last)
    if part.shape[1] > 1:
        return part
    # with a single channel both layouts are the same memory, and only the strides tell torch which one it is
    _, _, height, width = part.shape
    return part.as_strided(part.shape, (height * width, 1, width, 1))
