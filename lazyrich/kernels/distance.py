"""The distance S of two kernels, which ignores their scales.

kernel_distance(K0, K1)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import tensors
from lazyrich.kernels.scale import is_finite, largest_power, times_power
from lazyrich.training.precision import full_precision

__all__ = ["kernel_distance"]

BLOCK = 1 << 16
"""Number of entries processed at a time, in float64: half a megabyte, which stays in a core's cache."""

SQUARES = {torch.float32: (1e-20, 1e30), torch.float64: (1e-200, 1e200)}
"""Range of squared norms of kernels in which no intermediate result over- or underflows."""


@full_precision
def kernel_distance(K0: Any, K1: Any) -> float:
    """Return the kernel distance S = 1 - <K0, K1> / (|K0||K1|), with Frobenius norms.

    With K1 = c K0 + E, c near <K0, K1> / |K0|^2, p = |E|^2 - <E, K0>^2 / |K0|^2 is the squared part of K1 that is not
    along K0, q = <K1, K0> / |K0| and N = sqrt(q^2 + p) = |K1|, so that S = p / (N (N + q)). That is never negative and
    keeps its digits near 0. Sums are in float64 whatever the type of the kernels is.

    Args:
        K0: Kernel matrix (n, n), or any array, of any scale: numbers as large or small as their type has are allowed.
        K1: Kernel matrix of the same shape.

    Returns:
        A number in [0, 1] for kernels, to about 1e-16 / sqrt(S) relative in float64; 0 if they differ by a factor only.
        A kernel of zeros has distance 1 from any other and 0 from another of zeros.

    Raises:
        ValueError: If the shapes differ, or a number is not finite.

    Source: theory.md, section 8.
    """
    (K0, K1), _ = tensors(K0=K0, K1=K1)
    if K0.shape != K1.shape:
        raise ValueError(
            f"K0 and K1: both kernels must have the same shape, got {tuple(K0.shape)} and {tuple(K1.shape)}."
        )
    first, second = K0.reshape(-1), K1.reshape(-1)
    along, here, there = (float(u.dot(v)) for u, v in ((first, second), (first, first), (second, second)))
    low, high = SQUARES[first.dtype]
    if not (low < here < high and low < there < high):
        first, second = _at_size_one("K0", first), _at_size_one("K1", second)
        along, here, there = (float(u.dot(v)) for u, v in ((first, second), (first, first), (second, second)))
        if here == 0 or there == 0:
            return float(here != there)
    c = along / here
    squared, left, right = 0.0, 0.0, 0.0
    for part0, part1 in zip(first.split(BLOCK), second.split(BLOCK), strict=True):
        part0 = part0.double()
        E = part1.double().sub(part0, alpha=c)
        squared += float(part0.dot(part0))
        left += float(E.dot(part0))
        right += float(E.dot(E))
    p = max(0.0, right - left * left / squared)
    q = (c * squared + left) / squared**0.5
    N = (q * q + p) ** 0.5
    # arrays that are no kernels may have q < 0, where N + q would cancel
    return p / (N * (N + q)) if q > 0 else 1 - q / N


def _at_size_one(name: str, K: Tensor) -> Tensor:
    """Multiply the entries by the power of two that brings the largest near 1; zeros stay zeros."""
    if not is_finite(K):
        raise ValueError(f"{name} must hold finite numbers, got some that are not: take a kernel from before that.")
    return times_power(K, -largest_power(K))
