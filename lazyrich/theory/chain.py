"""A chain of single neurons, f(x) = a_L ... a_2 w . x, on any data: the deep network that still has one direction.

theory.md, section 4. Depth 2 is the single hidden neuron, so that this also serves the data for which that has no
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
    """Gradient flow of half the sum of squares at the times t, integrated in numpy.

    t (T,), increasing from 0 on; readouts (L - 1,): a_2 to a_L; w0 (d,); X (n, d), y (n,), white or not; rates (L,):
    of w, then of a_2 to a_L, 1 each when not given; tolerance: relative error of a step of the integration, of which
    there are at most most_steps. Returns readouts (T, L - 1) and w (T, d).
    Raises ValueError when shapes, times or rates do not fit, and TooManySteps when layers are too unbalanced to reach
    the last time in most_steps. Source: theory.md, section 4.
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
    """c_k = a_k^2 - (eta_k / eta_1) |w|^2 (..., L - 1), constant under gradient flow on any data.

    readouts (..., L - 1), w (..., d), rates as of chain_flow. Raises ValueError when rates do not fit. Source:
    theory.md, section 4.
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
    """S(0, t) over d whitened inputs along a flow, the first moment of which is the start.

    readouts (T, L - 1), w (T, d), rates as of chain_flow. Returns (T,), never negative. The kernel is that of a single
    neuron with P = eta_1 a_2^2 ... a_L^2 and Q = |w|^2 sum_k eta_k (product of the other readouts)^2. On other data
    use deep_kernel_distance. Raises ValueError when rates do not fit. Source: theory.md, section 4.
    """
    (readouts, w), back = numpy_arrays(readouts=readouts, w=w)
    eta = _rates(readouts, rates)
    if readouts.ndim != 2 or w.ndim != 2 or len(readouts) != len(w) or not w.size:
        raise ValueError(
            "readouts must be (T, L - 1) and w (T, d) with at least one time, "
            f"got shapes {readouts.shape} and {w.shape}."
        )
    # every layer over its largest weight, since S has no scale and products of layers could over- or underflow
    sizes = np.append(np.abs(w).max(), np.abs(readouts).max(0))
    sizes = np.where(sizes > 0, sizes, 1.0)
    w, readouts, eta = w / sizes[0], readouts / sizes[1:], _balanced(eta, sizes)
    length = np.linalg.norm(w, axis=-1)
    unit = w / np.where(length > 0, length, 1.0)[:, None]
    # what of a direction is across the first one, which keeps the digits of a small angle
    across = unit - (unit @ unit[0])[:, None] * unit[0]
    P = eta[0] * readouts.prod(-1) ** 2
    Q = (eta[1:] * _others(readouts) ** 2).sum(-1) * length**2
    return back(kernel_distance_of_sizes(P[0], Q[0], P, Q, (across * across).sum(-1), w.shape[-1]))


def _others(readouts: np.ndarray) -> np.ndarray:
    """For each readout the product of the others (..., L - 1), without a division, as any of them may be zero."""
    one = np.ones_like(readouts[..., :1])
    before = np.cumprod(np.concatenate([one, readouts[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, readouts[..., :0:-1]], -1), -1)[..., ::-1]
    return before * after


def _balanced(eta: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the rates, up to a common factor, with which layers divided by their sizes keep their kernel.

    The part of a layer in the kernel goes with the squares of the sizes of the others.
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
