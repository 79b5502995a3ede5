"""Item 2: the live playground's student (m = 50, d = 2), one or four at a time."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.rounds import Rounds
from benchmarks.table import Row
from benchmarks.workloads import peers
from benchmarks.workloads.problems import students
from lazyrich.training import Descent

NEEDED = {(20, 1): 18.0, (200, 1): 11.0, (20, 4): 30.0, (200, 4): 18.0}
"""(inputs, students at once) -> required speed relative to nn.Module + SGD, in torch's default precision."""


def rows(rounds: Rounds) -> Iterator[Row]:
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        for n in (20, 200):
            X, y, W, a = students(2, n, 4, dtype)
            times = rounds.measure(
                {
                    "module": peers.module_with_sgd(X, y, W[0], a[0]),
                    "1": Descent(X, y, W[0], a[0], peers.TINY).advance,
                    "4": Descent(X, y, W, a, peers.TINY).advance,
                }
            )
            for count in (1, 4):
                what = f"{count} student{'s' * (count > 1)} of {n} inputs, {name}, over nn.Module + SGD"
                needed = NEEDED[n, count] if dtype == torch.float32 else None
                yield Row("2", what, count * times.ratio("module", str(count)), needed)
            yield Row("", f"microseconds a step, 1 student of {n} inputs, {name}", times["1"] * 1e6)
