"""Train many classifiers of patches at once: convolutions with kernel width equal to stride, or dense layers.

Inputs are (n, positions, channels). A layer cuts its input into patches of neighbouring positions and maps each to
`fan_out` numbers by the same matrix W (fan_in, fan_out), with ReLU between layers and no biases; the last layer reads
all positions that remain. The shapes of the weights define the network: fan_in over channels is the width of a patch.
So

    [(2 v, m), (2 m, m), (2 m, v)]      is a convolution of kernel 2 and stride 2, another, and a readout of two places
    [(length v, m), (m, m), (m, v)]     is a dense network of two hidden layers

All networks of one call have the same shapes and stand along the first axis, weights (A, fan_in, fan_out), so one batch
of matrix products trains all.

    descent = MomentumDescent(weights, rates)
    descent.step(X[rows], Y[rows])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

__all__ = ["MomentumDescent", "batches", "cross_entropy", "layer_inputs", "outputs"]

BLOCK = 512
"""Number of inputs in one forward pass without a gradient."""


def layer_inputs(X: Tensor, weights: Sequence[Tensor]) -> list[Tensor]:
    """Return the input of each layer.

    Args:
        X: Inputs (n, positions, channels).
        weights: One matrix (A, fan_in, fan_out) for each layer.

    Returns:
        Arrays (A, n patches, fan_in), one for each layer; the first is a view of X that all networks share.

    Raises:
        ValueError: If the inputs cannot be cut into patches of the first layer's fan_in.
    """
    networks, fan_in = weights[0].shape[:2]
    if X.ndim != 3 or fan_in % X.shape[2] or (X.shape[1] * X.shape[2]) % fan_in:
        raise ValueError(
            f"X must have shape (n, positions, channels) and be cut into patches of {fan_in} numbers without a rest, "
            f"got shape {tuple(X.shape)}."
        )
    found = [X.reshape(1, -1, fan_in).expand(networks, -1, -1)]
    for W, following in pairwise(weights):
        found.append(torch.bmm(found[-1], W).relu_().view(networks, -1, following.shape[1]))
    return found


def outputs(X: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Return the outputs (A, n, classes) at X (n, positions, channels), without autograd history."""
    with torch.no_grad():
        parts = [torch.bmm(layer_inputs(block, weights)[-1], weights[-1]) for block in X.split(BLOCK)]
        return torch.cat(parts, dim=1)


def cross_entropy(X: Tensor, Y: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Return the mean cross-entropy (A,) in nats at X (n, positions, channels) of labels Y (n, classes), one-hot."""
    with torch.no_grad():
        return -(torch.log_softmax(outputs(X, weights), dim=-1) * Y).sum((1, 2)) / len(X)


class MomentumDescent:
    """Mini-batch descent with heavy-ball momentum on the mean cross-entropy, of A networks on the same batches.

    velocity <- momentum velocity + rate gradient, weights <- weights - velocity.

    Args:
        weights: Start, one matrix (A, fan_in, fan_out) for each layer, copied.
        rates: Learning rate of each network (A,).
        momentum: Share of the velocity that a step keeps, 0 to 1.
    """

    def __init__(self, weights: Sequence[Tensor], rates: Tensor, momentum: float = 0.9):
        self.weights = [W.detach().clone() for W in weights]
        self._velocities = [torch.zeros_like(W) for W in self.weights]
        self._rates = rates.detach().to(self.weights[0])[:, None, None]
        self._momentum = momentum
        self._loss = torch.zeros_like(self._rates[:, 0, 0])
        self._steps = 0

    @torch.no_grad()
    def step(self, X: Tensor, Y: Tensor) -> None:
        """Take one step on the batch X (n, positions, channels) with labels Y (n, classes), one-hot."""
        inputs = layer_inputs(X, self.weights)
        logs = torch.log_softmax(torch.bmm(inputs[-1], self.weights[-1]), dim=-1)
        self._loss -= (logs * Y).sum((1, 2)) / len(X)
        self._steps += 1
        # the gradient by the outputs, multiplied by the rate
        back = logs.exp_().sub_(Y).mul_(self._rates / len(X))
        for layer in range(len(self.weights) - 1, -1, -1):
            W, velocity, into = self.weights[layer], self._velocities[layer], inputs[layer]
            below = torch.bmm(back, W.mT).view(len(W), -1, self.weights[layer - 1].shape[2]) if layer else None
            torch.baddbmm(velocity, into.mT, back, beta=self._momentum, out=velocity)
            W -= velocity
            if below is not None:
                back = torch.ops.aten.threshold_backward(below, into.view_as(below), 0)

    def recent_loss(self) -> Tensor:
        """Return the mean loss (A,) over the batches since the last call, each before its step."""
        mean = self._loss / self._steps if self._steps else torch.full_like(self._loss, float("nan"))
        self._loss, self._steps = torch.zeros_like(self._loss), 0
        return mean

    def keep(self, which: Tensor) -> None:
        """Keep only these networks, given by their indices (k,)."""
        self.weights = [W[which] for W in self.weights]
        self._velocities = [V[which] for V in self._velocities]
        self._rates, self._loss = self._rates[which], self._loss[which]


def batches(n: int, size: int, generator: np.random.Generator) -> Iterator[Tensor]:
    """Yield rows of mini-batches without end: all n in random order, again and again, cut into pieces of min(size, n).

    A batch may hold the end of one round and the beginning of the next.
    """
    size = min(size, n)
    left = np.empty(0, dtype=np.int64)
    while True:
        while len(left) < size:
            left = np.concatenate([left, generator.permutation(n)])
        yield torch.from_numpy(left[:size])
        left = left[size:]
