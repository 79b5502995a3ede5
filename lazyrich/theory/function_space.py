"""The flow of linear networks in function space: beta' = -M(beta) X^T (X beta - y).

theory.md, section 2. M is the tangent kernel's matrix in input space. The regime acts on the gradient through the
difference between its eigenvalues along and across beta.

    along, across = modulation_eigenvalues(beta_norm=0.5, delta=-1.0)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lazyrich.arrays import check_broadcast
from lazyrich.theory.inputs import checked_rates, numpy_arrays

__all__ = ["modulation", "modulation_eigenvalues", "phase_speed", "potential"]


def modulation_eigenvalues(beta_norm: Any, delta: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> tuple[Any, Any]:
    """Return the eigenvalues of M(beta) for a single neuron, along and across beta.

    They are Omega along beta and, d - 1 times, (Omega + delta) / 2 across, with Omega = sqrt(delta^2 + 4 eta_a eta_w
    |beta|^2). Upstream both are near delta; downstream the one across vanishes.

    Args:
        beta_norm: |beta| (...).
        delta: Conserved quantity (...), which broadcasts with beta_norm.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        The eigenvalues along (...) and across (...).

    Raises:
        ValueError: If a rate is not above 0.

    Source: theory.md, section 2.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (beta_norm, delta), back = numpy_arrays(beta_norm=beta_norm, delta=delta)
    check_broadcast(beta_norm=beta_norm, delta=delta)
    g_mu = eta_a**0.5 * eta_w**0.5 * np.abs(beta_norm)
    P, Q = _layer_sizes(delta, g_mu)
    return back(P + Q), back(P)


def modulation(beta: Any, delta: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return M(beta) of one linear neuron, or the sum over many.

    A neuron of beta = 0 has w = 0 and no direction for delta >= 0; for delta < 0 its w has a direction that beta does
    not determine.

    Args:
        beta: The neuron's beta (d,), or (m, d) for many.
        delta: Conserved quantity (), or (m,) for many.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        The matrix (d, d), symmetric and positive semidefinite.

    Raises:
        ValueError: If a rate is not above 0, shapes do not fit, or a neuron with delta < 0 has beta = 0.

    Source: theory.md, section 2.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (beta, delta), back = numpy_arrays(beta=beta, delta=delta)
    if beta.ndim not in (1, 2) or delta.shape != beta.shape[:-1]:
        raise ValueError(f"beta must be (d,) or (m, d) and delta () or (m,), got {beta.shape} and {delta.shape}.")
    neurons, deltas = np.atleast_2d(beta), np.atleast_1d(delta)
    lengths = np.linalg.norm(neurons, axis=1)
    if ((lengths == 0) & (deltas < 0)).any():
        raise ValueError("beta must not be zero for a neuron with delta < 0: its w has a direction that beta hides.")
    P, Q = _layer_sizes(deltas, eta_a**0.5 * eta_w**0.5 * lengths)
    units = neurons / np.where(lengths > 0, lengths, 1.0)[:, None]
    return back(P.sum() * np.eye(neurons.shape[1]) + (units.T * Q) @ units)


def phase_speed(
    mu: Any, phi: Any, delta: Any, beta_norm: Any = 1.0, eta_a: float = 1.0, eta_w: float = 1.0
) -> tuple[Any, Any]:
    """Return (mu', phi') of a single neuron on whitened data, with mu = a |w| and phi = cos(w, beta).

    Where mu = 0 with delta >= 0, w = 0 has no angle: phi' is then infinite for delta > 0, unless phi = +-1 keeps it,
    and 0 at the origin.

    Args:
        mu: a |w| (...); all arrays broadcast.
        phi: Cosines (...), -1 to 1.
        delta: Conserved quantity (...).
        beta_norm: |beta| (...).
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        The derivatives mu' (...) and phi' (...) by time.

    Raises:
        ValueError: If a rate is not above 0.

    Source: theory.md, section 1.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (mu, phi, delta, beta_norm), back = numpy_arrays(mu=mu, phi=phi, delta=delta, beta_norm=beta_norm)
    check_broadcast(mu=mu, phi=phi, delta=delta, beta_norm=beta_norm)
    g = eta_a**0.5 * eta_w**0.5
    P, Q = _layer_sizes(delta, g * np.abs(mu))
    turned = (1 - phi) * (1 + phi)
    # g |mu| = sqrt(P Q), so 2 g^2 mu / (Omega - delta) is g sign(mu) sqrt(P / Q)
    with np.errstate(divide="ignore", invalid="ignore"):
        sign = np.where((mu == 0) & (delta > 0), 1.0, np.sign(mu))
        rate = g * sign * np.sqrt(P / Q) * beta_norm * turned
    rate = np.where((turned == 0) | (P == 0), 0.0, rate)
    return back(((P + Q) * (beta_norm * phi - mu))[()]), back(rate[()])


def potential(beta_norm: Any, delta: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return the potential Psi(|beta|) of a single neuron, less its value at 0.

    Psi = (2/3) p^3 - D p with p^2 = (sqrt(D^2 + 4 |beta|^2) + D) / 2 and D = delta / sqrt(eta_a eta_w). Its slope is
    |w| (eta_a / eta_w)^(1/4): training ends at the beta with X beta = y that minimises Psi minus the start's share, see
    implicit_bias. Radial and convex.

    Args:
        beta_norm: |beta| (...).
        delta: Conserved quantity (...), which broadcasts with beta_norm.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Potentials (...).

    Raises:
        ValueError: If a rate is not above 0.

    Source: theory.md, section 3.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (beta_norm, delta), back = numpy_arrays(beta_norm=beta_norm, delta=delta)
    check_broadcast(beta_norm=beta_norm, delta=delta)
    D = delta / (eta_a**0.5 * eta_w**0.5)
    P, Q = _layer_sizes(D, np.abs(beta_norm))
    # p - p0 = Q / (p + p0) with p0 = sqrt(D), so that nothing cancels upstream
    p, p0 = np.sqrt(P), np.sqrt(np.maximum(D, 0))
    risen = np.divide(Q, p + p0, out=np.zeros_like(p), where=p + p0 > 0)
    upstream = risen * (P + p * p0 - D / 2) * 2 / 3
    return back(np.where(D >= 0, upstream, 2 / 3 * p**3 - D * p)[()])


def _layer_sizes(delta: np.ndarray, g_mu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (eta_w a^2, eta_a |w|^2) = (Omega +- delta) / 2 of a neuron, with all digits.

    The neuron has sqrt(eta_a eta_w) |a||w| = g_mu.
    """
    larger = (np.hypot(delta, 2 * g_mu) + np.abs(delta)) / 2
    ratio = np.divide(g_mu, larger, out=np.zeros(np.broadcast_shapes(g_mu.shape, larger.shape)), where=larger > 0)
    smaller = g_mu * ratio
    return np.where(delta >= 0, larger, smaller), np.where(delta >= 0, smaller, larger)
