"""Measure how slow this machine is relative to the one on which time estimates were made (experiments.common.cost).

A short probe runs once per process: calls on small arrays, which most runs consist of, and products of matrices.

    seconds = config.work().seconds * slowness()
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

__all__ = ["probe", "relative", "slowness"]

REFERENCE: Final = 1.2e-3
"""Seconds of the probe on the machine of the estimates: two cores of Zen 4, one thread."""

ROUNDS: Final = 5
"""Repetitions, about 10 ms in all. The quickest one counts, because other load can only add time."""

CALLS, PRODUCTS, SIDE = 100, 100, 60
"""Matrix size for which numpy's library uses one thread with any setting, as threads that wait for each other on a busy
machine would count as processor time."""

SMALLEST, LARGEST = 0.1, 10.0
"""Upper bound: a larger value means that other load disturbed the probe."""


@cache
def slowness() -> float:
    """Return how many times as long a run takes here as estimated, measured at the first call in this process."""
    return relative(probe)


def relative(measure: Callable[[], float]) -> float:
    """Return the quickest of some probe times in seconds, divided by the reference and clipped to plausible values."""
    return min(LARGEST, max(SMALLEST, min(measure() for _ in range(ROUNDS)) / REFERENCE))


def probe() -> float:
    """Return the processor seconds of this thread that the probe takes."""
    small, other, matrix = np.ones((20, 50)), np.ones((20, 50)), np.ones((SIDE, SIDE))
    out, square = np.empty((20, 50)), np.empty((20, 20))
    began = time.thread_time()
    for _ in range(CALLS):
        np.multiply(small, other, out)
        np.add(out, small, out)
        np.subtract(out, other, out)
        np.maximum(out, other, out=out)
        np.greater(out, 0.5)
        np.dot(small, other.T, square)
        np.dot(out, other[0])
        np.add.reduce(out, 0)
    for _ in range(PRODUCTS):
        np.dot(matrix, matrix)
    return time.thread_time() - began
