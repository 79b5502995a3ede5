"""The geometry of an initialisation: scale tau and balance delta <-> layer sizes, conserved quantities, learning rates.

theory.md, sections 0 and 6. A neuron f = a relu(w . x) starts with |a| = alpha tau and |w| = tau / alpha, so that its
scale is |a||w| = tau^2 and, at unit learning rates, its conserved quantity is delta = a^2 - |w|^2. Upstream means
delta > 0.

    a, w = layer_norms(tau=0.1, delta=1.0)

Every function takes Python numbers, or arrays as lazyrich.arrays reads them, which broadcast, and returns Python
numbers, numpy or torch: torch when one of them is a torch tensor, through which results can then be differentiated.
Nothing here has a unit: weights and learning rates are pure numbers.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np

from lazyrich.arrays import check_broadcast, differentiable, is_tensor, number, plain_numbers

__all__ = [
    "alpha",
    "conserved_delta",
    "conserved_quantity",
    "delta_from_sizes",
    "equal_rates",
    "layer_norms",
    "tau_from_sizes",
]


def alpha(tau: Any, delta: Any) -> Any:
    """The balance of the layers, exp(asinh(delta / 2 tau^2) / 2): what makes (alpha tau)^2 - (tau / alpha)^2 = delta.

    tau, delta (...): scale, above 0, and balance. Returns alpha (...), 1 when balanced, above 1 upstream.
    asinh keeps all digits at any delta / tau^2, where the root of the quadratic equation cancels.
    The authors' code calls 1 / alpha what the paper calls alpha: same delta. Source: theory.md, section 6.
    Raises ValueError when tau is not above 0.
    """
    xp, (tau, delta) = _read(tau=tau, delta=delta)
    _check_above_zero("tau", tau)
    return _plain(xp.exp(xp.arcsinh(delta / (2 * tau) / tau) / 2))


def layer_norms(tau: Any, delta: Any) -> tuple[Any, Any]:
    """The sizes (|a|, |w|) = (alpha tau, tau / alpha) at which a neuron of scale tau and balance delta starts.

    tau, delta (...). Returns two values of that shape. Source: theory.md, section 0 (the paper's convention).
    Raises ValueError when tau is not above 0, or so small beside delta that alpha cannot be written as a number.
    """
    xp, (tau, delta) = _read(tau=tau, delta=delta)
    balance = alpha(tau, delta)
    if not _all((balance > 0) & (balance < float("inf"))):
        small, large = (f"{float(xp.min(x)) if np.ndim(x) else float(x):g}" for x in (tau, delta))
        raise ValueError(f"tau is too small beside delta, got {small} and {large}: choose a larger tau.")
    return balance * tau, tau / balance


def tau_from_sizes(a_size: Any, w_size: Any) -> Any:
    """Return the scale tau = sqrt(|a||w|) of neurons of sizes |a|, |w| (...).

    With delta_from_sizes the inverse of layer_norms.

    Raises:
        ValueError: If a size is not above 0.
    """
    _, (a_size, w_size) = _read(a_size=a_size, w_size=w_size)
    _check_above_zero("a_size", a_size)
    _check_above_zero("w_size", w_size)
    # two roots, because the product of two tiny sizes can vanish
    return _plain(a_size**0.5 * w_size**0.5)


def delta_from_sizes(a_size: Any, w_size: Any) -> Any:
    """The balance delta = |a|^2 - |w|^2 at unit learning rates of neurons of sizes |a|, |w| (...).

    Written as a product, which keeps its digits when the two sizes are close. Raises ValueError for what is no number.
    """
    _, (a_size, w_size) = _read(a_size=a_size, w_size=w_size)
    return _plain((a_size - w_size) * (a_size + w_size))


def conserved_quantity(a: Any, W: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """delta_i = eta_w a_i^2 - eta_a |w_i|^2 of every neuron, which gradient flow leaves as it is.

    a (..., m), W (..., m, d): weights of one or many two-layer networks. eta_a, eta_w: learning rates of the layers.
    Returns (..., m). Holds for linear, ReLU and leaky ReLU neurons on any data (theory.md, sections 1 and 5).
    Raises ValueError when W is not an array of neurons or shapes do not fit.
    """
    eta_a, eta_w = number("eta_a", eta_a), number("eta_w", eta_w)
    # of a number alone the square may be inf, as that of an array: Python's own powers raise OverflowError instead
    _, (a, W) = _read(a=a, W=W, together=False)
    if not np.ndim(W):
        raise ValueError(f"W must be an array (..., m, d), a row of it for each neuron, got {W!s:.40}.")
    check_broadcast(a=a, W=W[..., 0] if W.shape[-1] else W.sum(-1))
    return eta_w * (a * a) - eta_a * (W * W).sum(-1)


def conserved_delta(tau: Any, delta: Any, eta_a: Any = 1.0, eta_w: Any = 1.0) -> Any:
    """The conserved quantity, with the learning rates eta_a, eta_w, of neurons whose sizes tau and delta have set.

    Returns eta_w (alpha tau)^2 - eta_a (tau / alpha)^2 (...); delta itself at unit rates. Divided by sqrt(eta_a eta_w)
    it is the effective delta, which with tau fixes the function. Source: theory.md, sections 0 and 6.
    Raises ValueError when tau is not above 0.
    """
    _, (tau, delta, eta_a, eta_w) = _read(tau=tau, delta=delta, eta_a=eta_a, eta_w=eta_w)
    a_size, w_size = layer_norms(tau, delta)
    return _plain(eta_w * (a_size * a_size) - eta_a * (w_size * w_size))


def equal_rates(a: Any, W: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> tuple[Any, Any, float]:
    """The start at unit learning rates that trains as (a, W) does with the rates eta_a, eta_w: (k a, W / k, g).

    a (..., m), W (..., m, d); k = (eta_w / eta_a)^(1/4), g = sqrt(eta_a eta_w). With the learning rate (or time)
    multiplied by g both compute the same function at every step of gradient descent, at all times of the flow, for
    linear, ReLU and leaky ReLU networks, and their kernels differ by the factor g alone. Source: theory.md, section
    6.
    Raises ValueError when a rate is not above 0.
    """
    eta_a, eta_w = number("eta_a", eta_a), number("eta_w", eta_w)
    _check_above_zero("eta_a", eta_a)
    _check_above_zero("eta_w", eta_w)
    _, (a, W) = _read(a=a, W=W, together=False)
    k = (eta_w / eta_a) ** 0.25
    return k * a, W / k, (eta_a * eta_w) ** 0.5


def _read(together: bool = True, **given: Any) -> tuple[ModuleType, list[Any]]:
    """Return numbers as floats, arrays as floating arrays, and the module that computes with them.

    All arrays are torch tensors if one is. together: whether their shapes must broadcast.
    """
    if any(map(is_tensor, given.values())):
        read: list[Any] = differentiable(**given)[0]
        xp = sys.modules["torch"]
    else:
        read, xp = [_floating(name, value) for name, value in given.items()], np
    if together:
        check_broadcast(**dict(zip(given, read, strict=True)))
    return xp, read


def _floating(name: str, value: Any) -> Any:
    if isinstance(value, (int, float)):
        return number(name, value)
    array = plain_numbers(name, value)
    return (
        float(array)
        if not array.ndim
        else array.astype(array.dtype if array.dtype == np.float32 else np.float64, copy=False)
    )


def _plain(value: Any) -> Any:
    """Return a Python number where numpy answers a Python number with one of its own scalars."""
    return float(value) if isinstance(value, np.floating) else value


def _all(condition: Any) -> bool:
    return bool(condition.all()) if hasattr(condition, "all") else bool(condition)


def _check_above_zero(name: str, value: Any) -> None:
    if not _all(value > 0):
        smallest = float(value.min() if hasattr(value, "min") else value)
        raise ValueError(f"{name} must be above 0, got {smallest:g}: choose a positive {name}.")
