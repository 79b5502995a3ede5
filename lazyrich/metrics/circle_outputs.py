"""Outputs of many two-layer networks at the same inputs of two dimensions, by a sweep over the angles of the inputs.

A neuron is active on the half plane around its direction. With inputs sorted by their angle, each neuron switches on at
one place of the list and off at another, and

    f(x) = P . x,   P = the sum of (1 - leak) a_i w_i over the active neurons + leak times the sum over all,

changes only there. A running sum over the list gives all outputs in one pass of n + 2 m numbers instead of n m: at 1000
inputs and 50 neurons five to eight times faster than a product with every neuron.

    outputs = CircleOutputs(X)
    f = outputs(W, a)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from lazyrich.networks import outputs_of_many

__all__ = ["CircleOutputs", "outputs_on"]

MANY = 20_000
"""Activations, n m, from which the sweep is faster than products. Measured."""

CACHED = 32_000
"""Outputs that are computed together, to stay in a core's cache. Measured."""


class CircleOutputs:
    """f(x_j) = sum_i a_i phi(w_i . x_j) of many networks.

    A running sum adds and removes neurons one by one, so that an output carries rounding of some eps times the sum of
    |a_i||w_i|, as a product does.

    Args:
        X: Inputs (n, 2).
        leak: Slope of phi at and below zero.
    """

    def __init__(self, X: Tensor, leak: float = 0.0):
        self._X, self._leak = X, leak
        angles = torch.atan2(X[:, 1], X[:, 0]).double()
        self._angles, order = angles.sort(stable=True)
        self._x, self._y = X[order].double().T.contiguous()
        self._place = order.argsort()

    def __call__(self, W: Tensor, a: Tensor) -> Tensor:
        """Return the outputs (F, n) of networks W (F, m, 2), a (F, m), without a history for autograd."""
        most = max(1, CACHED // max(1, len(self._X)))
        parts = zip(W.split(most), a.split(most), strict=True)
        return torch.cat([self._some(*part) for part in parts])

    def _some(self, W: Tensor, a: Tensor) -> Tensor:
        with torch.inference_mode():
            weights = a.double()[..., None] * W.double()
            if not torch.isfinite(weights).all():
                return outputs_of_many(self._X, W, a, self._leak)
            F, n = len(a), len(self._angles)
            angles = torch.atan2(W[..., 1], W[..., 0]).double()
            on, off = angles - math.pi / 2, angles + math.pi / 2
            early, late = on < -math.pi, off > math.pi
            on, off = on + early * (2 * math.pi), off - late * (2 * math.pi)
            steps = (1 - self._leak) * weights
            # the neurons that are active at the first angle, since their half plane reaches over the seam
            base = self._leak * weights.sum(1) + (steps * (early | late)[..., None]).sum(1)
            ends = torch.searchsorted(self._angles, torch.cat([on, off], 1))
            rows = torch.arange(F, dtype=ends.dtype, device=ends.device)[:, None] * (n + 1)
            places = (ends + rows).flatten()
            changes = torch.zeros(2, F * (n + 1), dtype=torch.float64, device=ends.device)
            for change, step in zip(changes, steps.unbind(2), strict=True):
                change.index_add_(0, places, torch.cat([step, -step], 1).flatten())
            changes = changes.view(2, F, n + 1)
            changes[:, :, 0] += base.T
            by_x, by_y = changes.cumsum_(2)[:, :, :n]
            found = (by_x * self._x).addcmul_(by_y, self._y)
            return found.to(W.dtype).index_select(1, self._place)


def outputs_on(X: Tensor, width: int, leak: float) -> Callable[[Tensor, Tensor], Tensor]:
    """Return what computes the outputs (F, n) of networks W (F, m, d), a (F, m) at inputs X (n, d), the faster way."""
    if X.shape[1] == 2 and len(X) * width >= MANY:
        return CircleOutputs(X, leak)
    return partial(outputs_of_many, X, leak=leak)
