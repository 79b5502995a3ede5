"""The largest eigenvalue of a kernel, and the learning rate that it allows.

rate = largest_stable_rate(X, W, a)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import tensors
from lazyrich.kernels.scale import is_finite, largest_power, times_power
from lazyrich.kernels.two_layer import check_shapes, features, joint_power, kernel, scaled
from lazyrich.networks import checked_leak, checked_rates
from lazyrich.training.precision import full_precision

__all__ = ["largest_eigenvalue", "largest_stable_rate"]

SMALL = 400
"""Number of inputs up to which a kernel's full spectrum is cheaper than an iteration."""

LANCZOS_STEPS = 80
"""Number of Lanczos steps: ten digits of the largest eigenvalue in typical kernels, whose spectra fall quickly."""


@full_precision
def largest_eigenvalue(K: Any) -> float:
    """Return the largest eigenvalue of a kernel: from the full spectrum for small n, else by Lanczos.

    Args:
        K: Kernel (n, n), n at least 1, symmetric and positive semidefinite, of any scale.

    Returns:
        The eigenvalue, at or above 0.


    Raises:
        ValueError: If K is not square, a number is not finite, or the eigenvalue is beyond all floats.
    """
    (K,), _ = tensors(K=K)
    if K.ndim != 2 or K.shape[0] != K.shape[1] or not len(K):
        raise ValueError(
            f"K must be a square matrix (n, n), got shape {tuple(K.shape)}: give a kernel of one input or more."
        )
    if not is_finite(K):
        raise ValueError("K must hold finite numbers, got some that are not: take smaller weights or inputs.")
    power = largest_power(K)
    try:
        return math.ldexp(_top(times_power(K, -power)), power)
    except OverflowError:
        raise ValueError("K must have an eigenvalue below 1.8e308, got a larger one: divide K by a number.") from None


@full_precision
def largest_stable_rate(X: Any, W: Any, a: Any, eta_a: float = 1.0, eta_w: float = 1.0, leak: float = 0.0) -> float:
    """Return the learning rate above which gradient descent leaves a solution: 2 / lambda_max((2/n) K).

    This is linear stability for the mean squared error at a point of zero residual with the activations fixed
    (theory.md, section 7). Elsewhere it is a guide; the kernel, and with it the limit, changes during training. The
    kernel is never formed when n is large.

    Args:
        X: Inputs (n, d), of any scale, as are W and a.
        W: First layer (m, d).
        a: Readout (m,).
        eta_a: Learning rate of the readout, as in two_layer_ntk.
        eta_w: Learning rate of the first layer.
        leak: Slope of phi at and below zero, 0 to 1.

    Returns:
        The rate; infinity if no weight has any effect, or one so small that the limit exceeds all floats.

    Raises:
        ValueError: For shapes, rates or a leak that do not fit, numbers that are not finite, and weights so large that
            the rate is below all floats.
    """
    (X, W, a), _ = tensors(X=X, W=W, a=a)
    check_shapes(X, W, a)
    eta_a, eta_w = checked_rates(eta_a, eta_w)
    leak = checked_leak(leak)
    if not all(is_finite(part) for part in (X, W, a)):
        raise ValueError("X, W and a must hold finite numbers, got some that are not: take weights from before that.")
    by_inputs, by_weights = largest_power(X), joint_power(W, a, eta_a, eta_w)
    X, (W, a) = times_power(X, -by_inputs), scaled(W, a, eta_a, eta_w, -by_weights)
    n = len(X)
    if n <= SMALL:
        top = _top(kernel(X, W, a, eta_a, eta_w, leak))
    else:
        Phi, S = features(X, W, a, leak)

        def times(v: Tensor) -> Tensor:
            """Return K v in two products with X: to the gradient of the weights and back."""
            by_readout = Phi @ (Phi.T @ v)
            by_first = (S * (X @ ((S * v[:, None]).T @ X).T)).sum(1)
            return eta_a * by_readout + eta_w * by_first

        top = _lanczos(times, X.new_empty(n))
    if not top > 0:
        return math.inf
    try:
        rate = math.ldexp(n / top, -2 * (by_inputs + by_weights))
    except OverflowError:
        return math.inf
    if rate == 0:
        raise ValueError(
            "X, W and a must be small enough for a stable rate above 0, got numbers whose kernel leaves none: "
            "take smaller weights or inputs."
        )
    return rate


def _top(K: Tensor) -> float:
    """Return the largest eigenvalue of a kernel whose scale is near 1."""
    return float(torch.linalg.eigvalsh(K)[-1]) if len(K) <= SMALL else _lanczos(K.mv, K.new_empty(len(K)))


def _lanczos(times: Callable[[Tensor], Tensor], like: Tensor) -> float:
    """Return the largest eigenvalue of the symmetric map `times` on vectors shaped like `like`, by Lanczos in float64.

    Every new vector is orthogonalised against all before it, so no eigenvalue appears twice. The start is fixed.
    """
    n = len(like)
    start = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64, device="cpu")
    start = start.to(like.device)
    basis = start.new_zeros(min(LANCZOS_STEPS, n), n)
    diagonal, beside = [], []
    v = start / start.norm()
    for step in range(len(basis)):
        basis[step] = v
        v = times(v.to(like.dtype)).double()
        diagonal.append(float(v @ basis[step]))
        for _ in range(2):
            v = v - basis[: step + 1].T @ (basis[: step + 1] @ v)
        size = float(v.norm())
        if not size > 1e-12 * abs(diagonal[0]):
            break
        beside.append(size)
        v = v / size
    T = torch.diag(torch.tensor(diagonal, dtype=torch.float64, device="cpu"))
    offset = torch.tensor(beside[: len(diagonal) - 1], dtype=torch.float64, device="cpu")
    return float(torch.linalg.eigvalsh(T + torch.diag(offset, 1) + torch.diag(offset, -1))[-1])
