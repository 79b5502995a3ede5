"""Item 8: whole runs of the playground, by the engine for a small network and by the one for many students."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.rounds import Rounds, Way
from benchmarks.table import Row
from lazyrich import StudentTeacher
from lazyrich.experiments.student_teacher.config import PRESETS
from lazyrich.training import small_network

NEEDED = 5.0
"""Required speed relative to the engine for many students, which ends a step and measures at each frame."""


def rows(rounds: Rounds) -> Iterator[Row]:
    runs = {"default, by flow": StudentTeacher(method="flow")}
    runs |= {preset.name: preset.config for preset in PRESETS[:4]}
    for name, config in runs.items():
        config = config.changed(twin=False)
        ways = {"small": _runs(config), "many": _runs(config, engine="many")}
        times = rounds.measure(ways)
        yield Row("8", f"a whole run, {name}: over the engine for many students", times.ratio("many", "small"), NEEDED)
        yield Row("", f"milliseconds of that run, {len(config.schedule)} frames", times["small"] * 1e3)


def _runs(config: StudentTeacher, engine: str = "small") -> Way:
    def way(count: int) -> None:
        with _engine(engine):
            for _ in range(count):
                for _frame in config.frames():
                    pass

    return way


@contextmanager
def _engine(engine: str) -> Iterator[None]:
    """Treat no network as small, so that the engine for many students is used."""
    most = small_network.MAX_PRODUCTS
    if engine == "many":
        small_network.MAX_PRODUCTS = 0
    try:
        yield
    finally:
        small_network.MAX_PRODUCTS = most
