"""The solution that a single hidden neuron finds when there are fewer samples than dimensions.

theory.md, section 3. Gradient flow never moves the part of w that is orthogonal to all inputs, and conserves
a^2 - |w|^2 for the rest as well, so that

    beta_end = beta_least_squares + a_end w_null,

with a_end from the conserved quantity. The same beta minimises potential(|beta|, delta) - sign(a_end) w0 . beta over
X beta = y.

    beta = implicit_bias(X, y, beta0, delta=-1.0)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lazyrich.theory.inputs import numpy_arrays
from lazyrich.theory.integrate import TooManySteps, integrate

__all__ = ["UndecidedSign", "implicit_bias", "neuron_of"]

CLOSE = 1e-7
"""Distance from the saddle, in a |w| over the target and in the cosine that drives a, below which the sign of a is
called undecided: a thousand times the error of the integration."""


class UndecidedSign(ValueError):
    """The flow comes so near the saddle at f = 0 that rounding decides the sign with which a leaves it."""


def implicit_bias(X: Any, y: Any, beta0: Any, delta: float) -> Any:
    """Return the beta at which gradient flow of one hidden neuron f(x) = a w . x with a0 > 0 ends.

    Upstream it is the solution nearest to beta0; far downstream it keeps beta0's direction as far as the data allow.
    From beta0 = 0 it is the shortest solution at every delta >= 0. For delta < 0 the readout a may change its sign on
    the way, which has no closed form unless X is white: the flow is then integrated until its loss is below that of
    f = 0, after which a cannot cross zero.

    Args:
        X: Inputs (n, d), which need no whitening.
        y: Labels (n,).
        beta0: Start a0 w0 (d,).
        delta: a^2 - |w|^2 at unit learning rates; at others, delta over sqrt(eta_a eta_w).

    Returns:
        beta (d,), which interpolates; where no beta does, and for n >= d, the least squares solution that the flow
        finds.

    Raises:
        ValueError: If shapes do not fit, or beta0 = 0 with delta < 0 (a0 would be 0).
        UndecidedSign: If the start is on the separatrix.

    Source: theory.md, section 3; Azulay et al., 2021, arXiv 2102.09769, for the potential.
    """
    (X, y, beta0, d), back = numpy_arrays(X=X, y=y, beta0=beta0, delta=delta)
    if X.ndim != 2 or y.shape != X.shape[:1] or beta0.shape != X.shape[1:] or d.shape != ():
        raise ValueError(
            "X must be (n, d), y (n,), beta0 (d,) and delta one number, "
            f"got shapes {X.shape}, {y.shape}, {beta0.shape} and {d.shape}."
        )
    p0, q0 = neuron_of(beta0, float(d))
    U, sizes, V = np.linalg.svd(X, full_matrices=False)
    seen = sizes > sizes.max(initial=0.0) * max(X.shape) * np.finfo(np.float64).eps
    U, sizes, V = U[:, seen], sizes[seen], V[seen]
    target, q_seen = (U.T @ y) / sizes, V @ q0
    q_null = q0 - V.T @ q_seen
    q_null -= V.T @ (V @ q_null)
    # p^2 - |q_seen|^2 = D + |q_null|^2 is conserved, and at the end p q_seen is the target
    kept = (p0 - np.linalg.norm(q_seen)) * (p0 + np.linalg.norm(q_seen))
    whole = float(np.hypot(kept, 2 * np.linalg.norm(target)))
    square = (whole + kept) / 2 if kept >= 0 else 2 * float(target @ target) / (whole - kept)
    sign = 1 if kept >= 0 or not target.any() else _final_sign(p0, q_seen, target, sizes**2)
    return back(V.T @ target + sign * square**0.5 * q_null)


def neuron_of(beta: Any, delta: float) -> tuple[float, np.ndarray]:
    """Return the weights (a, w) with a >= 0, a w = beta and a^2 - |w|^2 = delta.

    Args:
        beta: Product a w (d,).
        delta: Conserved quantity, one number.

    Returns:
        a and w (d,).

    Raises:
        ValueError: If shapes do not fit, or beta is zero and delta below 0: w then has a length and no direction.
    """
    (beta, read), _ = numpy_arrays(beta=beta, delta=delta)
    if beta.ndim != 1 or read.shape != ():
        raise ValueError(f"beta must be (d,) and delta one number, got shapes {beta.shape} and {read.shape}.")
    delta = float(read)
    length = float(np.linalg.norm(beta))
    if length == 0 and delta < 0:
        raise ValueError(
            f"beta0 must not be zero at delta = {delta:g}, below 0: a0 would be 0 and w0 has no direction."
        )
    larger = ((float(np.hypot(delta, 2 * length)) + abs(delta)) / 2) ** 0.5
    a = larger if delta >= 0 else length / larger
    return a, beta / a if a else beta


def _final_sign(p: float, q: np.ndarray, target: np.ndarray, curvature: np.ndarray) -> int:
    """Return the sign with which the readout ends.

    p is one number; q, target and curvature (r,) are in the inputs' principal directions. Once the loss is below that
    of f = 0, p keeps its sign, because p = 0 would mean f = 0.
    """
    pull = curvature * target
    scale = float(np.linalg.norm(target))

    def gain(z: np.ndarray) -> float:
        """Return how far the loss is below that of f = 0."""
        return float(z[0] * (z[1:] @ pull) - z[0] ** 2 * (z[1:] @ (curvature * z[1:])) / 2)

    def slope(z: np.ndarray) -> np.ndarray:
        push = pull - z[0] * curvature * z[1:]
        return np.concatenate([[z[1:] @ push], z[0] * push])

    def settled(z: np.ndarray) -> bool:
        if gain(z) > 0:
            return True
        cosine = abs(z[1:] @ pull) / (np.linalg.norm(z[1:]) * np.linalg.norm(pull))
        return bool(abs(z[0]) * np.linalg.norm(z[1:]) < CLOSE * scale and cosine < CLOSE)

    start = np.concatenate([[p], q])
    try:
        # in units of the fastest growth about the saddle; `settled` ends the integration long before
        horizon = 1e9 / float(np.linalg.norm(pull))
        end = integrate(slope, start, np.array([horizon]), at_rest=settled)[-1]
    except TooManySteps as error:
        raise UndecidedSign(
            "the flow stays near f = 0 too long to tell the sign of a: change beta0 a little."
        ) from error
    if gain(end) <= 0:
        raise UndecidedSign("beta0 lies on the separatrix, and the flow ends near f = 0: change beta0 a little.")
    return 1 if end[0] > 0 else -1
