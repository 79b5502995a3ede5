"""Measure several ways of doing the same in interleaved rounds, so that other load affects all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Way = Callable[[int], object]
"""Function that does something `count` times: way(count)."""


@dataclass(frozen=True)
class Rounds:
    """Settings of a measurement: in each of `count` rounds every way runs for about `seconds` of CPU time."""

    count: int
    seconds: float

    def measure(self, ways: Mapping[str, Way]) -> Times:
        """Return the CPU seconds of one repetition of each way, in every round."""
        counts = {name: self._how_many(way) for name, way in ways.items()}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(self.count):
            for name, way in ways.items():
                times[name].append(cpu_seconds(way, counts[name]) / counts[name])
        return Times(times)

    def _how_many(self, way: Way) -> int:
        """Return the repetitions that fit into `seconds`, after one run that is not counted."""
        way(1)
        count = 1
        while (spent := cpu_seconds(way, count)) < self.seconds / 4:
            count *= 2
        return max(1, round(count * self.seconds / spent))


@dataclass(frozen=True)
class Times:
    """CPU seconds of one repetition of each way, by round."""

    by_way: dict[str, list[float]]

    def __getitem__(self, way: str) -> float:
        return statistics.median(self.by_way[way])

    def ratio(self, slow: str, fast: str) -> float:
        """Return the time of `slow` over that of `fast`: the median over rounds of the ratio within a round."""
        return statistics.median(s / f for s, f in zip(self.by_way[slow], self.by_way[fast], strict=True))


def cpu_seconds(way: Way, count: int) -> float:
    """Return the CPU seconds of way(count)."""
    start = time.process_time()
    way(count)
    return time.process_time() - start
