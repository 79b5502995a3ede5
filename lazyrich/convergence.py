"""Decay exponent of a training loss at the end of its record, which tells whether the loss still falls.

Training that has ended need not have converged. On a logarithmic axis of time a converged loss is flat, while a power
law L ~ t^-p keeps the slope -p: p is the number of decades that the loss falls in a decade of time.

    p = decay_exponent(result.curves["time"], result.curves["train_loss"])
    still_falling(p)
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["FLAT", "decay_exponent", "still_falling"]

FLAT = 0.1
"""Decades of loss per decade of time below which a loss counts as flat: ten times as much training would lower it by
less than 21 %. A convention."""

LAST_PART = 2.0
"""The exponent is measured from the last time divided by this number to the last time. A doubling of the time covers
what as much training again would add, and averages over the ripples of descent."""

ROUNDING = 100.0
"""Assumed error of outputs, which are sums of many rounded terms, in units in the last place."""


def decay_exponent(times: Any, losses: Any, dtype: str = "float64", floor: float = 0.0) -> Any:
    """Return the exponent p of L ~ t^-p at the end of training: decades of loss per decade of time.

    It is the median slope of log L over log t of all pairs of records in the last doubling of the time (Theil and Sen),
    so that single spikes do not count. If no record lies at the beginning of that part, one is interpolated as a power
    law between its neighbours; a record of one loss a decade thus gives the slope of its last interval. For an
    exponential decay e^(-ct) the exponent is between cT/2 and cT at the last time T. Losses below the resolution of
    `dtype`, a share (100 eps)^2 of the largest of the record, are raised to that share: they are rounding, and flat.

    A flat loss need not have converged: near a saddle it is flat as well, so report the loss beside the exponent.

    Args:
        times: When losses were recorded, increasing, shape (T,) or that of losses: flow time or steps, which give the
            same exponent at a constant rate. Times of 0 and losses that are not finite are left out.
        losses: Mean squared errors, shape (..., T).
        dtype: Type of the training, "float64" or "float32".
        floor: A negligible loss, 0 or above: losses below are raised to it, so that they count as flat. The resolution
            of dtype is applied in any case.

    Returns:
        A float for losses (T,), otherwise an array (...). Positive where the loss falls, negative where it rises, nan
        if it is unknown: fewer than two losses in the last part, or the last one is not finite.

    Raises:
        ValueError: If shapes do not fit, or times do not increase from 0 or later.

    Source: docs/theory.md, section 8.
    """
    t, L = (_numbers(name, given) for name, given in (("times", times), ("losses", losses)))
    if L.ndim < 1 or t.shape not in (L.shape, L.shape[-1:]):
        raise ValueError(f"losses must have a number for each of the times, shapes (T,) or (..., T), got {L.shape} "
                         f"and times {t.shape}.")  # fmt: skip
    if not np.isfinite(t).all() or (t < 0).any() or (np.diff(t, axis=-1) <= 0).any():
        raise ValueError("times must be finite and increase from 0 or later: give each record once, in order.")
    if dtype not in ("float64", "float32"):
        raise ValueError(f'dtype must be "float64" or "float32", what the training was computed in, got {dtype!r}.')
    if not 0 <= floor < np.inf:
        raise ValueError(f"floor must be 0 or above and finite, got {floor}.")
    resolution = (ROUNDING * float(np.finfo(dtype).eps)) ** 2
    t = np.broadcast_to(t, L.shape)
    found = np.array([_of_one(t[i], L[i], resolution, floor) for i in np.ndindex(L.shape[:-1])], dtype=np.float64)
    return float(found[0]) if L.ndim == 1 else found.reshape(L.shape[:-1])


def still_falling(exponent: Any) -> Any:
    """Tell whether a loss with this decay exponent at its end still falls.

    Args:
        exponent: Result of `decay_exponent`, a number or an array (...). nan counts as not falling.

    Returns:
        True where the exponent is FLAT or above, a bool or an array (...).
    """
    return np.asarray(exponent, dtype=np.float64) >= FLAT if np.ndim(exponent) else bool(exponent >= FLAT)


def _of_one(t: np.ndarray, L: np.ndarray, resolution: float, floor: float) -> float:
    if not len(L) or not np.isfinite(L[-1]):
        return float("nan")
    good = np.isfinite(L)
    floor = max(floor, resolution * float(L[good].max()), float(np.finfo(np.float64).tiny))
    good &= t > 0
    if not good.any():
        return float("nan")
    x, y = np.log(t[good]), np.log(np.maximum(L[good], floor))
    begin = x[-1] - np.log(LAST_PART)
    # rounding must not duplicate a record at the very beginning
    part = x > begin + 1e-9
    if x[0] <= begin:
        y = np.append(np.interp(begin, x, y), y[part])
        x = np.append(begin, x[part])
    i, j = np.triu_indices(len(x), 1)
    # adding 0 makes the slope of a flat loss 0, not -0
    return float(-np.median((y[j] - y[i]) / (x[j] - x[i])) + 0.0) if len(i) else float("nan")


def _numbers(name: str, given: Any) -> np.ndarray:
    try:
        # masked values were not recorded: treat them as nan
        array = np.ma.filled(given.astype(np.float64), np.nan) if isinstance(given, np.ma.MaskedArray) else given
        array = np.asarray(array)
        if array.dtype.kind == "c":
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"{name} must be real numbers, got {str(given)[:60]}.") from None
