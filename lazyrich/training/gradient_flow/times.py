"""Check the times at which gradient flow is recorded, before it starts.

times = checked_times([0.0, 1.0, 10.0], networks=3)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lazyrich.arrays import plain_numbers

__all__ = ["checked_times", "time_per_network"]


def checked_times(at: Any, networks: int | None) -> np.ndarray:
    """Check times and return them as a float64 array of the same shape.

    Args:
        at: Times (T,) for all networks, or (B, T) for each.
        networks: Number of networks B; None if there is no such axis.

    Raises:
        ValueError: Unless times are finite and increasing from 0 or later.
    """
    times = plain_numbers("at", at).astype(np.float64)
    shapes = "(T,)" if networks is None else f"(T,), or ({networks}, T) with a row for each network"
    if times.ndim not in (1, 2) or (times.ndim == 2 and len(times) != networks):
        raise ValueError(f"at must have shape {shapes}, got {times.shape}.")
    if not times.size or not np.isfinite(times).all() or times.min() < 0 or (np.diff(times) <= 0).any():
        raise ValueError(
            f"at must hold at least one time, finite and increasing from 0 or later, got {times.ravel()[:10].tolist()}."
        )
    return times


def time_per_network(given: Any, networks: int) -> list[float]:
    """Return a time for each network, from a number or (B,) numbers. Raise ValueError if they do not fit."""
    values = plain_numbers("time", given).astype(np.float64)
    if values.shape not in ((), (networks,)) or not np.isfinite(values).all():
        raise ValueError(
            f"time must be a finite number or {networks} of them, one for each network, got {values.tolist()!r:.60}."
        )
    return [float(value) for value in np.broadcast_to(values, (networks,))]
