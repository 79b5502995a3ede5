"""Deep linear networks f = W_L ... W_1 x with a learning rate for every layer.

Conserved matrices, the learning speed of each layer and the kernel distance (theory.md, section 4). `weights` is the
list [W_1, ..., W_L] from the input on, W_l (..., n_l, n_{l-1}); leading axes (times, networks) are kept.

    conserved_matrices(weights, rates=[1.0, 0.5, 2.0])
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from lazyrich.arrays import plain_numbers
from lazyrich.theory.inputs import check_positive, numpy_arrays, numpy_list

__all__ = ["conserved_matrices", "deep_kernel_distance", "layer_gradients", "layer_speeds", "network_product"]


def network_product(weights: Sequence[Any]) -> Any:
    """Return W_L ... W_1, the transpose of what two-layer networks call beta.

    Args:
        weights: Layers from the input on, W_l (..., n_l, n_{l-1}).

    Returns:
        Products (..., n_L, n_0).

    Raises:
        ValueError: If neighbouring layers do not fit.
    """
    layers, _, back = _layers(weights, None)
    return back(_heads(layers)[0])


def conserved_matrices(weights: Sequence[Any], rates: Sequence[float] | None = None) -> list[Any]:
    """Return eta_l W_{l+1}^T W_{l+1} - eta_{l+1} W_l W_l^T of neighbouring layers, constant under gradient flow.

    Under gradient descent their drift falls linearly with the step.

    Args:
        weights: Layers from the input on, W_l (..., n_l, n_{l-1}).
        rates: Learning rates (L,), 1 each if not given.

    Returns:
        L - 1 matrices (..., n_l, n_l), all zero for a balanced network.

    Raises:
        ValueError: If layers or rates do not fit.

    Source: theory.md, section 4.
    """
    layers, etas, back = _layers(weights, rates)
    pairs = zip(layers[:-1], layers[1:], etas[:-1], etas[1:], strict=True)
    return [back(eta * _T(after) @ after - eta_after * layer @ _T(layer)) for layer, after, eta, eta_after in pairs]


def layer_gradients(weights: Sequence[Any], X: Any, Y: Any) -> list[Any]:
    """Return the gradients dL / dW_l of half the sum of squares.

    Args:
        weights: Layers from the input on, W_l (..., n_l, n_{l-1}).
        X: Inputs (n, n_0).
        Y: Labels (n, n_L).

    Returns:
        One gradient for each layer, shaped as its weights.

    Raises:
        ValueError: If shapes do not fit.

    Source: theory.md, section 4.
    """
    layers, _, back = _layers(weights, None)
    (X, Y), _ = numpy_arrays(X=X, Y=Y)
    first, last = layers[0].shape[-1], layers[-1].shape[-2]
    if X.ndim != 2 or Y.shape != (len(X), last) or X.shape[1] != first:
        raise ValueError(f"X must be (n, {first}) and Y (n, {last}), got {X.shape} and {Y.shape}.")
    heads, tails = _heads(layers), _tails(layers)
    gradient = heads[0] @ (X.T @ X) - Y.T @ X
    return [back(_T(head) @ gradient @ _T(tail)) for head, tail in zip(heads[1:], tails[:-1], strict=True)]


def layer_speeds(weights: Sequence[Any], X: Any, Y: Any, rates: Sequence[float] | None = None) -> Any:
    """Return eta_l |dL / dW_l|^2, the speed at which each layer lowers the loss; their sum is -L'.

    Args:
        weights: Layers from the input on, W_l (..., n_l, n_{l-1}).
        X: Inputs (n, n_0).
        Y: Labels (n, n_L).
        rates: Learning rates (L,), 1 each if not given.

    Returns:
        Speeds (..., L), at or above 0.

    Raises:
        ValueError: If shapes or rates do not fit, or a gradient overflows.

    Source: theory.md, section 4.
    """
    _, etas, _ = _layers(weights, rates)
    with np.errstate(over="ignore", invalid="ignore"):
        slopes = layer_gradients(weights, X, Y)
    if not all(np.isfinite(plain_numbers("weights", slope)).all() for slope in slopes):
        raise ValueError("weights, X and Y must have gradients that are numbers, got some beyond 1.8e308: scale down.")
    gradients, back = numpy_arrays(**numpy_list("gradients", slopes))
    return back(np.stack([eta * (G * G).sum((-2, -1)) for eta, G in zip(etas, gradients, strict=True)], axis=-1))


def deep_kernel_distance(
    start: Sequence[Any], weights: Sequence[Any], X: Any, rates: Sequence[float] | None = None
) -> Any:
    """Return the distance S between the kernels of two networks, all outputs together.

    Computed from matrices of the size n_0 n_L instead of n n_L.

    Args:
        start: Layers at the start (n_l, n_{l-1}).
        weights: Layers now (..., n_l, n_{l-1}), with as many layers, inputs and outputs.
        X: Inputs (n, n_0).
        rates: Learning rates (L,), 1 each if not given.

    Returns:
        Distances (...), never negative. A kernel of zeros has distance 1 from any other.

    Raises:
        ValueError: If shapes or rates do not fit.

    Source: theory.md, section 4.
    """
    (X,), _ = numpy_arrays(X=X)
    before, etas, _ = _layers(start, rates, "start")
    now, _, back = _layers(weights, rates)
    first, last = before[0].shape[-1], before[-1].shape[-2]
    if before[0].ndim != 2 or (now[0].shape[-1], now[-1].shape[-2]) != (first, last):
        raise ValueError(
            "start must be layers (n_l, n_{l-1}), and weights have as many inputs and outputs, "
            f"got shapes {[W.shape for W in before]} and {[W.shape for W in now]}."
        )
    if len(before) != len(now):
        raise ValueError(f"start and weights must have as many layers, got {len(before)} and {len(now)}.")
    if X.ndim != 2 or X.shape[1] != first:
        raise ValueError(f"X must be (n, {first}), the inputs of the first layer, got shape {X.shape}.")
    X = X / (np.abs(X).max(initial=0.0) or 1.0)
    values, vectors = np.linalg.eigh(X.T @ X)
    # the kernel is (I (x) X) M (I (x) X^T), whose products are those of M between roots of X^T X
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    K0, K1 = (_unit(_input_kernel(*_at_size_one(layers, etas), root)) for layers in (before, now))
    apart = ((K1 - K0) ** 2).sum((-2, -1)) / 2
    lost = (K1 == 0).all((-2, -1)) != (K0 == 0).all((-2, -1))
    return back(np.where(lost, 1.0, apart)[()])


def _at_size_one(layers: list[np.ndarray], etas: list[float]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return layers divided by their largest entries, and the rates (..., 1, 1) with which they keep their kernel.

    The kernel is kept up to a factor: a layer's part of it is proportional to the squares of the sizes of the others. S
    has no scale, and products of unscaled layers would over- or underflow.
    """
    sizes = [np.abs(layer).max((-2, -1), initial=0.0, keepdims=True) for layer in layers]
    sizes = [np.where(size > 0, size, 1.0) for size in sizes]
    exponents = [np.log(eta) - 2 * np.log(size) for eta, size in zip(etas, sizes, strict=True)]
    largest = np.max(exponents, axis=0)
    scaled = [layer / size for layer, size in zip(layers, sizes, strict=True)]
    return scaled, [np.exp(exponent - largest) for exponent in exponents]


def _input_kernel(layers: list[np.ndarray], etas: list[np.ndarray], root: np.ndarray) -> np.ndarray:
    """Return sum_l eta_l (B_l B_l^T) (x) (root F_l^T F_l root), (..., n_L n_0, n_L n_0).

    B_l and F_l are the products of the layers above and below l.
    """
    total: Any = 0.0
    for head, tail, eta in zip(_heads(layers)[1:], _tails(layers)[:-1], etas, strict=True):
        above, below = head @ _T(head), root @ _T(tail) @ tail @ root
        both = np.einsum("...ij,...kl->...ikjl", above, below)
        total = total + eta * both.reshape(*both.shape[:-4], -1, above.shape[-1] * below.shape[-1])
    return total


def _heads(layers: list[np.ndarray]) -> list[np.ndarray]:
    """Return [W_L ... W_1, W_L ... W_2, ..., W_L, I]."""
    above = list(accumulate(reversed(layers), np.matmul, initial=np.eye(layers[-1].shape[-2])))
    return above[::-1]


def _tails(layers: list[np.ndarray]) -> list[np.ndarray]:
    """Return [I, W_1, W_2 W_1, ..., W_L ... W_1]."""
    return list(accumulate(layers, lambda below, layer: layer @ below, initial=np.eye(layers[0].shape[-1])))


def _layers(weights: Any, rates: Any, name: str = "weights") -> tuple[list[np.ndarray], list[float], Any]:
    """Return layers as arrays and rates as numbers, checked, and the conversion of results to what was given."""
    layers, back = numpy_arrays(**numpy_list(name, weights))
    shapes = [layer.shape for layer in layers]
    if not layers or any(len(shape) < 2 for shape in shapes):
        raise ValueError(f"{name} must be a list of matrices from the input on, got shapes {shapes}.")
    for below, above in pairwise(shapes):
        if below[-2] != above[-1]:
            raise ValueError(
                f"{name}: a layer of shape {above} cannot follow one of shape {below}: weights go from input on."
            )
    if len({shape[:-2] for shape in shapes}) > 1:
        raise ValueError(f"{name} must be matrices with the same leading axes, got shapes {shapes}.")
    eta = np.ones(len(layers)) if rates is None else plain_numbers("rates", rates).astype(np.float64)
    if eta.shape != (len(layers),):
        got = len(eta) if eta.ndim == 1 else f"shape {eta.shape}"
        raise ValueError(f"rates: there must be a rate for each of the {len(layers)} layers, got {got}.")
    check_positive("rates", eta)
    etas: list[float] = eta.tolist()
    return layers, etas, back


def _unit(K: np.ndarray) -> np.ndarray:
    largest = np.abs(K).max((-2, -1), initial=0.0, keepdims=True)
    K = K / np.where(largest > 0, largest, 1.0)
    norm = np.sqrt((K * K).sum((-2, -1), keepdims=True))
    return K / np.where(norm > 0, norm, 1.0)


def _T(matrix: np.ndarray) -> np.ndarray:
    return np.swapaxes(matrix, -1, -2)
