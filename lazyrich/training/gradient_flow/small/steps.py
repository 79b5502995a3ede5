"""The arithmetic of a step of second order with dense output, for small students alone or in a stack.

Arrays are those of one student, or have leading axes over several: the numbers of each are the same to the last bit.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np

from lazyrich.training.gradient_flow.rkc import second_order

__all__ = ["cut", "interpolated", "norm", "norms", "stage_coefficients", "step_error"]

ORDER: Final = 2

TOLERANCE_DIVISOR: Final = 4.0
"""Divisor of the tolerance. Steps that end at every frame, as those of a BatchedSolver do, are shorter than
the tolerance demands; those of dense output are not. With this divisor the plane of the playground's students is within
one percent in 114 of 120 problems (tau 0.1 to 2, delta -1 to 1, six seeds; the others take another branch where
neurons part), with half of it in 113, at a tenth less cost."""

BEFORE, BEFORE_SLOPE, END, END_SLOPE, START, FIRST, LAST, EVEN, ODD = range(9)
"""Rows kept of a student, each (d + 1, m). Of the last accepted step: the weights and slopes at its start and at its
end, which dense output is made of. Of the current step: the weights and the slope at its start, where slopes may have
jumped; the slope at the last stage, and the last two differences from the start, which change places at every stage."""

KEPT: Final = slice(BEFORE, END_SLOPE + 1)
COMBINED: Final = slice(FIRST, ODD + 1)


ERROR: Final = second_order(2).error
"""Coefficients of the error estimate, the same for any number of stages."""


@cache
def stage_coefficients(stages: int, dtype: Any) -> np.ndarray:
    """Return (stages, 4): each stage's coefficients of the rows COMBINED, before slopes are multiplied by the step."""
    found = np.zeros((stages, ODD + 1), dtype)
    for stage, (mu, nu, k, first) in enumerate(second_order(stages).rows):
        late, early = (ODD, EVEN) if stage % 2 == 0 else (EVEN, ODD)
        found[stage, [FIRST, LAST, late, early]] = first, k, mu, nu
    return found[:, COMBINED]


def step_error(
    move: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    now: np.ndarray,
    length: Any,
    error: np.ndarray,
    part: np.ndarray,
) -> np.ndarray:
    """Estimate the error of a step.

    Args:
        move: Difference that the step makes (..., d + 1, m).
        first: Slope at its start.
        last: Slope at its end.
        now: Weights at its end.
        length: Of the step, a number or (..., 1, 1), in float64.
        error: Where to write the error, of the shape of move.
        part: Room of the same shape.

    Returns:
        The error of the linear map sum_i a_i w_i, neuron by neuron (..., d, m), in `part`.
    """
    of_step, *of_slopes = ERROR
    np.multiply(move, of_step, error)
    for slope, coefficient in zip((first, last), of_slopes, strict=True):
        np.multiply(slope, np.asarray(coefficient * length, move.dtype), part)
        np.add(error, part, error)
    by_map = part[..., :-1, :]
    np.multiply(error[..., :-1, :], now[..., -1:, :], by_map)
    by_map += now[..., :-1, :] * error[..., -1:, :]
    return by_map


def interpolated(kept: np.ndarray, lengths: Any, behind: np.ndarray) -> np.ndarray:
    """Return the weights within accepted steps: the cubic Hermite polynomials through their ends.

    Args:
        kept: Rows KEPT of the step, (4, d + 1, m) or (k, 4, d + 1, m).
        lengths: Of the steps, a number or (k,).
        behind: Times by which to go back from the end of the step, (k,).

    Returns:
        Weights (k, d + 1, m).
    """
    before, slope, end, last = (kept[..., row, :, :] for row in range(4))
    dtype = kept.dtype
    # at the end of the step where a student is at rest
    s = np.minimum(1 - behind / lengths, 1.0)[:, None, None].astype(dtype)
    h = np.asarray(lengths, dtype)[..., None, None]
    r = 1 - s
    # from the end, so that what does not move stays as it is to the last bit
    found: np.ndarray = end + (r * r * (1 + 2 * s)) * (before - end) + (h * s * r * r) * slope - (h * s * s * r) * last
    return found


def cut(kept: np.ndarray, length: float, share: float) -> None:
    """End an accepted step earlier: change the rows KEPT (4, d + 1, m) to those of this share of it."""
    before, slope, end, last = kept
    r = 1 - share
    steepest = (6 * share * r / length) * (end - before)
    at = interpolated(kept, length, np.array([r * length]))[0]
    last[:] = steepest + (r * (1 - 3 * share)) * slope - (share * (2 - 3 * share)) * last
    end[:] = at


def norm(array: np.ndarray) -> float:
    """Return the Euclidean norm of all entries."""
    flat = array.reshape(-1)
    return float(flat.dot(flat)) ** 0.5


def norms(arrays: np.ndarray) -> list[float]:
    """Return the Euclidean norm of each of several arrays (k, ...)."""
    flat = arrays.reshape(len(arrays), -1)
    return [square**0.5 for square in np.vecdot(flat, flat).tolist()]
