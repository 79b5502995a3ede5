"""Previews: the picture of a run at a few of its steps, computed at once while a control moves.

A setting that `parameter(..., preview=True)` marks may be changed for a preview. What stays as it is decides which
picture it is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from lazyrich.frame import Frame

__all__ = ["PreviewCost", "at_steps", "evenly_in_log"]


class PreviewCost(NamedTuple):
    """Seconds of a preview on one core of an ordinary machine.

    frame: for each frame that is shown. training: for all steps between frames. numbers: how many a frame sends to its
    viewers.
    """

    before_first_frame: float
    frame: float
    training: float
    numbers: int = 0

    def seconds(self, frames: int) -> float:
        """Return the seconds of a whole preview with so many frames."""
        return self.before_first_frame + frames * self.frame + self.training


def evenly_in_log(schedule: Sequence[int], frames: int) -> list[int]:
    """Choose steps that are spread evenly in log(step).

    Evenly in the place in the schedule would leave out the first steps, which are whole numbers and close together
    there.

    Args:
        schedule: Increasing steps from 0.
        frames: How many to choose at most, at least 2.

    Returns:
        Steps of the schedule, the first and the last among them.
    """
    if len(schedule) <= frames:
        return list(schedule)
    low, high = math.log(schedule[1]), math.log(schedule[-1])
    chosen = {schedule[0], schedule[-1]}
    for place in range(frames - 1):
        wanted = math.exp(low + (high - low) * place / (frames - 2 or 1))
        after = min(bisect_left(schedule, wanted), len(schedule) - 1)
        before = max(after - 1, 1)
        nearer = before if wanted / schedule[before] < schedule[after] / wanted else after
        chosen.add(schedule[nearer])
    return sorted(chosen)


def at_steps(frames: Iterable[Frame], steps: Collection[int]) -> Iterator[Frame]:
    """Yield the frames at some steps and the last one, wherever the run ends.

    Args:
        frames: Of a run, in order.
        steps: Of its schedule.
    """
    left_out = None
    for frame in frames:
        left_out = None if frame.step in steps else frame
        if left_out is None:
            yield frame
    if left_out is not None:
        yield left_out
