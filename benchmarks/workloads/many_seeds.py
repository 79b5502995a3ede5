"""Whole runs of many seeds beside a run of one seed, including measurements."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.rounds import Rounds, Way
from benchmarks.table import Row
from lazyrich import StudentTeacher, train

SEEDS = 64

AT_MOST = 12.0
"""Largest allowed time of 64 seeds of the default, in units of a run of one seed."""

RUNS = {
    "the default": (StudentTeacher(), AT_MOST),
    "flow, balanced": (StudentTeacher(method="flow"), None),
    "flow, upstream": (StudentTeacher(method="flow", delta=1.0), None),
    "d = 10, n = 100": (StudentTeacher(dimension=10, samples=100, steps=10_000), None),
}


def whole_run(config: StudentTeacher) -> Way:
    """Train this many times from the start to the end."""

    def go(count: int) -> None:
        for _ in range(count):
            train(config)

    return go


def rows(rounds: Rounds) -> Iterator[Row]:
    """Yield the ratios. A run takes seconds, so a few rounds suffice, and fewer steps for a first look."""
    quick = rounds.seconds < 0.1
    few = Rounds(count=1 if quick else min(3, rounds.count), seconds=0.01)
    for name, (config, needed) in RUNS.items():
        one = config.changed(steps=5_000) if quick else config
        times = few.measure({"one": whole_run(one), "many": whole_run(one.changed(seeds=SEEDS))})
        what = f"{SEEDS} seeds of {name}: runs of one seed that they take"
        yield Row("seeds", what, times.ratio("many", "one"), needed, at_most=True)
