"""Explicit Runge-Kutta-Chebyshev steps: s gradients advance about s^2 times as far as one if all fast modes decay.

One step of length h from Y_0 = theta takes D_0 = 0, D_1 = k_1 h F_0 and, with F_j the slope at theta + D_j,

    D_j = mu_j D_{j-1} + nu_j D_{j-2} + k_j h F_{j-1} + l_j h F_0,        j = 2 ... s,

and ends at theta + D_s. Written for the differences D from the start of the step, which lose fewer digits in float32
than the stages themselves. On y' = lambda y the step multiplies by a shifted Chebyshev polynomial of h lambda.

First order, damped: Verwer, Appl. Numer. Math. 22 (1996). Second order: Sommeijer, Shampine and Verwer, J. Comput.
Appl. Math. 88 (1998).

    scheme = first_order(10)
    scheme = scheme_for(order=1, stiffness=150.0)
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

__all__ = ["MAX_STAGES", "Scheme", "first_order", "max_stability_bound", "scheme_for", "second_order"]

MAX_STAGES = 100
"""Largest number of stages of a step. With more, rounding in float32 reaches the error tolerance."""

DAMPING = {1: 0.5, 2: 2 / 13}
"""Damping by order. More damping shortens the interval of stability and decays modes at its far end faster."""


@dataclass(frozen=True)
class Scheme:
    """Coefficients of a step of `stages` gradients.

    Attributes:
        reach: Largest h lambda for which the step is stable, lambda being the largest decay rate.
        rows: rows[j - 1] = (mu_j, nu_j, k_j, l_j).
        error: (d, f, l) of the error estimate d D_s + h (f F_0 + l F_s).
    """

    stages: int
    stability_bound: float
    rows: tuple[tuple[float, float, float, float], ...]
    error: tuple[float, float, float]


@cache
def first_order(stages: int) -> Scheme:
    """Return the damped first-order step with 1 or more stages (Euler's step for 1); stability bound ~1.52 stages^2."""
    w0 = 1 + DAMPING[1] / stages**2
    T, slope, bend = _chebyshev(stages, w0)
    w1 = T[-1] / slope[-1]
    b = [1 / value for value in T]
    rows = [(0.0, 0.0, w1 / w0, 0.0)]
    rows += [(2 * w0 * b[j] / b[j - 1], -b[j] / b[j - 2], 2 * w1 * b[j] / b[j - 1], 0.0) for j in range(2, stages + 1)]
    # the step follows 1 + z + R2 z^2 / 2 + ..., and z^2 = h^2 y'' comes from the two slopes at its ends
    missing = (1 - T[-1] * bend[-1] / slope[-1] ** 2) / 2
    return Scheme(stages, (w0 + 1) / w1, tuple(rows), (0.0, -missing, missing))


@cache
def second_order(stages: int) -> Scheme:
    """Return the step of second order with this many stages, 2 or more; stability bound ~0.65 stages^2."""
    w0 = 1 + DAMPING[2] / stages**2
    T, slope, bend = _chebyshev(stages, w0)
    w1 = slope[-1] / bend[-1]
    b = [0.0, 1 / w0] + [bend[j] / slope[j] ** 2 for j in range(2, stages + 1)]
    b[0] = b[2]
    rows = [(0.0, 0.0, b[1] * w1, 0.0)]
    for j in range(2, stages + 1):
        k = 2 * w1 * b[j] / b[j - 1]
        rows.append((2 * w0 * b[j] / b[j - 1], -b[j] / b[j - 2], k, (b[j - 1] * T[j - 1] - 1) * k))
    return Scheme(stages, (w0 + 1) / w1, tuple(rows), (-0.8, 0.4, 0.4))


def scheme_for(order: int, stiffness: float) -> Scheme:
    """Return the cheapest scheme of order 1 or 2 that is stable for h lambda = stiffness.

    stiffness: at most max_stability_bound(order).
    """
    bounds = _stability_bounds(order)
    return _scheme(order, bisect_left(bounds, stiffness) + order)


def max_stability_bound(order: int) -> float:
    """Return the largest h lambda for which a step of MAX_STAGES is stable."""
    return _stability_bounds(order)[-1]


@cache
def _stability_bounds(order: int) -> list[float]:
    # at least one stage in first order, two in second
    return [_scheme(order, stages).stability_bound for stages in range(order, MAX_STAGES + 1)]


def _scheme(order: int, stages: int) -> Scheme:
    return first_order(stages) if order == 1 else second_order(stages)


def _chebyshev(s: int, x: float) -> tuple[list[float], list[float], list[float]]:
    """Return T_0 ... T_s at x with their first and second derivatives."""
    T, slope, bend = [1.0, x], [0.0, 1.0], [0.0, 0.0]
    for j in range(2, s + 1):
        T.append(2 * x * T[j - 1] - T[j - 2])
        slope.append(2 * T[j - 1] + 2 * x * slope[j - 1] - slope[j - 2])
        bend.append(4 * slope[j - 1] + 2 * x * bend[j - 1] - bend[j - 2])
    return T, slope, bend
