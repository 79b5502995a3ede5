"""Choose the training steps at which a run records a frame, from the config alone: equal configs, equal frames."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def logarithmic(steps: int, frames: int = 400) -> list[int]:
    """Return increasing whole steps from 0 to `steps`, evenly spaced in log(step) as far as whole numbers allow.

    Args:
        steps: The last step.
        frames: Largest number of steps returned, both ends included (at least 2).

    Returns:
        The steps.
    """
    return list(_logarithmic(steps, frames))


@lru_cache(maxsize=256)  # called for every estimate of a run's cost
def _logarithmic(steps: int, frames: int) -> tuple[int, ...]:
    if steps < frames:
        return tuple(range(steps + 1))
    # Early steps coincide as whole numbers, which leaves fewer than asked: refine the grid until there are enough.
    asked = frames - 1
    while True:
        grid = np.unique(np.rint(np.geomspace(1, steps, asked)).astype(np.int64))
        wider = np.unique(np.rint(np.geomspace(1, steps, asked + 8)).astype(np.int64))
        if len(wider) > frames - 1:
            return (0, *grid.tolist())
        asked += 8
