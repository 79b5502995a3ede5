"""Define whether a run's kernel moved before its loss fell; every experiment uses this definition."""

from __future__ import annotations

from typing import Final

import numpy as np

from lazyrich.experiments.common.verdict import LAZY

__all__ = ["HELP", "moved_first"]

HALF: Final = 0.5

HELP = (
    f"A kernel moved first if it has moved (its distance is {LAZY} or more) and came half of that way before the "
    "training loss fell to a tenth of its first value."
)
"""Explanation of the count on the page."""


def moved_first(times: np.ndarray, distances: np.ndarray, tenths: np.ndarray) -> np.ndarray:
    """Return for each run whether its kernel moved first, from its recorded frames.

    In a rich run with a long plateau the kernel moves while the loss hardly falls; in a lazy run, or if both change
    together, it does not.

    Args:
        times: Increasing flow times of the frames (T,).
        distances: Kernel distances (T, S) of S runs, with the current one in the last row; nan where a run has ended.
        tenths: Times (S,) at which the training losses reached a tenth of the first; nan where they have not.

    Returns:
        Booleans (S,): the distance now is LAZY or more, and the first frame with half of it is earlier than the time to
        a tenth, or that time is not reached.
    """
    now = distances[-1]
    half = times[np.argmax(distances >= HALF * now, axis=0)]
    earlier: np.ndarray = (now >= LAZY) & ~(half >= tenths)
    return earlier
