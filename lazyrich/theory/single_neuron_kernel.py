"""Kernel distance of a single hidden neuron on whitened data: along the flow, at its end, and in limits.

theory.md, section 1. With P = eta_w a^2 and Q = eta_a |w|^2 the kernel on whitened inputs is P I + Q w_hat w_hat^T, so
a kernel distance needs only P and Q of the two kernels and the angle between their w.

    S = single_neuron_kernel_distance(np.geomspace(1e-3, 1e3, 400), a0=0.1, w0=[1.0, 0.0], beta=[0.6, 0.8])
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lazyrich.arrays import check_broadcast, plain_numbers
from lazyrich.theory.inputs import check_times, checked_rates, numpy_arrays
from lazyrich.theory.normal_form import normal_form
from lazyrich.theory.single_neuron import warn_on_separatrix

__all__ = [
    "KernelDistanceLimits",
    "final_kernel_distance",
    "kernel_distance_limits",
    "kernel_distance_of_sizes",
    "single_neuron_kernel_distance",
]


def single_neuron_kernel_distance(
    t: Any, a0: Any, w0: Any, beta: Any, eta_a: float = 1.0, eta_w: float = 1.0
) -> np.ndarray:
    """Return S(0, t) = 1 - <K0, Kt> / (|K0||Kt|) of the flow of `single_neuron` over d whitened inputs.

    Args:
        t: Times (T,) at or above 0, in any order, or one number.
        a0: Readout at the start ().
        w0: First layer at the start (d,).
        beta: Target (d,).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.

    Returns:
        Distances (T,), from 0 to 1; 0 for a start of zero weights, which stays there.

    Raises:
        ValueError: If shapes do not fit, a number is not finite, a time is below 0 or a rate is not above 0.

    Warns:
        OnSeparatrix: If the start is on the separatrix.

    Source: theory.md, section 1.
    """
    (t, a0, w0, beta), back = numpy_arrays(t=t, a0=a0, w0=w0, beta=beta)
    check_times(t)
    start = normal_form(a0, w0, beta, eta_a, eta_w)
    warn_on_separatrix(start)
    # the common size of both layers cancels in S, and could fall to zero
    p, along, across = start.direction(start.g * t)
    p0, along0, across0 = start.direction(np.zeros(()))
    across, across0 = across * start.across, across0 * start.across
    q0, q = np.hypot(along0, across0), np.hypot(along, across)
    sine = _over(along0 * across - across0 * along, q0 * q)
    return back(kernel_distance_of_sizes(p0**2, q0**2, p**2, q**2, sine**2, len(w0)))


def kernel_distance_of_sizes(P0: Any, Q0: Any, P1: Any, Q1: Any, sine_squared: Any, dimension: Any) -> Any:
    """Return S between the kernels P0 I + Q0 v0 v0^T and P1 I + Q1 v1 v1^T of unit vectors v0, v1.

    Computed as half the squared distance of the normalised kernels, written with their differences, so that it is
    accurate where S is small.

    Args:
        P0: Size of the first kernel's part I (...), at or above 0; all arrays broadcast.
        Q0: Size of its part v0 v0^T (...), at or above 0.
        P1: Size of the second kernel's part I (...), at or above 0.
        Q1: Size of its part v1 v1^T (...), at or above 0.
        sine_squared: sin^2 of the angle between v0 and v1 (...), 0 to 1.
        dimension: Length d of v (...), at least 1.

    Returns:
        Distances (...). A kernel of zeros has distance 1 from any other and 0 from another of zeros.

    Source: theory.md, section 1.
    """
    P0, Q0, P1, Q1 = (np.asarray(value, dtype=np.float64) for value in (P0, Q0, P1, Q1))
    # divide each pair by its larger member: squares of tiny sizes would underflow
    top0, top1 = np.maximum(P0, Q0), np.maximum(P1, Q1)
    P0, Q0, P1, Q1 = _over(P0, top0), _over(Q0, top0), _over(P1, top1), _over(Q1, top1)
    norm0, norm1 = _norm(P0, Q0, dimension), _norm(P1, Q1, dimension)
    P0, Q0, P1, Q1 = _over(P0, norm0), _over(Q0, norm0), _over(P1, norm1), _over(Q1, norm1)
    dP, dQ = P1 - P0, Q1 - Q0
    # |dP I + Q1 v1 v1^T - Q0 v0 v0^T|^2 / 2, a sum of squares: d dP^2 + 2 dP dQ + dQ^2 >= (d - 1) dP^2
    apart = ((dimension - 1) * dP**2 + (dP + dQ) ** 2 + 2 * Q0 * Q1 * sine_squared) / 2
    return np.where((top0 == 0) | (top1 == 0), (top0 != top1) * 1.0, apart)[()]


def final_kernel_distance(
    mu0: Any,
    phi0: Any,
    delta: Any,
    beta_norm: Any = 1.0,
    dimension: Any = 2,
    eta_a: float = 1.0,
    eta_w: float = 1.0,
) -> Any:
    """Return S(0, infinity) of starts that reach the target, for a map over delta and angle.

    A start on the separatrix ends elsewhere: `single_neuron_kernel_distance` follows it.

    Args:
        mu0: a0 |w0| (...), whose sign does not matter; all arrays broadcast.
        phi0: cos(w0, beta) (...), -1 to 1.
        delta: Conserved quantity (...).
        beta_norm: |beta| (...).
        dimension: Dimension of the inputs (...), at least 1.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Distances (...). At mu0 = 0 = delta, the limit of a vanishing scale at delta = 0.

    Raises:
        ValueError: If a rate is not above 0 or a cosine is not between -1 and 1.

    Source: theory.md, section 1.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (mu0, phi0, delta, beta_norm), back = numpy_arrays(mu0=mu0, phi0=phi0, delta=delta, beta_norm=beta_norm)
    dimension = _checked_dimension(dimension)
    check_broadcast(mu0=mu0, phi0=phi0, delta=delta, beta_norm=beta_norm, dimension=dimension)
    _check_cosine(phi0)
    g = eta_a**0.5 * eta_w**0.5
    P0, Q0 = _sizes(delta, g * np.abs(mu0))
    P1, Q1 = _sizes(delta, g * beta_norm)
    return back(kernel_distance_of_sizes(P0, Q0, P1, Q1, (1 - phi0) * (1 + phi0), dimension))


class KernelDistanceLimits(NamedTuple):
    """S(0, infinity) of a single neuron in its extreme regimes, each (...).

    Attributes:
        upstream: The number C in S = C / delta^4 for delta -> +infinity, the lazy regime.
        balanced: At delta = 0, at any scale.
        downstream: For delta -> -infinity, where the direction turns late.
        small_upstream: A vanishing start with delta > 0 small against the target, but not against the start.
        small_downstream: The same with delta < 0.
    """

    upstream: Any
    balanced: Any
    downstream: Any
    small_upstream: Any
    small_downstream: Any


def kernel_distance_limits(
    mu0: Any, phi0: Any, beta_norm: Any = 1.0, dimension: int = 2, eta_a: float = 1.0, eta_w: float = 1.0
) -> KernelDistanceLimits:
    """Return the limits of `final_kernel_distance` in closed form, to mark them on its map.

    Args:
        mu0: a0 |w0| (...), which matters upstream only; all arrays broadcast.
        phi0: cos(w0, beta) (...), -1 to 1.
        beta_norm: |beta| (...).
        dimension: Dimension of the inputs, at least 1.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        The limits, see `KernelDistanceLimits`.

    Raises:
        ValueError: If a rate is not above 0 or a cosine is not between -1 and 1.

    Source: theory.md, section 1.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (mu0, phi0, beta_norm), back = numpy_arrays(mu0=mu0, phi0=phi0, beta_norm=beta_norm)
    dimension = _checked_dimension(dimension)
    check_broadcast(mu0=mu0, phi0=phi0, beta_norm=beta_norm, dimension=dimension)
    _check_cosine(phi0)
    d, turned = dimension, (1 - phi0) * (1 + phi0)
    # |A|^2 for the traceless part A of mu0^2 v0 v0^T - beta_norm^2 v1 v1^T
    grown = mu0**2 - beta_norm**2
    moved = grown**2 * (1 - 1 / d) + 2 * mu0**2 * beta_norm**2 * turned
    flat = np.zeros_like(phi0)
    return KernelDistanceLimits(
        upstream=back((eta_a * eta_w) ** 2 * moved / (2 * d)),
        balanced=back(turned / (d + 3)),
        downstream=back(turned),
        small_upstream=back(1 - (d + 1) / (d * (d + 3)) ** 0.5 + flat),
        small_downstream=back(1 - (1 + phi0**2) / (d + 3) ** 0.5),
    )


def _sizes(delta: np.ndarray, g_mu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return P = (Omega + delta) / 2 and Q = (Omega - delta) / 2 up to a common factor.

    All digits are kept, at delta = 0 = mu too.
    """
    larger = (np.hypot(delta, 2 * g_mu) + np.abs(delta)) / 2
    ratio = np.where(larger > 0, _over(g_mu, larger) ** 2, 1.0)
    one = np.ones_like(ratio)
    return np.where(delta >= 0, one, ratio), np.where(delta >= 0, ratio, one)


def _norm(P: np.ndarray, Q: np.ndarray, dimension: Any) -> np.ndarray:
    return np.sqrt((dimension - 1) * P**2 + (P + Q) ** 2)


def _over(value: np.ndarray, norm: np.ndarray) -> np.ndarray:
    """Return value / norm, and 0 where the norm is 0."""
    return np.divide(value, norm, out=np.zeros(np.broadcast_shapes(value.shape, norm.shape)), where=norm > 0)


def _checked_dimension(dimension: Any) -> Any:
    """Return dimensions as given. Raise ValueError unless all are at least 1."""
    read = plain_numbers("dimension", dimension)
    if not (read >= 1).all():
        raise ValueError(f"dimension must be at least 1, the number of inputs, got {read.min():g}.")
    return read[()]


def _check_cosine(phi0: np.ndarray) -> None:
    if (np.abs(phi0) > 1).any():
        worst = phi0.flat[np.abs(phi0).argmax()]
        raise ValueError(f"phi0 must be between -1 and 1, got {worst:g}: it is the cosine of an angle.")
