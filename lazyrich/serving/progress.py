"""How long a run takes: told before it starts, from its config, and while it trains, from its own pace.

pace = Progress(config)
pace.go(), pace.mark(frame, 1), pace.left
"""

from __future__ import annotations

import time
from bisect import bisect
from collections.abc import Callable
from typing import Final

from lazyrich.config.schema import Config
from lazyrich.frame import Frame
from lazyrich.serving.calibration import slowness
from lazyrich.serving.workers.scheduler import MOST

BELIEVED: Final = 0.15
"""Of the run or of the estimated time: so long the estimate counts beside what is measured, ever less."""

MIN_BELIEVED: Final = 1.0
"""Seconds of the same, at least."""

RECENT: Final = 0.3
"""Of the time since the first frame: so far back the pace is taken, as steps may become quicker or slower on the way.
"""


def estimate(config: Config) -> float:
    """Seconds that a run will take which has a core of this machine for itself; frames have a pace, too."""
    return max(_computing(config), config.expected_frames / MOST)


def _computing(config: Config) -> float:
    """Seconds that it computes here."""
    return config.work().seconds * slowness()


def about(seconds: float) -> str:
    """An estimate in words, to the digits that it has: `about 3 s`, `about 35 s`, `about 4 min`."""
    for unit, longest, step in (("s", 10, 1), ("s", 60, 5), ("min", 10 * 60, 60), ("min", 120 * 60, 5 * 60)):
        if (rounded := max(1, round(seconds / step)) * step) < longest:
            return f"about {rounded // (60 if unit == 'min' else 1)} {unit}"
    return f"about {round(seconds / 3600)} hours"


class Progress:
    """The clock of one run, and how far it had come when. The clock stands still while the run rests.

    clock: seconds, never going back.
    """

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._computing, self._frames = _computing(config), max(1, config.expected_frames)
        self._steps = getattr(config, "steps", None)
        self._estimate = estimate(config)
        self._spent = 0.0
        self._since: float | None = None
        self._marks: list[tuple[float, float]] = []
        """(seconds spent, share done) at each frame."""

    @property
    def share(self) -> float:
        """How much of the run was done at its last frame, as a share of its time: 0 to 1."""
        return self._marks[-1][1] if self._marks else 0.0

    @property
    def left(self) -> float:
        """Seconds that it still takes, if it goes on as it did lately."""
        if not self._marks:
            return max(0.0, self._estimate - self.spent)
        # what the first frame waits for, imports and drawn data, says nothing of the pace
        (first, begun), (at, share) = self._marks[0], self._marks[-1]
        then, before = self._marks[bisect(self._marks, (at - RECENT * (at - first), 1.0)) - 1]
        left = self._estimate * (1 - share)
        if share > before and at > then:
            measured = (1 - share) * (at - then) / (share - before)
            sure = max((at - first) / max(MIN_BELIEVED, BELIEVED * self._estimate), (share - begun) / BELIEVED)
            left += min(1.0, sure) * (measured - left)
        return max(0.0, left - (self.spent - at))

    @property
    def spent(self) -> float:
        """Seconds that the run has had so far."""
        return self._spent + (0.0 if self._since is None else self._clock() - self._since)

    def go(self) -> None:
        """The run begins, or goes on after a rest."""
        if self._since is None:
            self._since = self._clock()

    def halt(self) -> None:
        """The run rests, or is over."""
        self._spent, self._since = self.spent, None

    def mark(self, frame: Frame, count: int) -> None:
        """Take in a frame, the last of `count`."""
        self._marks.append((self.spent, max(self.share, self._done(frame, count))))

    def _done(self, frame: Frame, count: int) -> float:
        """Steps and frames both take time: the share of the run's time is between those of the two."""
        frames = min(1.0, count / self._frames)
        steps = frame.step / self._steps if self._steps else frames
        if frame.done is not None:
            steps = frame.done
        shown = self._frames / MOST
        return min(1.0, (self._computing * steps + shown * frames) / (self._computing + shown))
