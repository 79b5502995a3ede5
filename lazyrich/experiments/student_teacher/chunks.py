"""Chunks of frames that are computed together, so that a chunk needs as few calls of measurement as a single frame.

Chunks depend on the settings alone, so that equal settings give equal numbers on any machine. Frames appear when their
chunk is done, so the first chunk has one frame, and none takes much longer than one refresh of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lazyrich.experiments.common.cost import GIGAFLOPS, OVERHEAD_SECONDS

__all__ = ["MAX_FRAMES", "chunks"]

MAX_FRAMES: Final = 32
"""Largest number of frames of a chunk: a quarter of a second of playing."""

MAX_SECONDS: Final = 0.05
"""Largest time of descent between the first and the last frame of a chunk, on an ordinary core."""


def chunks(schedule: list[int], products: int, descent: bool, most: int) -> Iterator[list[int]]:
    """Split a schedule of steps into chunks.

    Args:
        schedule: Increasing steps.
        products: Multiplications of the first layer on all inputs, m n d.
        descent: Whether every step is computed; flow chooses its own steps.
        most: Largest number of steps in a chunk; 1 for networks whose frames are computed one by one.

    Yields:
        The steps in chunks of 1, 2, 4 ... most; fewer if descent would take longer than MAX_SECONDS.
    """
    seconds = OVERHEAD_SECONDS + 4.0 * products / (GIGAFLOPS["float64"] * 1e9) if descent else 0.0
    first, size = 0, 1
    while first < len(schedule):
        end = first + 1
        while end < min(first + size, len(schedule)) and (schedule[end] - schedule[first]) * seconds <= MAX_SECONDS:
            end += 1
        yield schedule[first:end]
        first, size = end, min(2 * size, most)
