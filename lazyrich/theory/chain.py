"""A chain of single neurons, f(x) = a_L ... a_2 w . x, on any data.

theory.md, section 4. Depth 2 is the single hidden neuron, so this also covers the data for which that neuron has no
closed form.

    readouts, w = chain_flow(t, [0.5, 0.5], w0, X, y, rates=[1.0, 1.0, 1.0])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lazyrich.arrays import plain_numbers
from lazyrich.theory.inputs import check_positive, check_times, checked_count, checked_tolerance, numpy_arrays
from lazyrich.theory.integrate import MAX_STEPS, TOLERANCE, integrate, vanished
from lazyrich.theory.single_neuron_kernel import kernel_distance_of_sizes

__all__ = ["chain_conserved", "chain_flow", "chain_kernel_distance"]


def chain_flow(
    t: Any,
    readouts: Any,
    w0: Any,
    X: Any,
    y: Any,
    rates: Sequence[float] | None = None,
    tolerance: float = TOLERANCE,
    most_steps: int = MAX_STEPS,
) -> tuple[Any, Any]:
    """Integrate gradient flow of half the sum of squares and return the weights at the times t.

    Args:
        t: Times (T,), at or above 0 and increasing.
        readouts: The start of a_2 to a_L, (L - 1,).
        w0: The start of w (d,).
        X: Inputs (n, d), white or not.
        y: Labels (n,).
        rates: Learning rates (L,), of w and then of a_2 to a_L; 1 each if not given.
        tolerance: Relative error of a step of the integration, between 0 and 1.
        most_steps: Largest number of steps, at least 1.

    Returns:
        Readouts (T, L - 1) and w (T, d).

    Raises:
        ValueError: If shapes, times or rates do not fit.
        TooManySteps: If layers are too unbalanced to reach the last time in most_steps.

    Source: theory.md, section 4.
    """
    (t, readouts, w0, X, y), back = numpy_arrays(t=t, readouts=readouts, w0=w0, X=X, y=y)
    check_times(t, increasing=True)
    eta, tolerance = _rates(readouts, rates), checked_tolerance(tolerance)
    most_steps = checked_count("most_steps", most_steps)
    if readouts.ndim != 1:
        raise ValueError(f"readouts must be (L - 1,), the numbers a_2 to a_L, got shape {readouts.shape}.")
    if w0.ndim != 1 or X.ndim != 2 or X.shape[1] != len(w0) or y.shape != X.shape[:1]:
        raise ValueError(f"w0 must be (d,), X (n, d) and y (n,), got shapes {w0.shape}, {X.shape} and {y.shape}.")
    gram, cross, count = X.T @ X, X.T @ y, len(readouts)

    def slope(z: np.ndarray) -> np.ndarray:
        a, w = z[:count], z[count:]
        product = a.prod()
        push = cross - product * (gram @ w)
        return np.concatenate([eta[1:] * _others(a) * (w @ push), eta[0] * product * push])

    def arrived(z: np.ndarray) -> bool:
        return vanished(cross, gram, z[:count].prod() * z[count:])

    values = integrate(slope, np.concatenate([readouts, w0]), t, tolerance, arrived, most_steps)
    return back(values[:, :count]), back(values[:, count:])


def chain_conserved(readouts: Any, w: Any, rates: Sequence[float] | None = None) -> Any:
    """Return c_k = a_k^2 - (eta_k / eta_1) |w|^2, which gradient flow conserves on any data.

    Args:
        readouts: a_2 to a_L, (..., L - 1).
        w: First layers (..., d).
        rates: Learning rates (L,) as in `chain_flow`.

    Returns:
        Conserved quantities (..., L - 1).

    Raises:
        ValueError: If shapes or rates do not fit.

    Source: theory.md, section 4.
    """
    (readouts, w), back = numpy_arrays(readouts=readouts, w=w)
    eta = _rates(readouts, rates)
    if w.ndim < 1 or w.shape[:-1] != readouts.shape[:-1]:
        raise ValueError(
            "readouts must be (..., L - 1) and w (..., d) with the same leading axes, "
            f"got shapes {readouts.shape} and {w.shape}."
        )
    return back(readouts**2 - eta[1:] / eta[0] * (w * w).sum(-1, keepdims=True))


def chain_kernel_distance(readouts: Any, w: Any, rates: Sequence[float] | None = None) -> Any:
    """Return the kernel distance S(0, t) over d whitened inputs along a flow.

    The kernel is that of a single neuron with P = eta_1 a_2^2 ... a_L^2 and Q = |w|^2 sum_k eta_k (product of the other
    readouts)^2. On other data use `deep_kernel_distance`.

    Args:
        readouts: a_2 to a_L at every time (T, L - 1), the start first.
        w: First layers at the same times (T, d).
        rates: Learning rates (L,) as in `chain_flow`.

    Returns:
        Distances (T,), never negative.

    Raises:
        ValueError: If shapes or rates do not fit.

    Source: theory.md, section 4.
    """
    (readouts, w), back = numpy_arrays(readouts=readouts, w=w)
    eta = _rates(readouts, rates)
    if readouts.ndim != 2 or w.ndim != 2 or len(readouts) != len(w) or not w.size:
        raise ValueError(
            "readouts must be (T, L - 1) and w (T, d) with at least one time, "
            f"got shapes {readouts.shape} and {w.shape}."
        )
    # divide every layer by its largest weight: S has no scale, and products of layers could over- or underflow
    sizes = np.append(np.abs(w).max(), np.abs(readouts).max(0))
    sizes = np.where(sizes > 0, sizes, 1.0)
    w, readouts, eta = w / sizes[0], readouts / sizes[1:], _balanced(eta, sizes)
    length = np.linalg.norm(w, axis=-1)
    unit = w / np.where(length > 0, length, 1.0)[:, None]
    # the component of each direction across the first one keeps the digits of a small angle
    across = unit - (unit @ unit[0])[:, None] * unit[0]
    P = eta[0] * readouts.prod(-1) ** 2
    Q = (eta[1:] * _others(readouts) ** 2).sum(-1) * length**2
    return back(kernel_distance_of_sizes(P[0], Q[0], P, Q, (across * across).sum(-1), w.shape[-1]))


def _others(readouts: np.ndarray) -> np.ndarray:
    """Return the product of the other readouts for each (..., L - 1), without division, since any may be zero."""
    one = np.ones_like(readouts[..., :1])
    before = np.cumprod(np.concatenate([one, readouts[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, readouts[..., :0:-1]], -1), -1)[..., ::-1]
    return before * after


def _balanced(eta: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the rates, up to a common factor, with which layers divided by their sizes keep their kernel.

    A layer's part of the kernel is proportional to the squares of the sizes of the other layers.
    """
    exponents = np.log(eta) - 2 * np.log(sizes)
    return np.exp(exponents - exponents.max())


def _rates(readouts: np.ndarray, rates: Sequence[float] | None) -> np.ndarray:
    if readouts.ndim < 1 or not readouts.shape[-1]:
        raise ValueError(f"readouts must be (..., L - 1) with at least one, got shape {readouts.shape}.")
    count = readouts.shape[-1] + 1
    eta = np.ones(count) if rates is None else plain_numbers("rates", rates).astype(np.float64)
    if eta.shape != (count,):
        raise ValueError(f"rates must be ({count},), that of w and one for each readout, got shape {eta.shape}.")
    check_positive("rates", eta)
    return eta
