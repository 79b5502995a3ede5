"""The kernel of a two-layer network in closed form.

theory.md, section 5. K = eta_a Phi Phi^T + eta_w (X X^T) o (D diag(a^2) D^T), with Phi the hidden activations and D
their slopes. It needs no Jacobian and costs O(n^2 (m + d)).

    K = two_layer_ntk(X, W, a)
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import tensors
from lazyrich.kernels.scale import largest_power, times_power
from lazyrich.networks import checked_leak, checked_rates
from lazyrich.training.precision import full_precision

__all__ = ["check_shapes", "features", "joint_power", "kernel", "scaled", "strips", "two_layer_ntk"]

STRIP = 192
"""Number of rows of a kernel processed at a time, so that they stay in a core's cache. Measured at n = 1000."""


@full_precision
def two_layer_ntk(X: Any, W: Any, a: Any, eta_a: float = 1.0, eta_w: float = 1.0, leak: float = 0.0) -> Any:
    """Return the neural tangent kernel of f(x) = sum_i a_i phi(w_i . x) on the inputs X.

    Args:
        X: Inputs (n, d), n at least 1.
        W: First layer (m, d).
        a: Readout (m,).
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.
        leak: Slope of phi at and below zero, 0 to 1.

    Returns:
        The kernel (n, n), symmetric and positive semidefinite, numpy or torch as was given, without autograd history.
        Correct at any scale at which its entries fit their type: no intermediate result overflows. Weights that are not
        finite give a kernel that is not finite.

    Raises:
        ValueError: For shapes that do not fit, a rate below 0 and a leak that is not between 0 and 1.

    Source: theory.md, section 5.
    """
    (X, W, a), back = tensors(X=X, W=W, a=a)
    check_shapes(X, W, a)
    eta_a, eta_w = checked_rates(eta_a, eta_w)
    leak = checked_leak(leak)
    near = 100 if X.dtype == torch.float64 else 10
    by_inputs, by_weights = largest_power(X), joint_power(W, a, eta_a, eta_w)
    if max(abs(by_inputs), abs(by_weights)) <= near:
        return back(kernel(X, W, a, eta_a, eta_w, leak))
    X, (W, a) = times_power(X, -by_inputs), scaled(W, a, eta_a, eta_w, -by_weights)
    return back(times_power(kernel(X, W, a, eta_a, eta_w, leak), 2 * (by_inputs + by_weights)))


def kernel(X: Tensor, W: Tensor, a: Tensor, eta_a: float, eta_w: float, leak: float) -> Tensor:
    """Return `two_layer_ntk` of checked tensors, without rescaling."""
    with torch.no_grad():
        Phi, S = features(X, W, a, leak)
        K = X.new_empty(len(X), len(X))
        for rows in strips(len(X)):
            above, left = slice(0, rows.start), slice(0, rows.stop)
            late = ((eta_w * S[rows]) @ S[left].T).mul_(X[rows] @ X[left].T)
            torch.addmm(late, Phi[rows], Phi[left].T, alpha=eta_a, out=K[rows, left])
            K[above, rows] = K[rows, above].T
    return K


def features(X: Tensor, W: Tensor, a: Tensor, leak: float) -> tuple[Tensor, Tensor]:
    """Return the hidden activations Phi and S, their slopes times the readout, both (..., n, m)."""
    Z = X @ W.mT
    # 1 where active and leak elsewhere; several times faster than torch.where
    slope = (Z > 0).to(Z.dtype).clamp_min_(leak)
    return Z.mul_(slope), slope.mul_(a.unsqueeze(-2))


def strips(n: int) -> list[slice]:
    """Return strips of rows, from the top."""
    return [slice(top, min(top + STRIP, n)) for top in range(0, n, STRIP)]


def joint_power(W: Tensor, a: Tensor, eta_a: float, eta_w: float) -> int:
    """Return the power of two of the larger layer, after scaling each by the root of the rate of the other.

    Its square is the kernel's scale, since K(c W, c a) = c^2 K(W, a).
    """
    layers = [(W, eta_a), (a, eta_w)]
    powers = [largest_power(layer) + round(math.log2(rate) / 2) for layer, rate in layers if rate and layer.any()]
    return max(powers, default=0)


def scaled(W: Tensor, a: Tensor, eta_a: float, eta_w: float, power: int) -> tuple[Tensor, Tensor]:
    """Return both layers times 2^power.

    If one layer is frozen, the other is reduced to what the kernel depends on, at size 1: the signs of the activations,
    or nothing.
    """
    return (
        times_power(W, power if eta_a else -largest_power(W)),
        times_power(a, power) if eta_w else torch.zeros_like(a),
    )


def check_shapes(X: Tensor, W: Tensor, a: Tensor) -> None:
    """Raise ValueError unless X is (n, d), W (m, d) and a (m,), with at least one input."""
    if X.ndim != 2 or W.ndim != 2 or W.shape[1] != X.shape[1] or a.shape != W.shape[:1] or not len(X):
        raise ValueError(
            "X must have shape (n, d), W (m, d) and a (m,) with the same m and d and at least one input, "
            f"got {tuple(X.shape)}, {tuple(W.shape)} and {tuple(a.shape)}."
        )
