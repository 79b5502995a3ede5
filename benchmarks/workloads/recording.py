"""Item 3: share of the bare training rate that remains when 30 frames a second are recorded with loss, weights and
exact kernel distance."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.rounds import Rounds
from benchmarks.table import Row
from benchmarks.workloads import peers
from benchmarks.workloads.problems import students
from lazyrich.kernels import KernelDistance
from lazyrich.training import Descent

FRAMES_A_SECOND = 30


def rows(rounds: Rounds) -> Iterator[Row]:
    for d, n, dtype in ((2, 20, torch.float64), (2, 200, torch.float64), (100, 1000, torch.float32)):
        X, y, W, a = students(d, n, 1, dtype)
        bare, recorded = (Descent(X, y, W[0], a[0], peers.TINY) for _ in range(2))
        distance = KernelDistance(X, W[0], a[0])
        step = rounds.measure({"step": bare.advance})["step"]
        between = max(1, round(1 / FRAMES_A_SECOND / step))

        def stretches(count: int, run: Descent = bare, between: int = between) -> None:
            for _ in range(count):
                run.advance(between)

        def stretches_with_frames(
            count: int, run: Descent = recorded, between: int = between, distance: KernelDistance = distance
        ) -> None:
            for _ in range(count):
                run.advance(between)
                weights, readout = run.W, run.a
                distance(weights, readout)
                run.loss()

        times = rounds.measure({"bare": stretches, "recorded": stretches_with_frames})
        # an interval lasts 1/30 s, so the relative cost of a frame in it is the share of each second
        share = 2 - times.ratio("recorded", "bare")
        name = str(dtype).removeprefix("torch.")
        yield Row("3", f"1 student of {n} inputs, {name}: share of the rate with 30 frames/s", share, 0.85)
