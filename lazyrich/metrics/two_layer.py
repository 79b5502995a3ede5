"""Measures of how far a two-layer network and its neurons have moved.

theory.md, section 8. Arrays are numpy, torch, pandas or lists (lazyrich.arrays); results are numpy or torch as was
given and have no autograd history. Weights may have leading axes (networks, frames), which results keep; the result
for one network is a number without axes.

    activation_flips(X, W0, W)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import check_broadcast, tensors
from lazyrich.geometry import conserved_quantity
from lazyrich.networks import check_layer
from lazyrich.training.precision import full_precision

__all__ = ["activation_flips", "conserved_drift", "parameter_distance", "teacher_alignment"]


@full_precision
def activation_flips(X: Any, W0: Any, W: Any) -> Any:
    """Return the share of (neuron, input) pairs whose activation w_i . x_j > 0 differs from that at the start, 0 to 1.

    The paper's Hamming distance is m times this: it sums over neurons.

    Args:
        X: Inputs (n, d).
        W0: First layers at the start (..., m, d).
        W: First layers now (..., m, d); leading axes broadcast.

    Returns:
        Shares (...).

    Raises:
        ValueError: For shapes that do not fit.
    """
    (X, W0, W), back = tensors(X=X, W0=W0, W=W)
    check_layer("W0", W0, X)
    check_layer("W", W, X)
    check_broadcast(W0=W0, W=W)
    flipped = (W0 @ X.T > 0) != (W @ X.T > 0)
    return back(flipped.to(X.dtype).mean((-2, -1)))


def parameter_distance(start: tuple[Any, Any], now: tuple[Any, Any]) -> Any:
    """Return |theta_t - theta_0|, the Euclidean distance between the weights of two moments.

    Dominated by the larger layer when sizes are unbalanced.

    Args:
        start: Weights (W (..., m, d), a (..., m)) at the start.
        now: The same now; leading axes broadcast.

    Returns:
        Distances (...).

    Raises:
        ValueError: For what is no pair, and shapes that do not fit.
    """
    (W0, a0, W, a), back = _two_moments(start, now)
    return back(((W - W0).square().sum((-2, -1)) + (a - a0).square().sum(-1)).sqrt())


def conserved_drift(start: tuple[Any, Any], now: tuple[Any, Any], eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return max_i |delta_i(t) - delta_i(0)|, the drift of the quantities that gradient flow conserves.

    A step of size h adds an amount of order h^2 (theory.md, section 7), so at a given flow time the drift falls
    linearly with the learning rate.

    Args:
        start: Weights (W (..., m, d), a (..., m)) at the start.
        now: The same now; leading axes broadcast.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Drifts (...).

    Raises:
        ValueError: For what is no pair, and shapes that do not fit.
    """
    (W0, a0, W, a), back = _two_moments(start, now)
    moved = conserved_quantity(a, W, eta_a, eta_w) - conserved_quantity(a0, W0, eta_a, eta_w)
    return back(moved.abs().amax(-1))


@full_precision
def teacher_alignment(W: Any, a: Any, teacher_W: Any, teacher_a: Any) -> Any:
    """Return the alignment of neurons with teacher neurons: the mean of max_k cos(w_i, teacher_k) over the neurons.

    Neurons are weighted by |a_i||w_i|. Only teacher neurons whose readout has the sign of a_i count for neuron i,
    because along one of the other sign it would cancel what the teacher does. A neuron for which the teacher has none
    of its sign counts as 0.

    Args:
        W: First layers of students (..., m, d).
        a: Readouts of students (..., m).
        teacher_W: First layer of the teacher (m0, d), m0 at least 1.
        teacher_a: Readout of the teacher (m0,).

    Returns:
        Alignments (...), from -1 to 1; 1 if every neuron with a weight points along a teacher neuron, nan if all
        neurons are zero.

    Raises:
        ValueError: If the teacher has no neuron or shapes do not fit.
    """
    (W, a, teacher_W, teacher_a), back = tensors(W=W, a=a, teacher_W=teacher_W, teacher_a=teacher_a)
    if W.ndim < 2 or a.shape != W.shape[:-1] or teacher_W.shape[1:] != W.shape[-1:]:
        raise ValueError(
            "W must have shape (..., m, d), a (..., m) and teacher_W (m0, d) with the same m and d, "
            f"got {tuple(W.shape)}, {tuple(a.shape)} and {tuple(teacher_W.shape)}."
        )
    if teacher_a.shape != teacher_W.shape[:1]:
        raise ValueError(
            f"teacher_a must have one number for each of the {len(teacher_W)} rows of teacher_W, "
            f"got shape {tuple(teacher_a.shape)}."
        )
    if not len(teacher_a):
        raise ValueError("teacher_W must hold at least one neuron, got none: alignment needs a teacher.")
    lengths = torch.linalg.vector_norm(W, dim=-1)
    cosines = _unit(W) @ _unit(teacher_W).T
    same_sign = torch.sign(a).unsqueeze(-1) == torch.sign(teacher_a)
    best = cosines.masked_fill(~same_sign, -torch.inf).amax(-1)
    best = torch.where(same_sign.any(-1), best, 0.0)
    weights = a.abs() * lengths
    return back((weights * best).sum(-1) / weights.sum(-1))


def _two_moments(start: Any, now: Any) -> tuple[list[Tensor], Callable[[Tensor], Any]]:
    """Return W0, a0, W and a of two pairs that fit together, and the conversion of results to what was given."""
    for name, pair in (("start", start), ("now", now)):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"{name} must be a pair (W, a) of weights, got {_what(pair)}.")
    given = {"start[0]": start[0], "start[1]": start[1], "now[0]": now[0], "now[1]": now[1]}
    (W0, a0, W, a), back = tensors(**given)
    for name, first, readout in (("start", W0, a0), ("now", W, a)):
        if first.ndim < 2 or readout.shape != first.shape[:-1]:
            raise ValueError(
                f"{name} must be (W, a) of shapes (..., m, d) and (..., m), "
                f"got {tuple(first.shape)} and {tuple(readout.shape)}."
            )
    if W0.shape[-2:] != W.shape[-2:]:
        raise ValueError(
            f"start and now must be weights of one network, got W of shapes {tuple(W0.shape)} and {tuple(W.shape)}."
        )
    check_broadcast(start=W0, now=W)
    return [W0, a0, W, a], back


def _what(pair: Any) -> str:
    return f"{len(pair)} of them" if isinstance(pair, (tuple, list)) else f"a {type(pair).__name__}"


def _unit(rows: Tensor) -> Tensor:
    """Scale rows to length 1; rows of zeros stay zeros."""
    return torch.nn.functional.normalize(rows, dim=-1, eps=torch.finfo(rows.dtype).tiny)
