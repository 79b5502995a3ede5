"""The geometry of an initialisation: scale tau and balance delta <-> layer sizes, conserved quantities, learning rates.

theory.md, sections 0 and 6. A neuron f = a relu(w . x) starts with |a| = alpha tau and |w| = tau / alpha, so that its
scale is |a||w| = tau^2 and, at unit learning rates, its conserved quantity is delta = a^2 - |w|^2. Upstream means
delta > 0.

    a, w = layer_norms(tau=0.1, delta=1.0)

Every function takes Python numbers, numpy arrays or torch tensors, which broadcast, and returns the same kind. None
of them has a unit: weights and learning rates are pure numbers here.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np

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
    _check_above_zero("tau", tau)
    xp = _namespace(tau, delta)
    tau, delta = _like(xp, tau, delta)
    return _plain(xp.exp(xp.arcsinh(delta / (2 * tau) / tau) / 2))


def layer_norms(tau: Any, delta: Any) -> tuple[Any, Any]:
    """The sizes (|a|, |w|) = (alpha tau, tau / alpha) at which a neuron of scale tau and balance delta starts.

    tau, delta (...). Returns two values of that shape. Source: theory.md, section 0 (the paper's convention).
    Raises ValueError when tau is not above 0, or so small beside delta that alpha cannot be written as a number.
    """
    balance = alpha(tau, delta)
    try:
        return balance * tau, tau / balance
    except ZeroDivisionError:
        raise ValueError(f"tau is too small beside delta, got {tau:g} and {delta:g}: choose a larger tau.") from None


def tau_from_sizes(a_size: Any, w_size: Any) -> Any:
    """The scale tau = sqrt(|a||w|) of neurons of sizes |a|, |w| (...). With delta_from_sizes the inverse of
    layer_norms.

    Raises ValueError when a size is not above 0.
    """
    _check_above_zero("a_size", a_size)
    _check_above_zero("w_size", w_size)
    # two roots, because the product of two tiny sizes can vanish
    return a_size**0.5 * w_size**0.5


def delta_from_sizes(a_size: Any, w_size: Any) -> Any:
    """The balance delta = |a|^2 - |w|^2 at unit learning rates of neurons of sizes |a|, |w| (...).

    Written as a product, which keeps its digits when the two sizes are close.
    """
    return (a_size - w_size) * (a_size + w_size)


def conserved_quantity(a: Any, W: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """delta_i = eta_w a_i^2 - eta_a |w_i|^2 of every neuron, which gradient flow leaves as it is.

    a (..., m), W (..., m, d): weights of one or many two-layer networks. eta_a, eta_w: learning rates of the layers.
    Returns (..., m). Holds for linear, ReLU and leaky ReLU neurons on any data (theory.md, sections 1 and 5).
    Raises ValueError when W is not an array of neurons, or a number is beyond all floats.
    """
    if not np.ndim(W):
        raise ValueError(f"W must be an array (..., m, d), a row of it for each neuron, got {W!s:.40}.")
    if isinstance(a, int | float):
        a = np.float64(_number(a))  # whose square may be inf; Python's own numbers raise OverflowError instead
    return eta_w * a**2 - eta_a * (W**2).sum(-1)


def conserved_delta(tau: Any, delta: Any, eta_a: Any = 1.0, eta_w: Any = 1.0) -> Any:
    """The conserved quantity, with the learning rates eta_a, eta_w, of neurons whose sizes tau and delta have set.

    Returns eta_w (alpha tau)^2 - eta_a (tau / alpha)^2 (...); delta itself at unit rates. Divided by sqrt(eta_a eta_w)
    it is the effective delta, which with tau fixes the function. Source: theory.md, sections 0 and 6.
    Raises ValueError when tau is not above 0.
    """
    a_size, w_size = layer_norms(tau, delta)
    return eta_w * a_size**2 - eta_a * w_size**2


def equal_rates(a: Any, W: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> tuple[Any, Any, float]:
    """The start at unit learning rates that trains as (a, W) does with the rates eta_a, eta_w: (k a, W / k, g).

    a (..., m), W (..., m, d); k = (eta_w / eta_a)^(1/4), g = sqrt(eta_a eta_w). With the learning rate (or time)
    multiplied by g both compute the same function at every step of gradient descent, at all times of the flow, for
    linear, ReLU and leaky ReLU networks, and their kernels differ by the factor g alone. Source: theory.md, section
    6.
    Raises ValueError when a rate is not above 0.
    """
    _check_above_zero("eta_a", eta_a)
    _check_above_zero("eta_w", eta_w)
    k = (eta_w / eta_a) ** 0.25
    return k * a, W / k, (eta_a * eta_w) ** 0.5


def _is_torch(value: Any) -> bool:
    # by name, so that numbers and numpy arrays never load torch
    return type(value).__module__.partition(".")[0] == "torch"


def _namespace(*values: Any) -> ModuleType:
    return sys.modules["torch"] if any(map(_is_torch, values)) else np


def _like(xp: ModuleType, *values: Any) -> tuple[Any, ...]:
    """Numbers beside torch tensors become tensors of the same dtype and device; numpy takes numbers as they are."""
    if xp is np:
        return tuple(
            np.asarray(value, dtype=np.result_type(value, np.float32)) if np.ndim(value) else _number(value)
            for value in values
        )
    first = next(value for value in values if _is_torch(value))
    return tuple(
        value if _is_torch(value) else xp.as_tensor(value, dtype=first.dtype, device=first.device) for value in values
    )


def _number(value: Any) -> Any:
    """A whole number as a float. Raises ValueError for one that is none: those of Python have no end."""
    try:
        return float(value) if isinstance(value, int) else value
    except OverflowError:
        raise ValueError(f"Numbers must be below {sys.float_info.max:.1e}, got one that is not.") from None


def _plain(value: Any) -> Any:
    """numpy answers a Python number with a numpy scalar; a Python number goes back."""
    return float(value) if isinstance(value, np.floating) else value


def _check_above_zero(name: str, value: Any) -> None:
    smallest = value.min() if hasattr(value, "min") else _number(value)
    if not smallest > 0:
        raise ValueError(f"{name} must be above 0, got {float(smallest):g}: choose a positive {name}.")
