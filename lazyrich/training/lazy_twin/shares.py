"""Compute the share of a kernel mode that is learned after a time of gradient flow or steps of gradient descent.

Each mode decays independently: with eigenvalue l by exp(-2 l t / n) under flow on the mean squared error of n samples,
by 1 - 2 h l / n with every step of size h. Both shares, remaining and learned, keep their digits near 0.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Shares", "shares_by_descent", "shares_by_flow"]


class Shares(NamedTuple):
    """Shares of each mode.

    Attributes:
        remaining: Remaining factor of each mode (..., r).
        learned: 1 - remaining (..., r).
    """

    remaining: Tensor
    learned: Tensor


def shares_by_flow(speeds: Tensor, t: Tensor) -> Shares:
    """Return the shares at flow times t (...), infinity allowed, for modes of speeds 2 l / n (r,), all above 0."""
    exponent = -t[..., None] * speeds
    return Shares(torch.exp(exponent), -torch.expm1(exponent))


def shares_by_descent(speeds: Tensor, k: Tensor, step: float) -> Shares:
    """Return the shares after k (...) steps of size `step`, for modes of speeds 2 l / n (r,), all above 0.

    A mode with z = step x speed above 1 changes its sign at every step, and grows without bound if z is above 2.
    """
    z = step * speeds
    # log1p keeps the digits of slow modes; at z = 1 a mode is gone after one step
    rate = torch.where(z <= 1, torch.log1p(-z), torch.log(z - 1))
    k = k[..., None]
    exponent = torch.where(k > 0, k * rate, 0.0)
    flipped = (z > 1) & (torch.remainder(k, 2) == 1)
    size = torch.exp(exponent)
    return Shares(torch.where(flipped, -size, size), torch.where(flipped, 1 + size, -torch.expm1(exponent)))
