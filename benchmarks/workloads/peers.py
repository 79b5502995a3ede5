"""Peers: other implementations of the same computation, each written as its users would write it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.rounds import Way

TINY = 1e-6
"""A learning rate at which training stays stable however long a benchmark runs."""


def numpy_loop(X: Tensor, y: Tensor, W: Tensor, a: Tensor) -> Way:
    """Return one student with hand-written gradients in numpy, float64, in the style of the authors' code: new arrays
    in every line, slopes assigned separately to positive and other pre-activations, one outer product."""
    inputs, targets, weights, readout = (part.double().numpy().copy() for part in (X, y, W, a))

    def steps(count: int) -> None:
        nonlocal weights, readout
        scale = 2 * TINY / len(inputs)
        for _ in range(count):
            before = inputs @ weights.T
            hidden = np.maximum(0.0, before)
            residual = hidden @ readout - targets
            slope = before.T
            slope[slope >= 0] = 1.0
            slope[slope < 0] = 0.0
            weights = weights - scale * (np.outer(readout, residual) * slope) @ inputs
            readout = readout - scale * hidden.T @ residual

    return steps


class TwoLayer(nn.Module):
    """The student as a torch module."""

    def __init__(self, W: Tensor, a: Tensor):
        super().__init__()
        m, d = W.shape
        self.first = nn.Linear(d, m, bias=False, dtype=W.dtype)
        self.readout = nn.Linear(m, 1, bias=False, dtype=W.dtype)
        self.load_state_dict({"first.weight": W, "readout.weight": a[None]})

    def forward(self, x: Tensor) -> Tensor:
        return self.readout(torch.relu(self.first(x)))


def module_with_sgd(X: Tensor, y: Tensor, W: Tensor, a: Tensor) -> Way:
    """Return one student as an nn.Module with torch's SGD and mean squared error."""
    net, target = TwoLayer(W, a), y[:, None]
    optimiser, loss_of = torch.optim.SGD(net.parameters(), lr=TINY), nn.MSELoss()

    def steps(count: int) -> None:
        for _ in range(count):
            optimiser.zero_grad()
            loss_of(net(X), target).backward()
            optimiser.step()

    return steps


SGEMM_SIDE = 1024


def sgemm(dtype: torch.dtype) -> tuple[Way, float]:
    """Return a product of two large square matrices, and its floating-point operations."""
    A, B = torch.randn(2, SGEMM_SIDE, SGEMM_SIDE, dtype=dtype)
    out = torch.empty_like(A)

    def products(count: int) -> None:
        for _ in range(count):
            torch.mm(A, B, out=out)

    return products, 2.0 * SGEMM_SIDE**3


def kernel_from_features(X: Tensor, W: Tensor, a: Tensor) -> Tensor:
    """Return the tangent kernel from the explicit gradients of all outputs by all weights, n x (m + m d)."""
    before = X @ W.T
    by_first = torch.where(before > 0, a, 0.0)[:, :, None] * X[:, None, :]
    features = torch.cat([torch.relu(before), by_first.flatten(1)], dim=1)
    return features @ features.T


def plain_distance(K0: Tensor, K1: Tensor) -> float:
    """Return 1 - <K0, K1> / (|K0||K1|), computed directly."""
    return float(1 - (K0 * K1).sum() / (K0.norm() * K1.norm()))
