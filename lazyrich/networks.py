"""What learns: the two-layer network f(x) = sum_i a_i phi(w_i . x), phi ReLU or leaky ReLU, without biases.

theory.md, section 5. phi(z) = z where z > 0 and leak * z elsewhere: leak 0 is ReLU, leak 1 makes the network linear.

    outputs = two_layer(X, W, a)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from lazyrich.arrays import tensors

__all__ = ["activation", "activation_pattern", "two_layer"]


def activation(Z: Tensor, leak: float = 0.0) -> Tensor:
    """phi(Z) for pre-activations Z (...), a torch tensor."""
    return torch.relu(Z) if leak == 0 else functional.leaky_relu(Z, leak)


def two_layer(X: Any, W: Any, a: Any, leak: float = 0.0) -> Any:
    """The outputs of one or many two-layer networks on the same inputs.

    X (n, d): inputs. W (..., m, d), a (..., m): first layer and readout. leak: slope below zero.
    Returns (..., n), numpy or torch as given; torch results can be differentiated.
    Raises ValueError when shapes do not fit.
    """
    (X, W, a), back = tensors(X, W, a)
    if X.ndim != 2 or W.ndim < 2 or W.shape[-1] != X.shape[1] or a.shape != W.shape[:-1]:
        raise ValueError(
            "X must have shape (n, d), W (..., m, d) and a (..., m) with the same m and d, "
            f"got {tuple(X.shape)}, {tuple(W.shape)} and {tuple(a.shape)}."
        )
    hidden = activation(W @ X.T, leak)
    return back((a.unsqueeze(-2) @ hidden).squeeze(-2))


def activation_pattern(X: Any, W: Any) -> Any:
    """Which neurons are active on which inputs: w_i . x_j > 0.

    X (n, d), W (..., m, d). Returns booleans (..., m, n). A pre-activation of exactly zero counts as inactive.
    """
    (X, W), back = tensors(X, W)
    return back(W @ X.T > 0)
