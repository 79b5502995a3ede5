"""Queue of runs that wait for a place among the active ones and for working memory, in order of arrival.

waiting = RunQueue(places=64, memory=1.2e9)
waiting.add("some run", QueuedRun(pickled, work, frames=400))
waiting.next(active)                  ("some run", its entry) if it may start beside the active ones, else None
waiting.seconds(active, workers=2)      about how long each run has to wait
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lazyrich.config.schema import Work

SMALL_SHARE: Final = 1 / 20
"""Share of all memory that a run may need at most to count as small."""

RESERVED_SHARE: Final = 1 / 10
"""Share of all memory reserved for small runs, so that they start beside large ones. While a large run waits, small
runs may use no more than this together, so that they cannot delay it for ever."""


@dataclass(frozen=True)
class QueuedRun:
    """A run before it starts: its pickled config, cost and number of frames."""

    pickled: bytes
    work: Work
    frames: int


@dataclass(frozen=True)
class RemainingWork:
    """The remaining work of an active run."""

    seconds: float
    frames: float


class RunQueue:
    """The waiting runs. The caller holds the pool's lock.

    places: largest number of active runs. memory: largest working memory of all active runs together, in bytes.
    """

    def __init__(self, places: int, memory: float):
        self.places, self.memory = places, memory
        self._queued: dict[str, QueuedRun] = {}

    def __len__(self) -> int:
        return len(self._queued)

    def __iter__(self) -> Iterator[str]:
        return iter(self._queued)

    def add(self, id: str, queued: QueuedRun, first: bool = False) -> None:
        """Add a run at the end of the queue, or at its head if it had a place and lost it."""
        self._queued = {id: queued, **self._queued} if first else {**self._queued, id: queued}

    def remove(self, id: str) -> None:
        """Remove a run from the queue; do nothing if it is not in it."""
        self._queued.pop(id, None)

    def next(self, active: Sequence[QueuedRun]) -> tuple[str, QueuedRun] | None:
        """Remove and return the next run that may start beside the active ones; None if there is none.

        A run that lacks memory delays those behind it, except small ones. A run that needs more than all memory starts
        when it is alone.
        """
        if len(active) >= self.places:
            return None
        taken = [queued.work.scratch for queued in active]
        by_small = sum(filter(self._small, taken))
        by_large = sum(taken) - by_small
        kept = RESERVED_SHARE * self.memory
        held_up = False
        for id, queued in self._queued.items():
            scratch = queued.work.scratch
            if self._small(scratch):
                fits = by_small + scratch <= (kept if held_up else self.memory - by_large)
            else:
                fits = not held_up and by_large + scratch <= self.memory - max(kept, by_small)
            if fits or not active:
                del self._queued[id]
                return id, queued
            held_up = True
        return None

    def _small(self, scratch: float) -> bool:
        return scratch <= SMALL_SHARE * self.memory

    def seconds(self, active: Iterable[RemainingWork], workers: int, pace: float) -> list[float]:
        """Estimate how long each run has to wait, in the order of the queue. pace: frames per second of an active run.

        Active runs share the workers evenly, so each does `workers` / places of a core's work and the shortest ends
        first; then the next waiting run takes its place. Memory is ignored.
        """
        share = max(1.0, self.places / max(1, workers))

        def length(seconds: float, frames: float) -> float:
            return max(seconds * share, frames / pace)

        ends = [length(run.seconds, run.frames) for run in active]
        heapq.heapify(ends)
        found = []
        for queued in self._queued.values():
            starts = heapq.heappop(ends) if len(ends) >= self.places else 0.0
            found.append(starts)
            heapq.heappush(ends, starts + length(queued.work.seconds, queued.frames))
        return found
