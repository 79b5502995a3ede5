"""Neural tangent kernels and kernel distances of bias-free ReLU networks of any depth, many at once.

f(x) = W_L phi(W_{L-1} ... phi(W_1 x)), one output. With H_l (n, m_l) the output of layer l, H_0 = X, and D_l (n, m_l)
the derivative of f by the pre-activations of layer l, the gradient by W_l at one input is an outer product of a row of
D_l and a row of H_{l-1}, so

    K = sum_l eta_l (D_l D_l^T) o (H_{l-1} H_{l-1}^T)

and one forward and one backward pass replace a Jacobian. theory.md, section 5, is the case L = 2.

    K = mlp_ntk(X, [W1, W2, W3])
    distance = MLPKernelDistance(X, start)
    distance(now)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.arrays import copies, plain_numbers, tensors
from lazyrich.kernels.distance import kernel_distance
from lazyrich.kernels.scale import is_finite, largest_power, times_power
from lazyrich.networks import checked_leak
from lazyrich.training.precision import full_precision

__all__ = ["MLPKernelDistance", "mlp_ntk"]

SIZES = {torch.float32: (1e-12, 1e12), torch.float64: (1e-100, 1e100)}
"""Range of norms of kernels, on inputs of size 1, in which all intermediate results are in the type's range."""


@full_precision
def mlp_ntk(X: Any, weights: Sequence[Any], rates: Sequence[Any] | None = None, leak: float = 0.0) -> Any:
    """Return the neural tangent kernel of one network, or of many of one shape.

    Costs n^2 (m_{l-1} + m_l) multiplications for each layer.

    Args:
        X: Inputs (n, d).
        weights: Layers W_1 (..., m_1, d), W_2 (..., m_2, m_1), ..., W_L (..., 1, m_{L-1}); the leading axes are those
            of the networks, the same for all layers.
        rates: Learning rates eta_1, ..., eta_L, each at or above 0 and a number or one for each network (...); all 1 if
            None.
        leak: Slope of phi at and below zero, 0 to 1.

    Returns:
        Kernels (..., n, n), symmetric and positive semidefinite, without autograd history.

    Raises:
        ValueError: If shapes or rates do not fit.

    Source: theory.md, section 5, for L = 2.
    """
    (X, *given), back = tensors(X=X, **_named("weights", weights))
    layers, shape = _as_batch(X, given)
    leak = checked_leak(leak)
    with torch.no_grad():
        K = _kernel(X @ X.T, X, layers, _as_rates(rates, len(layers), shape, X), leak)
    return back(K.reshape(*shape, *K.shape[1:]))


class MLPKernelDistance:
    """Repeated kernel distances S(0, t) from one start: `MLPKernelDistance(X, start)(now)`.

    Equal to `kernel_distance` of `mlp_ntk` at both moments, for each network, but X X^T and K_0 / |K_0| are kept.
    Computed as half the square of |K_t / |K_t| - K_0 / |K_0||, which cannot be negative (theory.md, section 8).

    Args:
        X: Inputs (n, d).
        start: Weights at the start, layers as in `mlp_ntk`.
        rates: Learning rates as in `mlp_ntk`; all 1 if None.
        leak: Slope of phi at and below zero, 0 to 1.

    Raises:
        ValueError: If shapes or rates do not fit.
    """

    @full_precision
    def __init__(self, X: Any, start: Sequence[Any], rates: Sequence[Any] | None = None, leak: float = 0.0):
        (X, *given), _ = copies(X=X, **_named("start", start))
        layers, self._shape = _as_batch(X, given)
        # bring inputs to size 1, since S has no scale; a power of two changes no digit
        self._X = times_power(X, -largest_power(X))
        self._start = layers
        self._leak, self._widths = checked_leak(leak), [layer.shape[-2:] for layer in layers]
        self._gram = self._X @ self._X.T
        self._rates = _as_rates(rates, len(layers), self._shape, X)
        with torch.no_grad():
            self._K0, size = self._direction(layers)
        low, high = SIZES[self._X.dtype]
        self._odd = ~((size > low) & (size < high))

    @full_precision
    def __call__(self, now: Sequence[Any]) -> Any:
        """Return the kernel distances (...) from the start to the weights `now`, each in [0, 1].

        A distance is nan where a kernel is not finite, and 1 where one of the two kernels is zero.

        Args:
            now: Layers of the same shapes as at the start.

        Raises:
            ValueError: If the networks are not of the shape of those at the start.
        """
        given, back = tensors(**_named("now", now))
        layers, shape = _as_batch(self._X, [part.to(self._X) for part in given])
        if shape != self._shape or [layer.shape[-2:] for layer in layers] != self._widths:
            raise ValueError(
                f"the networks must have the shape that they had at the start, {self._shape} networks of layers "
                f"{[tuple(width) for width in self._widths]}, got {shape} of {[tuple(w.shape[-2:]) for w in layers]}."
            )
        with torch.no_grad():
            K, size = self._direction(layers)
            S = K.sub_(self._K0).square_().sum((-2, -1)) / 2
            low, high = SIZES[self._X.dtype]
            for number in (~((size > low) & (size < high)) | self._odd).nonzero().flatten().tolist():
                S[number] = self._from_whole_kernels(number, given)
        return back(S.reshape(self._shape))

    def _from_whole_kernels(self, number: int, given: list[Tensor]) -> float:
        """Return S of one network in float64, with each of its layers scaled to size 1."""
        kernels = []
        for layers in (self._start, given):
            of_one = [W.reshape(-1, *W.shape[-2:])[number].to(self._X.device, torch.float64) for W in layers]
            if not all(is_finite(W) for W in of_one):
                return math.nan
            powers = [largest_power(W) for W in of_one]
            # a layer c times as large makes the other layers' parts of the kernel c^2 times as large
            rates = [rate[number].double() for rate in self._rates]
            least = min((power for power, rate in zip(powers, rates, strict=True) if rate), default=0)
            rates = [rate * 2.0 ** max(-1000, 2 * (least - p)) for rate, p in zip(rates, powers, strict=True)]
            of_one = [times_power(W, -power)[None] for W, power in zip(of_one, powers, strict=True)]
            kernels.append(_kernel(self._gram.double(), self._X.double(), of_one, rates, self._leak)[0])
        return kernel_distance(*kernels)

    def _direction(self, layers: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Return kernels of norm 1 (B, n, n), or 0 for kernels of zeros, and their norms before (B,)."""
        K = _kernel(self._gram, self._X, layers, self._rates, self._leak)
        size = torch.linalg.vector_norm(K, dim=(-2, -1))
        return K.div_(torch.where(size == 0, torch.ones_like(size), size)[:, None, None]), size


def _named(name: str, layers: Any) -> dict[str, Any]:
    """Return the layers of a network by the names that error messages give them."""
    if not isinstance(layers, (list, tuple)):
        if not hasattr(layers, "__len__") or not np.ndim(layers):
            raise ValueError(f"{name} must be a list of layers, from the inputs on, got a {type(layers).__name__}.")
        layers = list(layers)
    return {f"{name}[{number}]": layer for number, layer in enumerate(layers)}


def _kernel(gram: Tensor, X: Tensor, layers: list[Tensor], rates: list[Tensor], leak: float) -> Tensor:
    """Return K (B, n, n) for layers (B, m_l, m_{l-1}) and rates (B, 1, 1), with gram = X X^T."""
    H = [X.expand(len(layers[0]), *X.shape)]
    slopes = []
    for W in layers[:-1]:
        Z = torch.bmm(H[-1], W.mT)
        # 1 where active and leak elsewhere; several times faster than torch.where
        slope = (Z > 0).to(Z.dtype).clamp_min_(leak)
        slopes.append(slope)
        H.append(Z.mul_(slope))
    # at the last layer D is 1, so its part of the kernel is that of its inputs alone
    K = (gram if len(layers) == 1 else torch.bmm(H[-1], H[-1].mT)) * rates[-1]
    D = layers[-1]
    for number in range(len(layers) - 2, -1, -1):
        D = (D @ layers[number + 1] if number < len(layers) - 2 else D) * slopes[number]
        part = torch.bmm(D * rates[number], D.mT)
        K += part.mul_(gram if number == 0 else torch.bmm(H[number], H[number].mT))
    return K


def _as_batch(X: Tensor, given: list[Tensor]) -> tuple[list[Tensor], tuple[int, ...]]:
    """Return the layers as (B, m_l, m_{l-1}), and the leading axes that were folded into B."""
    fits = X.ndim == 2 and len(X) > 0 and bool(given) and all(W.ndim >= 2 for W in given)
    if fits:
        widths = [X.shape[1], *(W.shape[-2] for W in given)]
        fits = [W.shape[-1] for W in given] == widths[:-1] and widths[-1] == 1
        fits = fits and len({W.shape[:-2] for W in given}) == 1
    if not fits:
        raise ValueError(
            "X must have shape (n, d) and the weights (..., m_1, d), (..., m_2, m_1), ..., (..., 1, m_L) with the same "
            f"leading axes, got {tuple(X.shape)} and {', '.join(str(tuple(W.shape)) for W in given) or 'no weights'}."
        )
    shape = tuple(given[0].shape[:-2])
    return [W.detach().reshape(-1, *W.shape[-2:]) for W in given], shape


def _as_rates(rates: Sequence[Any] | None, depth: int, shape: tuple[int, ...], like: Tensor) -> list[Tensor]:
    """Return the rate of each layer, (B, 1, 1)."""
    given = [1.0] * depth if rates is None else list(_named("rates", rates).values())
    if len(given) != depth:
        raise ValueError(f"rates must be one for each of the {depth} layers, got {len(given)}.")
    read = [plain_numbers(f"rates[{number}]", rate).astype(np.float64) for number, rate in enumerate(given)]
    for number, rate in enumerate(read):
        if not (np.isfinite(rate) & (rate >= 0)).all():
            raise ValueError(f"rates[{number}] must be 0 (a frozen layer) or above and finite, got {rate.min():g}.")
    made = [torch.as_tensor(rate, dtype=like.dtype, device=like.device) for rate in read]
    if any(rate.shape not in ((), shape) for rate in made):
        raise ValueError(
            f"rates must be numbers or have one for each network, shape {shape}, "
            f"got shapes {[tuple(rate.shape) for rate in made]}."
        )
    return [rate.expand(shape).reshape(-1, 1, 1) for rate in made]
