"""Estimate how long a run takes: before it starts from its config, while it trains from its own speed.

pace = Progress(config, limits.run_frames)
pace.start(), pace.record(frame, 1), pace.remaining
"""

from __future__ import annotations

import time
from bisect import bisect
from collections.abc import Callable
from typing import Final

from lazyrich.config.schema import Config
from lazyrich.frame import Frame
from lazyrich.serving.calibration import slowness

ESTIMATE_SHARE: Final = 0.15
"""Share of the run, or of its estimated time, during which the estimate still counts, with falling weight."""

MIN_ESTIMATE_SECONDS: Final = 1.0
"""Lower bound of that time, in seconds."""

SPEED_WINDOW: Final = 0.3
"""Share of the time since the first frame over which speed is measured, because steps can become faster or slower.
"""


def estimate(config: Config, run_frames: float) -> float:
    """Return the seconds that a run takes when it has a core of this machine for itself.

    Args:
        config: Its settings.
        run_frames: Frames that it may have in a second.
    """
    return max(_computing(config), config.expected_frames / run_frames)


def _computing(config: Config) -> float:
    """Return the seconds that the run computes on this machine."""
    return config.work().seconds * slowness()


def about(seconds: float) -> str:
    """Write an estimate in words, to its significant digits: `about 3 s`, `about 35 s`, `about 4 min`."""
    for unit, longest, step in (("s", 10, 1), ("s", 60, 5), ("min", 10 * 60, 60), ("min", 120 * 60, 5 * 60)):
        if (rounded := max(1, round(seconds / step)) * step) < longest:
            return f"about {rounded // (60 if unit == 'min' else 1)} {unit}"
    return f"about {round(seconds / 3600)} hours"


class Progress:
    """The clock of one run, and its progress over time. The clock stands still while the run rests.

    run_frames: frames that it may have in a second. clock: seconds, never going back.
    """

    def __init__(self, config: Config, run_frames: float, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._computing, self._frames = _computing(config), max(1, config.expected_frames)
        self._steps = getattr(config, "steps", None)
        self._estimate = estimate(config, run_frames)
        self._run_frames = run_frames
        self._spent = 0.0
        self._since: float | None = None
        self._records: list[tuple[float, float]] = []
        """(seconds spent, share done) at each frame."""

    @property
    def share(self) -> float:
        """Return the share of the run's time that had passed at its last frame, 0 to 1."""
        return self._records[-1][1] if self._records else 0.0

    @property
    def remaining(self) -> float:
        """Return the seconds that the run still takes at its recent speed."""
        if not self._records:
            return max(0.0, self._estimate - self.spent)
        # ignore the wait for the first frame: imports and drawing of data are not part of the pace
        (first, begun), (at, share) = self._records[0], self._records[-1]
        then, before = self._records[bisect(self._records, (at - SPEED_WINDOW * (at - first), 1.0)) - 1]
        left = self._estimate * (1 - share)
        if share > before and at > then:
            measured = (1 - share) * (at - then) / (share - before)
            sure = max(
                (at - first) / max(MIN_ESTIMATE_SECONDS, ESTIMATE_SHARE * self._estimate),
                (share - begun) / ESTIMATE_SHARE,
            )
            left += min(1.0, sure) * (measured - left)
        return max(0.0, left - (self.spent - at))

    @property
    def spent(self) -> float:
        """Return the seconds that the run has trained so far."""
        return self._spent + (0.0 if self._since is None else self._clock() - self._since)

    def start(self) -> None:
        """Start the clock: the run begins, or goes on after a rest."""
        if self._since is None:
            self._since = self._clock()

    def pause(self) -> None:
        """Stop the clock: the run rests, or is over."""
        self._spent, self._since = self.spent, None

    def record(self, frame: Frame, count: int) -> None:
        """Record a frame, the last of `count`."""
        self._records.append((self.spent, max(self.share, self._done(frame, count))))

    def _done(self, frame: Frame, count: int) -> float:
        """Return the share of the run's time, between its share of steps and that of frames, as both take time."""
        frames = min(1.0, count / self._frames)
        steps = frame.step / self._steps if self._steps else frames
        if frame.done is not None:
            steps = frame.done
        shown = self._frames / self._run_frames
        return min(1.0, (self._computing * steps + shown * frames) / (self._computing + shown))
