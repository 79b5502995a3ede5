"""The two-layer network f(x) = sum_i a_i phi(w_i . x) without biases, phi ReLU or leaky ReLU.

theory.md, section 5. phi(z) = z where z > 0 and leak * z elsewhere: leak 0 is ReLU, leak 1 makes the network linear.

    outputs = two_layer(X, W, a)
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from lazyrich.arrays import differentiable, number, tensors

__all__ = [
    "activation",
    "activation_pattern",
    "check_layer",
    "checked_leak",
    "checked_rates",
    "outputs_of_many",
    "two_layer",
]


CACHED = 400_000
"""Number of hidden activations computed together, so that they stay in a core's cache. Measured."""


def activation(Z: Tensor, leak: float = 0.0) -> Tensor:
    """Return phi(Z) for pre-activations Z (...), a torch tensor."""
    return torch.relu(Z) if leak == 0 else functional.leaky_relu(Z, leak)


def two_layer(X: Any, W: Any, a: Any, leak: float = 0.0) -> Any:
    """Return the outputs of one or many two-layer networks on the same inputs.

    Args:
        X: Inputs (n, d).
        W: First layers (..., m, d).
        a: Readouts (..., m).
        leak: Slope of phi at and below zero, 0 to 1.

    Returns:
        Outputs (..., n), numpy or torch as was given. For torch tensors that require a gradient the result can be
        differentiated.

    Raises:
        ValueError: For shapes that do not fit and a leak that is not between 0 and 1.
    """
    (X, W, a), back = differentiable(X=X, W=W, a=a)
    leak = checked_leak(leak)
    if X.ndim != 2 or W.ndim < 2 or W.shape[-1] != X.shape[1] or a.shape != W.shape[:-1]:
        raise ValueError(
            "X must have shape (n, d), W (..., m, d) and a (..., m) with the same m and d, "
            f"got {tuple(X.shape)}, {tuple(W.shape)} and {tuple(a.shape)}."
        )
    hidden = activation(W @ X.T, leak)
    return back((a.unsqueeze(-2) @ hidden).squeeze(-2))


def outputs_of_many(X: Tensor, W: Tensor, a: Tensor, leak: float = 0.0) -> Tensor:
    """Return the outputs of networks as `two_layer` does, a few networks at a time in memory that is reused.

    Several times faster for many small networks, because their hidden activations stay in a core's cache.

    Args:
        X: Inputs (n, d).
        W: First layers (F, m, d).
        a: Readouts (F, m).
        leak: Slope of phi at and below zero.

    Returns:
        Outputs (F, n), without autograd history.
    """
    (F, m, d), n = W.shape, len(X)
    found = X.new_empty(F, n)
    if not found.numel():
        return found
    together = min(F, max(1, CACHED // (m * n)))
    with torch.inference_mode():
        Xt, hidden = X.T.contiguous(), X.new_empty(together * m, n)
        for first in range(0, F, together):
            some = slice(first, min(first + together, F))
            count = some.stop - first
            Z = torch.mm(W[some].reshape(count * m, d), Xt, out=hidden[: count * m])
            if leak:
                functional.leaky_relu_(Z, leak)
            else:
                torch.relu_(Z)
            torch.bmm(a[some, None], Z.view(count, m, n), out=found[some, None])
    return found


def activation_pattern(X: Any, W: Any) -> Any:
    """Return which neurons are active on which inputs: w_i . x_j > 0.

    Args:
        X: Inputs (n, d).
        W: First layers (..., m, d).

    Returns:
        Booleans (..., m, n), numpy or torch as was given. A pre-activation of exactly zero counts as inactive.

    Raises:
        ValueError: For shapes that do not fit.
    """
    (X, W), back = tensors(X=X, W=W)
    check_layer("W", W, X)
    return back(W @ X.T > 0)


def check_layer(name: str, W: Tensor, X: Tensor) -> None:
    """Raise ValueError unless X is (n, d) and a first layer W (..., m, d)."""
    if X.ndim != 2 or W.ndim < 2 or W.shape[-1] != X.shape[1]:
        raise ValueError(
            f"X must have shape (n, d) and {name} (..., m, d) with the same d, "
            f"got {tuple(X.shape)} and {tuple(W.shape)}."
        )


def checked_leak(leak: Any) -> float:
    """Return the slope below zero as a float. Raise ValueError unless it is a number between 0 and 1."""
    slope = number("leak", leak)
    if not 0 <= slope <= 1:
        raise ValueError(f"leak must be between 0 (ReLU) and 1 (linear), got {slope:g}.")
    return slope


def checked_rates(eta_a: Any, eta_w: Any) -> tuple[float, float]:
    """Return both layers' rates as floats; 0 freezes a layer.

    Raises:
        ValueError: If one is negative or not finite.
    """
    rates = number("eta_a", eta_a), number("eta_w", eta_w)
    for name, rate in zip(("eta_a", "eta_w"), rates, strict=True):
        if not (rate >= 0 and math.isfinite(rate)):
            raise ValueError(f"{name} must be 0 (a frozen layer) or above and finite, got {rate:g}.")
    return rates
