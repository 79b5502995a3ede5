"""Exact curves of the single neuron and the wide network, as the pages redraw them when a control moves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.rounds import Rounds, Way
from benchmarks.table import Row
from lazyrich import theory

TIMES = 1000


def rows(rounds: Rounds) -> Iterator[Row]:
    t = np.geomspace(1e-3, 1e3, TIMES)
    for d in (2, 100):
        rng = np.random.default_rng(d)
        w0, beta = rng.normal(size=(2, d)) / d**0.5

        def curve(count: int, w0: np.ndarray = w0, beta: np.ndarray = beta) -> None:
            for _ in range(count):
                theory.single_neuron(t, 0.3, w0, beta, 0.5, 2.0)

        def distance(count: int, w0: np.ndarray = w0, beta: np.ndarray = beta) -> None:
            for _ in range(count):
                theory.single_neuron_kernel_distance(t, 0.3, w0, beta, 0.5, 2.0)

        ways: dict[str, Way] = {"curve": curve, "distance": distance}
        times = rounds.measure(ways)
        what = f"at {TIMES} times in {d} dimensions, milliseconds"
        yield Row("exact", f"exact weights {what}", times["curve"] * 1e3, 1.0, at_most=True)
        yield Row("exact", f"exact kernel distance {what}", times["distance"] * 1e3, 1.0, at_most=True)

    delta, angle = np.linspace(-3, 3, 200), np.cos(np.linspace(0, np.pi, 200))

    def portrait(count: int) -> None:
        for _ in range(count):
            theory.final_kernel_distance(0.1, angle[:, None], delta)

    yield Row("", "milliseconds a map of 200 x 200 final kernel distances", rounds.measure({"": portrait})[""] * 1e3)
    rng = np.random.default_rng(0)
    W0, A0, Y = 0.1 * rng.normal(size=(50, 5)), 0.1 * rng.normal(size=(50, 5)), rng.normal(size=(5, 5))

    def wide(count: int) -> None:
        for _ in range(count):
            theory.wide_flow(np.linspace(0, 20, 200), np.eye(5), Y, W0, A0)

    yield Row("", "milliseconds a wide network's flow, 5 inputs and outputs", rounds.measure({"": wide})[""] * 1e3)
