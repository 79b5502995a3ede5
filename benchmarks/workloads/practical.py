"""Practical experiments: time of a page's first run, in units of a fixed amount of work measured beside it."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.rounds import Rounds, Way
from benchmarks.table import Row
from lazyrich.config.schema import Config
from lazyrich.experiments.deep_network.config import DeepNetwork
from lazyrich.experiments.filters.config import Filters
from lazyrich.experiments.grokking.config import Grokking
from lazyrich.experiments.hierarchy.config import Hierarchy

MAX_ROUNDS = 3
"""Rounds of a measurement: few, because a run takes seconds."""

RUNS: dict[str, tuple[Config, float]] = {
    "deep networks, four balances, digits": (DeepNetwork(), 18.0),
    "filters, three balances, gratings, 600 steps": (Filters(), 110.0),
    "grokking, four balances, p = 23, 2,000 steps": (Grokking(), 10.0),
    "hierarchy, four balances, five training-set sizes": (Hierarchy(), 10.0),
}
"""First run of each page, and its largest allowed time in units of that work."""


def rows(rounds: Rounds) -> Iterator[Row]:
    A = torch.randn(512, 512, generator=torch.Generator().manual_seed(0))
    out = torch.empty_like(A)

    def unit(count: int) -> None:
        """Do the unit of work `count` times: 100 products of 512 x 512 matrices in float32, 26.8 billion operations."""
        for _ in range(100 * count):
            torch.mm(A, A, out=out)

    few = Rounds(min(rounds.count, MAX_ROUNDS), rounds.seconds)
    for name, (config, most) in RUNS.items():

        def run(count: int, config: Config = config) -> None:
            for _ in range(count):
                for _frame in config.frames():
                    pass

        ways: dict[str, Way] = {"unit": unit, "run": run}
        times = few.measure(ways)
        what = f"{name}, over 100 products of 512 x 512 matrices"
        yield Row("", what, times.ratio("run", "unit"), most, at_most=True)
        yield Row("", f"seconds of it, estimated {config.work().seconds:.3g}", times["run"])
