"""Adaptive integrator for small smooth systems without a closed form; it lands on every time asked for.

Dormand and Prince's pair of orders 5 and 4 (J. Comput. Appl. Math. 6, 1980), with the step and error control of Hairer,
Norsett and Wanner, "Solving Ordinary Differential Equations I", section II.4.

    y = integrate(lambda y: -y, np.ones(3), np.linspace(0, 5, 100))
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["MAX_STEPS", "TOLERANCE", "TooManySteps", "integrate", "vanished"]

TOLERANCE = 1e-11
"""Relative error of a step. Curves drawn over training need far less; checks against these solutions need it."""

MAX_STEPS = 100_000
"""About ten seconds. A flow that needs more steps is stiff, and an explicit method is the wrong one for it."""

STAGES = [
    np.array(row)
    for row in (
        [1 / 5],
        [3 / 40, 9 / 40],
        [44 / 45, -56 / 15, 32 / 9],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    )
]
"""Weights of the previous slopes in the point of the next slope; the last row is the step itself."""

ERROR = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
"""Step of order 5 minus that of order 4."""

LONGEST = 2.0
"""Longest step times the fastest decay rate. A step is stable up to 3.3, but decayed components stay at zero only near
2 and below; above, a flow at its end oscillates within the tolerance and never comes to rest."""


class TooManySteps(ValueError):
    """The flow is too stiff, or the time too long, for this integrator."""


def integrate(
    slope: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    times: np.ndarray,
    tolerance: float = TOLERANCE,
    at_rest: Callable[[np.ndarray], bool] | None = None,
    most_steps: int = MAX_STEPS,
) -> np.ndarray:
    """Integrate y' = slope(y) from y(0) = start and return y at the given times.

    Args:
        slope: The right-hand side, of a y shaped as start.
        start: y at time 0, of any shape.
        times: Times (T,), at or above 0 and increasing.
        tolerance: Error of a step relative to each component, or to 1e-4 of the largest if a component is smaller.
        at_rest: Tells whether y will not change any more; the integration then ends whatever time is left.
        most_steps: Largest number of steps, at least 1.

    Returns:
        y (T, ...).

    Raises:
        TooManySteps: After most_steps.
    """
    y, now, taken, longest = np.array(start, dtype=np.float64), 0.0, 0, np.inf
    values = np.empty((len(times), *y.shape))
    slopes = np.zeros((len(STAGES) + 1, *y.shape))
    slopes[0] = slope(y)
    step = _first_step(slope, y, slopes[0], float(times[-1]) if len(times) else 0.0)
    for index, time in enumerate(times):
        while now < time:
            if at_rest is not None and at_rest(y):
                values[index:] = y
                return values
            if taken == most_steps:
                raise TooManySteps(
                    f"the flow needs more than {most_steps} steps to reach time {times[-1]:g} and came to {now:.3g}: "
                    "choose a shorter time or layers that are less unbalanced."
                )
            step = min(step, longest)
            # stretch the step a little: a remainder of almost nothing would be lost in rounding
            last = now + 1.000001 * step >= time
            size = float(time) - now if last else step
            moved, wrong, decay = _try(slope, y, slopes, size, tolerance)
            taken += 1
            growth = min(5.0, max(0.2, 0.9 * wrong**-0.2)) if wrong else 5.0
            if wrong <= 1:
                y, now = moved, float(time) if last else now + size
                slopes[0] = slopes[-1]
                # a step cut short to land on a time tells little about the length of the next
                step = max(step, size * growth) if last else size * growth
                longest = LONGEST / decay if decay else longest
            else:
                step = size * growth
        values[index] = y
    return values


def _try(
    slope: Callable[[np.ndarray], np.ndarray], y: np.ndarray, slopes: np.ndarray, size: float, tolerance: float
) -> tuple[np.ndarray, float, float]:
    """Return y after a step of this size, its error over the tolerance, and the rate of the fastest change met.

    The rate is 0 where rounding hides it. slopes (7, ...): the first one is that at y, the others are filled in.
    """
    flat = slopes.reshape(len(slopes), -1)
    before = moved = y
    # a step that is far too long may overflow; its error is then not finite and the step is refused
    with np.errstate(over="ignore", invalid="ignore"):
        for stage, weights in enumerate(STAGES, start=1):
            before, moved = moved, y + size * (weights @ flat[:stage]).reshape(y.shape)
            slopes[stage] = slope(moved)
        error = np.abs(size * (ERROR @ flat)).reshape(y.shape)
    if not (np.isfinite(error).all() and np.isfinite(moved).all()):
        return y, float("inf"), 0.0
    scale = np.maximum(np.abs(y), np.abs(moved))
    scale = np.maximum(scale, 1e-4 * scale.max(initial=0.0))
    wrong = np.divide(error, tolerance * scale, out=np.zeros_like(error), where=scale > 0)
    # the last two stages are both at the end of the step: their slopes differ in proportion to their distance
    apart = float(np.linalg.norm(moved - before))
    clear = apart > 1e-13 * float(np.linalg.norm(moved))
    decay = float(np.linalg.norm(flat[-1] - flat[-2])) / apart if clear else 0.0
    return moved, float(wrong.max(initial=0.0)), decay


def vanished(cross: np.ndarray, gram: np.ndarray, beta: np.ndarray) -> bool:
    """Tell whether the gradient gram beta - cross of a linear network is zero within rounding."""
    terms = np.abs(cross) + np.abs(gram) @ np.abs(beta)
    return bool((np.abs(cross - gram @ beta) <= 4 * np.finfo(np.float64).eps * terms).all())


def _first_step(slope: Callable[[np.ndarray], np.ndarray], y: np.ndarray, first: np.ndarray, longest: float) -> float:
    """Return a hundredth of the time in which y or its slope would change by its own size."""
    size, speed = float(np.linalg.norm(y)), float(np.linalg.norm(first))
    if not size or not speed:
        return longest
    probe = 1e-6 * size / speed
    turning = float(np.linalg.norm(slope(y + probe * first) - first)) / (probe * speed)
    return min(longest, 0.01 / max(speed / size, turning))
