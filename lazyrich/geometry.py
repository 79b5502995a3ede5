"""The geometry of an initialisation: scale tau and balance delta <-> layer sizes, conserved quantities, learning rates.

theory.md, sections 0 and 6. A neuron f = a relu(w . x) starts with |a| = alpha tau and |w| = tau / alpha, so that its
scale is |a||w| = tau^2 and, at unit learning rates, its conserved quantity is delta = a^2 - |w|^2. Upstream means
delta > 0.

    a, w = layer_norms(tau=0.1, delta=1.0)

Every function takes Python numbers, or arrays as lazyrich.arrays reads them, which broadcast. It returns Python
numbers, numpy or torch: torch if an argument is a torch tensor, so that results can be differentiated. Weights and
learning rates are pure numbers without units.
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
    """Return alpha = exp(asinh(delta / 2 tau^2) / 2), for which (alpha tau)^2 - (tau / alpha)^2 = delta.

    asinh keeps all digits at any delta / tau^2, where the root of the quadratic equation cancels. The authors' code
    calls 1 / alpha what the paper calls alpha; delta is the same.

    Args:
        tau: Scale (...), above 0.
        delta: Balance (...).

    Returns:
        alpha (...), 1 when balanced, above 1 upstream.

    Raises:
        ValueError: If tau is not above 0.

    Source: theory.md, section 6.
    """
    xp, (tau, delta) = _read(tau=tau, delta=delta)
    _check_above_zero("tau", tau)
    return _plain(xp.exp(xp.arcsinh(delta / (2 * tau) / tau) / 2))


def layer_norms(tau: Any, delta: Any) -> tuple[Any, Any]:
    """Return the sizes (|a|, |w|) = (alpha tau, tau / alpha) at which a neuron of scale tau and balance delta starts.

    Args:
        tau: Scale (...), above 0.
        delta: Balance (...).

    Returns:
        |a| (...) and |w| (...).

    Raises:
        ValueError: If tau is not above 0, or so small relative to delta that alpha overflows.

    Source: theory.md, section 0 (the paper's convention).
    """
    xp, (tau, delta) = _read(tau=tau, delta=delta)
    balance = alpha(tau, delta)
    if not _all((balance > 0) & (balance < float("inf"))):
        small, large = (f"{float(xp.min(x)) if np.ndim(x) else float(x):g}" for x in (tau, delta))
        raise ValueError(f"tau is too small beside delta, got {small} and {large}: choose a larger tau.")
    return balance * tau, tau / balance


def tau_from_sizes(a_size: Any, w_size: Any) -> Any:
    """Return the scale tau = sqrt(|a||w|) of neurons.

    Together with `delta_from_sizes` the inverse of `layer_norms`.

    Args:
        a_size: |a| (...), above 0.
        w_size: |w| (...), above 0.

    Returns:
        Scales (...).

    Raises:
        ValueError: If a size is not above 0.
    """
    _, (a_size, w_size) = _read(a_size=a_size, w_size=w_size)
    _check_above_zero("a_size", a_size)
    _check_above_zero("w_size", w_size)
    # two roots, because the product of two tiny sizes can vanish
    return _plain(a_size**0.5 * w_size**0.5)


def delta_from_sizes(a_size: Any, w_size: Any) -> Any:
    """Return the balance delta = |a|^2 - |w|^2 of neurons at unit learning rates.

    Computed as a product, which keeps its digits when the two sizes are close.

    Args:
        a_size: |a| (...).
        w_size: |w| (...).

    Returns:
        Balances (...).

    Raises:
        ValueError: For what is no number.
    """
    _, (a_size, w_size) = _read(a_size=a_size, w_size=w_size)
    return _plain((a_size - w_size) * (a_size + w_size))


def conserved_quantity(a: Any, W: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return delta_i = eta_w a_i^2 - eta_a |w_i|^2 of every neuron, which gradient flow conserves.

    Holds for linear, ReLU and leaky ReLU neurons on any data.

    Args:
        a: Readouts (..., m) of one or many two-layer networks.
        W: First layers (..., m, d).
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Conserved quantities (..., m).

    Raises:
        ValueError: If W is not an array of neurons or shapes do not fit.

    Source: theory.md, sections 1 and 5.
    """
    eta_a, eta_w = number("eta_a", eta_a), number("eta_w", eta_w)
    # convert numbers to arrays: their squares may be inf, where Python's own powers raise OverflowError
    _, (a, W) = _read(a=a, W=W, together=False)
    if not np.ndim(W):
        raise ValueError(f"W must be an array (..., m, d), a row of it for each neuron, got {W!s:.40}.")
    check_broadcast(a=a, W=W[..., 0] if W.shape[-1] else W.sum(-1))
    return eta_w * (a * a) - eta_a * (W * W).sum(-1)


def conserved_delta(tau: Any, delta: Any, eta_a: Any = 1.0, eta_w: Any = 1.0) -> Any:
    """Return the conserved quantity at given learning rates of neurons with sizes set by tau and delta.

    Divided by sqrt(eta_a eta_w) it is the effective delta, which together with tau determines the learned function.

    Args:
        tau: Scale (...), above 0.
        delta: Balance (...).
        eta_a: Learning rate of the readout (...).
        eta_w: Learning rate of the first layer (...).

    Returns:
        eta_w (alpha tau)^2 - eta_a (tau / alpha)^2 (...), which is delta at unit rates.

    Raises:
        ValueError: If tau is not above 0.

    Source: theory.md, sections 0 and 6.
    """
    _, (tau, delta, eta_a, eta_w) = _read(tau=tau, delta=delta, eta_a=eta_a, eta_w=eta_w)
    a_size, w_size = layer_norms(tau, delta)
    return _plain(eta_w * (a_size * a_size) - eta_a * (w_size * w_size))


def equal_rates(a: Any, W: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> tuple[Any, Any, float]:
    """Return the start at unit learning rates that trains as (a, W) does at the rates eta_a, eta_w.

    With k = (eta_w / eta_a)^(1/4) and g = sqrt(eta_a eta_w) it is (k a, W / k). If the learning rate (or time) is
    multiplied by g, both compute the same function at every step of gradient descent and at all times of the flow, for
    linear, ReLU and leaky ReLU networks; their kernels differ only by the factor g.

    Args:
        a: Readouts (..., m).
        W: First layers (..., m, d).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.

    Returns:
        k a (..., m), W / k (..., m, d) and g.

    Raises:
        ValueError: If a rate is not above 0.

    Source: theory.md, section 6.
    """
    eta_a, eta_w = number("eta_a", eta_a), number("eta_w", eta_w)
    _check_above_zero("eta_a", eta_a)
    _check_above_zero("eta_w", eta_w)
    _, (a, W) = _read(a=a, W=W, together=False)
    k = (eta_w / eta_a) ** 0.25
    return k * a, W / k, (eta_a * eta_w) ** 0.5


def _read(together: bool = True, **given: Any) -> tuple[ModuleType, list[Any]]:
    """Return numbers as floats, arrays as floating arrays, and the module that computes with them.

    All arrays are torch tensors if one is. `together`: whether their shapes must broadcast.
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
    """Convert a numpy scalar, which numpy returns for Python numbers, to a Python number."""
    return float(value) if isinstance(value, np.floating) else value


def _all(condition: Any) -> bool:
    return bool(condition.all()) if hasattr(condition, "all") else bool(condition)


def _check_above_zero(name: str, value: Any) -> None:
    if not _all(value > 0):
        smallest = float(value.min() if hasattr(value, "min") else value)
        raise ValueError(f"{name} must be above 0, got {smallest:g}: choose a positive {name}.")
