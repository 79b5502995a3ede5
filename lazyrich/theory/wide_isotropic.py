"""The closed form of wide linear networks whose conserved matrix is isotropic, on whitened data.

theory.md, section 3. With Delta = delta I the products P of the columns of [W, A] at unit rates follow the matrix
Riccati equation P' = G P + P G - P^2, G = [[-D/2 I, B], [B^T, D/2 I]] with the target B, so that after a time u

    P(u) = e^(G u) (I + P0 integral_0^u e^(2 G v) dv)^-1 P0 e^(G u).

The computation uses a Z with Z^T Z = P, whose rank rounding cannot raise.

    flow = wide_flow_isotropic(t, B, W0, A0)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lazyrich.theory.inputs import check_times, checked_count, numpy_arrays
from lazyrich.theory.integrate import TooManySteps
from lazyrich.theory.wide import WideFlow, products, smallest_factor

__all__ = ["NotIsotropic", "wide_flow_isotropic"]

LONGEST = 1.0
"""Longest stretch of time, times the largest eigenvalue of G, for one use of the formula: the inverse loses a factor
e^2 in precision at 1, and all digits near 18."""

MAX_STRETCHES = 200_000

ISOTROPIC = 1e-9
"""Allowed distance of the conserved matrix from delta I, relative to the weights: about the error of the curve."""


class NotIsotropic(ValueError):
    """The conserved matrix of the start is no multiple of the identity, so the closed form does not hold."""


def wide_flow_isotropic(
    t: Any, B: Any, W0: Any, A0: Any, eta_a: float = 1.0, eta_w: float = 1.0, most_stretches: int = MAX_STRETCHES
) -> WideFlow:
    """Return the flow of `wide_flow` on whitened data, X^T X = I, from its closed form in short stretches.

    Args:
        t: Times (T,), at or above 0 and increasing.
        B: Target X^T Y (d, c).
        W0: First layer at the start (h, d), with eta_w A0 A0^T - eta_a W0 W0^T = delta I.
        A0: Readout at the start (h, c).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.
        most_stretches: Largest number of uses of the formula, at least 1.

    Returns:
        The flow at the times t, to about 1e-12, see `WideFlow`.

    Raises:
        NotIsotropic: If the conserved matrix is no multiple of the identity.
        TooManySteps: If the times take more than most_stretches.
        ValueError: If shapes or times do not fit.

    Source: theory.md, section 3.
    """
    (t, B, W0, A0), back = numpy_arrays(t=t, B=B, W0=W0, A0=A0)
    check_times(t, increasing=True)
    most_stretches = checked_count("most_stretches", most_stretches)
    Z, g, k = smallest_factor(W0, A0, eta_a, eta_w)
    d, c = W0.shape[1], A0.shape[1]
    if B.shape != (d, c):
        raise ValueError(f"B must be ({d}, {c}), the inputs of W0 by the outputs of A0, got {B.shape}.")
    D = _isotropic_delta(W0 / k, A0 * k)
    G = np.block([[-D / 2 * np.eye(d), B], [B.T, D / 2 * np.eye(c)]])
    rates, vectors = np.linalg.eigh(G)
    # in the eigenvectors of G all but the inverse is diagonal
    Z = Z @ vectors
    fastest, now, taken = float(np.abs(rates).max(initial=0.0)), 0.0, 0
    values = np.empty((len(t), *Z.shape))
    for index, u in enumerate(g * t):
        while now < u:
            beta = (Z @ vectors[:d].T).T @ (Z @ vectors[d:].T)
            if np.abs(beta - B).max(initial=0.0) <= 1e-15 * np.abs(B).max(initial=0.0):
                break
            if taken == most_stretches:
                raise TooManySteps(
                    f"time {t[-1]:g} is more than {most_stretches} stretches away at this balance and target, reached "
                    f"{now / g:.3g}: choose a shorter time."
                )
            stretch = min(u - now, LONGEST / fastest if fastest else u - now)
            Z = _after(Z, rates, stretch)
            now, taken = (u if stretch >= u - now else now + stretch), taken + 1
        values[index] = Z @ vectors.T
    return WideFlow(*(back(part) for part in products(values, d, k)))


def _after(Z: np.ndarray, rates: np.ndarray, stretch: float) -> np.ndarray:
    """Return Z (r, d + c) a stretch of time later, in the eigenvectors of G with eigenvalues `rates` (d + c,)."""
    twice = 2 * rates * stretch
    # integral of e^(2 rate v): the stretch itself at rate 0
    spent = stretch * np.divide(np.expm1(twice), twice, out=np.ones_like(twice), where=twice != 0)
    lower = np.linalg.cholesky(np.eye(len(Z)) + (Z * spent) @ Z.T)
    return np.linalg.solve(lower, Z * np.exp(rates * stretch))


def _isotropic_delta(W: np.ndarray, A: np.ndarray) -> float:
    Delta = A @ A.T - W @ W.T
    D = float(np.trace(Delta)) / len(Delta)
    off = float(np.abs(Delta - D * np.eye(len(Delta))).max())
    size = float((A * A).sum() + (W * W).sum())
    if off > ISOTROPIC * size:
        raise NotIsotropic(
            f"the conserved matrix must be delta I, but is {off:.2g} away from {D:.3g} I: use wide_flow here."
        )
    return D
