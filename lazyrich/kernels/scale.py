"""Powers of two that bring numbers near 1, so that their products neither overflow nor vanish.

A power of two changes no digit of a floating number, so a computation with scaled numbers gives bit for bit the scaled
result, wherever nothing over- or underflows.

    power = largest_power(X)
    X = times_power(X, -power)
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["is_finite", "largest_power", "times_power"]


def largest_power(X: Tensor) -> int:
    """Return the power p for which the largest |entry| lies in [2^(p - 1), 2^p).

    It is 0 for zeros, and where an entry is not finite.
    """
    return math.frexp(_largest(X))[1]


def is_finite(X: Tensor) -> bool:
    """Tell whether all numbers are finite, in one pass and without a mask of that size."""
    return math.isfinite(_largest(X))


def times_power(X: Tensor, power: int) -> Tensor:
    """Return X times 2^power, also for powers beyond the range of X's type; X itself for power 0."""
    most = 1000 if X.dtype == torch.float64 else 100
    while power:
        step = max(-most, min(most, power))
        X = X * 2.0**step
        power -= step
    return X


def _largest(X: Tensor) -> float:
    return float(torch.linalg.vector_norm(X, float("inf"))) if X.numel() else 0.0
