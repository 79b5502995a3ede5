"""What is measured along a run, besides losses and kernels: how far a two-layer network and its neurons have moved.

theory.md, section 8. Arrays are numpy or torch; weights may have leading axes (networks, frames), which results keep: a
number without axes for one network.

    activation_flips(X, W0, W)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import tensors
from lazyrich.geometry import conserved_quantity
from lazyrich.training.precision import full_precision

__all__ = ["activation_flips", "conserved_drift", "effective_rank", "parameter_distance", "teacher_alignment"]


@full_precision
def activation_flips(X: Any, W0: Any, W: Any) -> Any:
    """The share of (neuron, input) pairs whose activation w_i . x_j > 0 differs from the one at the start, 0 to 1.

    X (n, d), W0 and W (..., m, d). Returns (...). The paper's Hamming distance is m times this: it sums over neurons.
    """
    (X, W0, W), back = tensors(X, W0, W)
    flipped = (W0 @ X.T > 0) != (W @ X.T > 0)
    return back(flipped.to(X.dtype).mean((-2, -1)))


def parameter_distance(start: tuple[Any, Any], now: tuple[Any, Any]) -> Any:
    """|theta_t - theta_0|, the Euclidean distance between the weights (W (..., m, d), a (..., m)) of two moments.

    Returns (...). Dominated by the larger layer when sizes are unbalanced.
    """
    (W0, a0, W, a), back = tensors(*start, *now)
    return back(((W - W0).square().sum((-2, -1)) + (a - a0).square().sum(-1)).sqrt())


def conserved_drift(start: tuple[Any, Any], now: tuple[Any, Any], eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """max_i |delta_i(t) - delta_i(0)| of the quantities that gradient flow conserves: what discrete steps have broken.

    start, now: weights (W (..., m, d), a (..., m)) of two moments. Returns (...). A step of size h adds an amount of
    order h^2 (theory.md, section 7), so at a given flow time the drift falls linearly with the learning rate.
    """
    (W0, a0, W, a), back = tensors(*start, *now)
    moved = conserved_quantity(a, W, eta_a, eta_w) - conserved_quantity(a0, W0, eta_a, eta_w)
    return back(moved.abs().amax(-1))


@full_precision
def teacher_alignment(W: Any, a: Any, teacher_W: Any, teacher_a: Any) -> Any:
    """How well neurons point along teacher neurons: the mean of max_k cos(w_i, teacher_k), weighted by |a_i||w_i|.

    W (..., m, d), a (..., m): student. teacher_W (m0, d), teacher_a (m0,): teacher. Returns (...), from -1 to 1; 1
    when every neuron that matters points along a teacher neuron. Only teacher neurons whose readout has the sign of
    a_i count for neuron i, since along one of the other sign it would undo what the teacher does; where the teacher
    has none of its sign, a neuron counts as 0. nan when all neurons are zero.
    Raises ValueError when the teacher has no neuron.
    """
    (W, a, teacher_W, teacher_a), back = tensors(W, a, teacher_W, teacher_a)
    if not len(teacher_a):
        raise ValueError("teacher_W must hold at least one neuron, got none: alignment needs a teacher.")
    lengths = torch.linalg.vector_norm(W, dim=-1)
    cosines = _unit(W) @ _unit(teacher_W).T
    same_sign = torch.sign(a).unsqueeze(-1) == torch.sign(teacher_a)
    best = cosines.masked_fill(~same_sign, -torch.inf).amax(-1)
    best = torch.where(same_sign.any(-1), best, 0.0)
    weights = a.abs() * lengths
    return back((weights * best).sum(-1) / weights.sum(-1))


def effective_rank(K: Any) -> Any:
    """exp of the entropy of a kernel's normalised eigenvalues: how many directions it holds, 1 to n; nan for a kernel
    of zeros.

    K (..., n, n), symmetric and positive semidefinite. Returns (...). Source: Roy and Vetterli, EUSIPCO 2007.
    """
    (K,), back = tensors(K)
    eigenvalues = torch.linalg.eigvalsh(K).clamp_min(0)
    shares = eigenvalues / eigenvalues.sum(-1, keepdim=True)
    return back(torch.special.entr(shares).sum(-1).exp())


def _unit(rows: Tensor) -> Tensor:
    """Rows of length 1; rows of zeros stay zeros."""
    return torch.nn.functional.normalize(rows, dim=-1, eps=torch.finfo(rows.dtype).tiny)
