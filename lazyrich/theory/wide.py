"""Wide two-layer linear networks f = A^T W x: conserved matrix, exact flow at any width, and their kernels.

theory.md, section 3. Training depends on the weights only through C = W^T W, beta = W^T A and R = A^T A, a closed
system of the size of inputs and outputs at any width and balance. They are the products of the columns of Z = [W, A].
The smallest Z with these products is integrated instead of the products, because rounding would raise their rank and
add directions that only a wider network can learn.

    flow = wide_flow(t, X, Y, W0, A0)
    S = wide_kernel_distance(X, flow)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lazyrich.arrays import check_broadcast
from lazyrich.theory.inputs import check_times, checked_count, checked_rates, checked_tolerance, numpy_arrays
from lazyrich.theory.integrate import MAX_STEPS, TOLERANCE, integrate, vanished

__all__ = ["WideFlow", "conserved_matrix", "wide_flow", "wide_kernel_distance", "wide_kernel_product"]


class WideFlow(NamedTuple):
    """State of a wide network at every time: C = W^T W (T, d, d), beta = W^T A (T, d, c), R = A^T A (T, c, c)."""

    C: Any
    beta: Any
    R: Any


def conserved_matrix(W: Any, A: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return Delta = eta_w A A^T - eta_a W W^T, which gradient flow conserves on any data.

    Args:
        W: First layers (..., h, d).
        A: Readouts (..., h, c).
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Conserved matrices (..., h, h); the diagonal holds the neurons' delta.

    Raises:
        ValueError: If shapes do not fit or a rate is not above 0.

    Source: theory.md, section 3.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (W, A), back = numpy_arrays(W=W, A=A)
    if W.ndim < 2 or A.ndim < 2 or W.shape[:-1] != A.shape[:-1]:
        raise ValueError(
            f"W must be (..., h, d) and A (..., h, c) with one width h, got shapes {W.shape} and {A.shape}."
        )
    return back(eta_w * A @ np.swapaxes(A, -1, -2) - eta_a * W @ np.swapaxes(W, -1, -2))


def wide_flow(
    t: Any,
    X: Any,
    Y: Any,
    W0: Any,
    A0: Any,
    eta_a: float = 1.0,
    eta_w: float = 1.0,
    tolerance: float = TOLERANCE,
    most_steps: int = MAX_STEPS,
) -> WideFlow:
    """Integrate gradient flow of half the sum of squares, at a cost independent of the width.

    Args:
        t: Times (T,), at or above 0 and increasing.
        X: Inputs (n, d), white or not.
        Y: Labels (n, c).
        W0: First layer at the start (h, d).
        A0: Readout at the start (h, c).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.
        tolerance: Relative error of a step of the integration, between 0 and 1.
        most_steps: Largest number of steps, at least 1.

    Returns:
        The flow at the times t, see `WideFlow`.

    Raises:
        ValueError: If shapes or times do not fit.
        TooManySteps: If the flow is too stiff, as in strongly unbalanced narrow networks.

    Source: theory.md, section 3.
    """
    (t, X, Y, W0, A0), back = numpy_arrays(t=t, X=X, Y=Y, W0=W0, A0=A0)
    check_times(t, increasing=True)
    tolerance, most_steps = checked_tolerance(tolerance), checked_count("most_steps", most_steps)
    Z0, g, k = smallest_factor(W0, A0, eta_a, eta_w)
    d, c = W0.shape[1], A0.shape[1]
    if X.ndim != 2 or Y.ndim != 2 or X.shape[1] != d or Y.shape != (len(X), c):
        raise ValueError(f"X must be (n, {d}) and Y (n, {c}), got {X.shape} and {Y.shape}: see the shapes of W0, A0.")
    gram, cross = X.T @ X, X.T @ Y

    def slope(Z: np.ndarray) -> np.ndarray:
        push = cross - gram @ (Z[:, :d].T @ Z[:, d:])
        return np.concatenate([Z[:, d:] @ push.T, Z[:, :d] @ push], axis=1)

    def arrived(Z: np.ndarray) -> bool:
        return vanished(cross, gram, Z[:, :d].T @ Z[:, d:])

    Z = integrate(slope, Z0, g * t, tolerance, arrived, most_steps)
    return WideFlow(*(back(part) for part in products(Z, d, k)))


def products(Z: np.ndarray, d: int, k: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return C, beta and R at the given rates from Z (T, r, d + c) at unit rates."""
    W, A = Z[..., :d], Z[..., d:]
    over_W, over_A = np.swapaxes(W, -1, -2), np.swapaxes(A, -1, -2)
    return over_W @ W * k**2, over_W @ A, over_A @ A / k**2


def smallest_factor(W0: np.ndarray, A0: np.ndarray, eta_a: float, eta_w: float) -> tuple[np.ndarray, float, float]:
    """Return a factor Z0 of full rank of the start at unit rates, and the factors of time and weights.

    Args:
        W0: First layer at the start (h, d).
        A0: Readout at the start (h, c).
        eta_a: Learning rate of the readout, above 0.
        eta_w: Learning rate of the first layer, above 0.

    Returns:
        Z0 (r, d + c), with the same products of columns as [W / k, k A]; g, by which time runs faster; and k.

    Raises:
        ValueError: If shapes do not fit or a rate is not above 0.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    if W0.ndim != 2 or A0.ndim != 2 or len(W0) != len(A0):
        raise ValueError(f"W0 must be (h, d) and A0 (h, c) with one width h, got shapes {W0.shape} and {A0.shape}.")
    k = (eta_w / eta_a) ** 0.25
    _, sizes, directions = np.linalg.svd(np.concatenate([W0 / k, k * A0], axis=1), full_matrices=False)
    held = sizes > sizes.max(initial=0.0) * np.finfo(np.float64).eps
    return sizes[held, None] * directions[held], eta_a**0.5 * eta_w**0.5, k


def wide_kernel_product(X: Any, C1: Any, R1: Any, C2: Any, R2: Any, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return <K1, K2>, the Frobenius product of the kernels of two networks, at the cost of d x d matrices.

    A network's kernel is eta_a (X C X^T) (x) I + eta_w (X X^T) (x) R.

    Args:
        X: Inputs (n, d).
        C1: C = W^T W of the first network (..., d, d); leading axes broadcast.
        R1: R = A^T A of the first network (..., c, c).
        C2: C of the second network (..., d, d).
        R2: R of the second network (..., c, c).
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Products (...).

    Raises:
        ValueError: If a rate is not above 0 or shapes do not fit.

    Source: theory.md, section 3.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (X, C1, R1, C2, R2), back = numpy_arrays(X=X, C1=C1, R1=R1, C2=C2, R2=R2)
    if X.ndim != 2:
        raise ValueError(f"X must be (n, d), got shape {X.shape}.")
    d, c = X.shape[1], R1.shape[-1] if R1.ndim else 0
    for name, matrix, size in (("C1", C1, d), ("C2", C2, d), ("R1", R1, c), ("R2", R2, c)):
        if matrix.shape[-2:] != (size, size):
            raise ValueError(f"{name} must be (..., {size}, {size}), got shape {matrix.shape}: see X and R1.")
    check_broadcast(**{name: M[..., 0, 0] for name, M in (("C1", C1), ("R1", R1), ("C2", C2), ("R2", R2))})
    gram = X.T @ X
    return back(_product(gram, gram @ C1 * eta_a, R1 * eta_w, gram @ C2 * eta_a, R2 * eta_w)[()])


def wide_kernel_distance(X: Any, flow: WideFlow, eta_a: float = 1.0, eta_w: float = 1.0) -> Any:
    """Return the kernel distance S(0, t) for all times of a flow.

    Computed from the difference of the normalised kernels, so it is never negative, at any scale.

    Args:
        X: Inputs (n, d).
        flow: The flow, whose first time is the start.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.

    Returns:
        Distances (T,). A kernel of zeros has distance 1 from any other and 0 from another of zeros.

    Raises:
        ValueError: If a rate is not above 0 or shapes do not fit.

    Source: theory.md, section 3.
    """
    eta_a, eta_w = checked_rates(eta_a=eta_a, eta_w=eta_w)
    (X, C, R), back = numpy_arrays(X=X, **_parts_of(flow))
    d, times, c = X.shape[-1] if X.ndim else 0, len(C) if C.ndim else 0, R.shape[-1] if R.ndim else 0
    if X.ndim != 2 or not times or C.shape != (times, d, d) or R.shape != (times, c, c):
        raise ValueError(
            "X must be (n, d), flow.C (T, d, d) and flow.R (T, c, c) with at least one time, "
            f"got shapes {X.shape}, {C.shape} and {R.shape}."
        )
    # bring sizes near 1: S has no scale, and squares of kernels could over- or underflow. X C X^T scales with the
    # squares of inputs and first layers, X X^T R with those of inputs and readouts
    X = X / (np.abs(X).max(initial=0.0) or 1.0)
    sizes = np.maximum(np.abs(C).max((1, 2), initial=0.0), np.abs(R).max((1, 2), initial=0.0))
    sizes = np.where(sizes > 0, sizes, 1.0)[:, None, None]
    C, R = C / sizes, R / sizes
    gram = X.T @ X
    # X C X^T has the products of root C root, with root^2 = X^T X, which are symmetric
    values, vectors = np.linalg.eigh(gram)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    H, L = eta_a * root @ C @ root, eta_w * R
    norm = np.sqrt(_product_of_roots(gram, H, L))
    alive = norm > 0
    over = np.where(alive, norm, 1.0)[:, None, None]
    H, L = H / over, L / over
    dH, dL = H - H[:1], L - L[:1]
    apart = np.maximum(_product_of_roots(gram, dH, dL), 0) / 2
    return back(np.where(alive & alive[:1], apart, (alive != alive[:1]) * 1.0))


def _parts_of(flow: Any) -> dict[str, Any]:
    """Return the arrays that the kernels of a flow are made of. Raise ValueError for what is no WideFlow."""
    if not all(hasattr(flow, part) for part in ("C", "R")):
        raise ValueError(f"flow must be a WideFlow, as wide_flow returns it, got a {type(flow).__name__}.")
    return {"flow.C": flow.C, "flow.R": flow.R}


def _product(gram: np.ndarray, H1: np.ndarray, L1: np.ndarray, H2: np.ndarray, L2: np.ndarray) -> np.ndarray:
    """Return <K1, K2> from H = eta_a X^T X C and L = eta_w R."""
    outputs = L1.shape[-1]
    both = outputs * np.einsum("...ij,...ji->...", H1, H2)
    both = both + _trace(H1 @ gram) * _trace(L2) + _trace(H2 @ gram) * _trace(L1)
    return both + (gram * gram).sum() * np.einsum("...ij,...ji->...", L1, L2)


def _product_of_roots(gram: np.ndarray, H: np.ndarray, L: np.ndarray) -> np.ndarray:
    """Return |K|^2 from the symmetric H = eta_a root C root and L = eta_w R."""
    outputs = L.shape[-1]
    crossed = 2 * np.einsum("...ij,ij->...", H, gram) * _trace(L)
    return outputs * (H * H).sum((-2, -1)) + crossed + (gram * gram).sum() * (L * L).sum((-2, -1))


def _trace(matrix: np.ndarray) -> np.ndarray:
    return np.trace(matrix, axis1=-2, axis2=-1)
