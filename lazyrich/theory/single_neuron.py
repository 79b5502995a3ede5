"""Exact gradient flow of a single hidden neuron f(x) = a w . x on whitened data.

theory.md, section 1. The loss is half the sum of squares and X^T X = I, so that the target is the vector beta = X^T y,
and time t is that of the flow a' = eta_a (w . beta - a |w|^2), w' = eta_w a (beta - a w).

    a, w = single_neuron(np.geomspace(1e-3, 1e3, 400), a0=0.1, w0=[1.0, 0.0], beta=[0.6, 0.8])
"""

from __future__ import annotations

import math
import warnings
from typing import Any, NamedTuple

import numpy as np

from lazyrich.arrays import check_broadcast
from lazyrich.theory.inputs import check_times, checked_rates, numpy_arrays
from lazyrich.theory.normal_form import NormalForm, normal_form

__all__ = ["Limit", "OnSeparatrix", "limit", "separatrix_cosine", "sign_flip_time", "single_neuron"]


class OnSeparatrix(UserWarning):
    """The start lies, within rounding, on the boundary of two basins.

    The flow ends on the saddle f = 0, and the smallest change of the start would send it to one side or the other.
    """


class Limit(NamedTuple):
    """End of the flow of a single neuron.

    Attributes:
        a: The last readout, shape ().
        w: The last weights (d,).
        sign: Sign of the last a, 0 if a ends at zero.
        saddle: True for a start on the separatrix, which ends with f = 0 instead of the target.
    """

    a: float
    w: Any
    sign: int
    saddle: bool


def single_neuron(
    t: Any, a0: Any, w0: Any, beta: Any, eta_a: float = 1.0, eta_w: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights at the times t, in one closed form at any balance, sign and angle of the start.

    Args:
        t: Times (T,) at or above 0, in any order, or one number.
        a0: Readout at the start ().
        w0: First layer at the start (d,).
        beta: Target (d,).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.

    Returns:
        a (T,) and w (T, d), float64.

    Raises:
        ValueError: If shapes do not fit, a number is not finite, a time is below 0 or a rate is not above 0.

    Warns:
        OnSeparatrix: If the start is on the separatrix; the flow is then followed to the saddle, see `limit`.

    Source: theory.md, section 1, which solves the paper's flow without a division by delta or a.
    """
    (t, a0, w0, beta), back = numpy_arrays(t=t, a0=a0, w0=w0, beta=beta)
    check_times(t)
    start = normal_form(a0, w0, beta, eta_a, eta_w)
    warn_on_separatrix(start)
    now = start.at(start.g * t)
    basis = np.stack([start.unit, start.across_vector]) * start.k
    w = np.stack([now.along, now.across], axis=-1) @ basis
    return back(now.p / start.k), back(w)


def limit(a0: Any, w0: Any, beta: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Limit:
    """Return the end of the flow of `single_neuron`, with the sign of a.

    The sign is that of a0 (Omega + delta) / 2 + eta_a w0 . beta with Omega = sqrt(delta^2 + 4 eta_a eta_w |beta|^2).
    Where this is zero within rounding, the start is on the separatrix and the flow ends on the saddle: f = 0 with a = 0
    and, for delta < 0, eta_a |w|^2 = -delta across beta.

    Args:
        a0: Readout at the start ().
        w0: First layer at the start (d,).
        beta: Target (d,).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.

    Returns:
        The last weights, see `Limit`.

    Raises:
        ValueError: If shapes do not fit, a number is not finite or a rate is not above 0.

    Source: theory.md, section 1.
    """
    (a0, w0, beta), back = numpy_arrays(a0=a0, w0=w0, beta=beta)
    start = normal_form(a0, w0, beta, eta_a, eta_w)
    if start.on_separatrix or (start.s == 0 and start.D <= 0):
        length = (-start.D) ** 0.5 if start.D < 0 else 0.0
        rest = start.across_vector * (length / start.across if start.across else 0.0)
        return Limit(0.0, back(rest * start.k), 0, start.on_separatrix)
    sign = 1 if start.leading > 0 else -1
    larger = ((start.Omega + abs(start.D)) / 2) ** 0.5
    smaller = larger * start.r
    p, q = (larger, smaller) if start.D >= 0 else (smaller, larger)
    return Limit(sign * p / start.k, back(sign * q * start.k * start.unit), sign, False)


def sign_flip_time(a0: Any, w0: Any, beta: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> float | None:
    """Return the time at which a passes through zero, or None if it keeps its sign.

    a passes through zero only for delta < 0, and at most once. A start at a0 = 0 has no sign to lose.

    Args:
        a0: Readout at the start ().
        w0: First layer at the start (d,).
        beta: Target (d,).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.

    Returns:
        A time above 0, or None.

    Raises:
        ValueError: If shapes do not fit, a number is not finite or a rate is not above 0.

    Source: theory.md, section 1.
    """
    (a0, w0, beta), _ = numpy_arrays(a0=a0, w0=w0, beta=beta)
    start = normal_form(a0, w0, beta, eta_a, eta_w)
    pull = start.leading * start.r / math.hypot(1.0, start.r)
    if start.on_separatrix or start.D >= 0 or start.p * pull >= 0:
        return None
    return math.log1p(abs(start.p / pull)) / start.Omega / start.g


def separatrix_cosine(a: Any, w_norm: Any, beta_norm: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return the cosine between w and beta at which a neuron of these sizes is on the boundary of the two basins.

    A neuron with a larger cosine ends with a > 0, one with a smaller cosine with a < 0.

    Args:
        a: Readout with its sign (...).
        w_norm: |w| (...), above 0.
        beta_norm: |beta| (...), above 0.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Cosines (...); nan where no such angle exists, as for delta > 0.

    Raises:
        ValueError: If a length or a rate is not above 0.

    Source: theory.md, section 1.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (a, w_norm, beta_norm), back = numpy_arrays(a=a, w_norm=w_norm, beta_norm=beta_norm)
    check_broadcast(a=a, w_norm=w_norm, beta_norm=beta_norm)
    for name, length in (("w_norm", w_norm), ("beta_norm", beta_norm)):
        if not (length > 0).all():
            raise ValueError(f"{name} must be above 0, got {length.min():g}: a vector of zeros has no angle.")
    readout, first = eta_w**0.5 * np.abs(a), eta_a**0.5 * w_norm
    delta = (readout - first) * (readout + first)
    s = eta_a**0.5 * eta_w**0.5 * beta_norm
    Omega = np.hypot(delta, 2 * s)
    half = np.where(delta >= 0, (Omega + delta) / 2, 2 * s * s / (Omega + np.abs(delta)))
    cosine = -a * half / (eta_a * w_norm * beta_norm)
    # balanced neurons have the boundary at -1 or 1: allow for rounding beyond
    within = np.abs(cosine) <= 1 + 1e-14
    return back(np.where(within, np.clip(cosine, -1, 1), np.nan)[()])


def warn_on_separatrix(start: NormalForm) -> None:
    """Warn if the start is on the separatrix, naming the line two calls up as its place."""
    if start.on_separatrix:
        warnings.warn(
            "the start lies on the separatrix within rounding: the flow ends on the saddle, where f = 0. "
            "Change a or w a little to leave it.",
            OnSeparatrix,
            stacklevel=3,
        )
