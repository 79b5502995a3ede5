"""Token bucket: allow at most a number of actions in a minute, at once or spread out.

The numbers are limits of lazyrich.config.limits, such as `session_starts` for the new runs of a visitor.

starts = RateLimit(a_minute=120)
wait = starts.take()                0.0: granted; else the seconds until it would be, and nothing was taken
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimit:
    """Full at the start. Methods may be called from any thread.

    a_minute: tokens that are added in a minute. seconds: time in which an empty bucket fills, which sets how many can
    be taken at once. clock: seconds, never going back.
    """

    def __init__(self, a_minute: float, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic):
        self._rate = a_minute / 60
        self._most = max(1.0, self._rate * seconds)
        self._clock = clock
        self._left = self._most
        self._looked = clock()
        self._lock = threading.Lock()

    def take(self, much: float = 1.0) -> float:
        """Take `much` tokens and return 0.0, or return the seconds to wait. A full bucket always grants."""
        with self._lock:
            now = self._clock()
            # no negative time: resetting the clock must not empty the bucket
            self._left = min(self._most, self._left + max(0.0, now - self._looked) * self._rate)
            self._looked = now
            wanted = min(much, self._most)
            if self._left < wanted:
                return (wanted - self._left) / self._rate
            self._left -= much
            return 0.0

    def give_back(self, much: float = 1.0) -> None:
        """Put back tokens that were taken and not used."""
        with self._lock:
            self._left = min(self._most, self._left + much)
