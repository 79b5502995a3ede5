"""Chunks of frames that are computed together, so that measuring takes a few calls for all and not for each.

Fixed by the settings: equal settings give equal numbers, however fast the machine is. Frames come when their chunk is
done, so chunks begin with one frame, and none takes much longer than a screen shows a picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lazyrich.experiments.common.cost import GIGAFLOPS, OVERHEAD_SECONDS

__all__ = ["MAX_FRAMES", "chunks"]

MAX_FRAMES: Final = 32
"""Frames together at most: a quarter of a second of playing."""

MAX_SECONDS: Final = 0.05
"""Largest time of descent between the first and the last frame of a chunk, on an ordinary core."""


def chunks(schedule: list[int], products: int, descent: bool, most: int) -> Iterator[list[int]]:
    """Part a schedule of steps.

    Args:
        schedule: Increasing steps.
        products: Multiplications of the first layer on all inputs, m n d.
        descent: Whether every step is computed, rather than a flow that chooses its own.
        most: Steps together at most; 1 for networks whose frames are computed one by one.

    Returns:
        The same steps in parts: of 1, 2, 4 ... most steps, fewer where descent would take longer than MAX_SECONDS.
    """
    seconds = OVERHEAD_SECONDS + 4.0 * products / (GIGAFLOPS["float64"] * 1e9) if descent else 0.0
    first, size = 0, 1
    while first < len(schedule):
        end = first + 1
        while end < min(first + size, len(schedule)) and (schedule[end] - schedule[first]) * seconds <= MAX_SECONDS:
            end += 1
        yield schedule[first:end]
        first, size = end, min(2 * size, most)
