"""Frames of a LinearOrRelu: gradient flow of every student until its loss has fallen by nine tenths.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch

from lazyrich import kernels
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.experiments.common.verdict import LAZY, regime
from lazyrich.experiments.linear_or_relu.config import STUDENTS, LinearOrRelu
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.frame import Frame, RunHeader
from lazyrich.moment import rounded
from lazyrich.tasks.student_teacher import draw
from lazyrich.training import Flow

LEARNED_LOSS_RATIO = 0.1
"""Share of the loss of an output of zero at which a student has learned."""

FIRST, STEP, LAST = 1e-3, 1.25, 1e5
"""First time at which the loss is computed, factor between two such times, and the last one."""

PLAYBACK_RATE = 6
"""Balances a second at which the page plays them."""


class Learned(NamedTuple):
    """Time at which a student has learned, and S from its start to then; nan if it has not by the last time."""

    time: float
    kernel_distance: float


@devices.guarded
def frames(config: LinearOrRelu) -> Iterator[Frame]:
    """See LinearOrRelu.frames."""
    header: RunHeader | None = RunHeader(
        arrays={},
        chart_data={
            "sweep": plain([config.deltas[0], config.deltas[-1]]),
            "position": {"column": "delta", "symbol": "δ"},
            "pace": PLAYBACK_RATE,
        },
        environment=devices.environment(torch.device("cpu"), "float64"),
    )
    seeds = [config.seed + number for number in range(config.seeds)]
    so_far: list[dict[str, float]] = []
    for index, delta in enumerate(map(float, config.deltas)):
        results = {
            student: [learn(config.student(delta, leak, seed)) for seed in seeds] for student, leak in STUDENTS.items()
        }
        numbers = {"delta": delta}
        for student, runs in results.items():
            for quantity in Learned._fields:
                numbers |= _spread(f"{quantity}_{student}", [getattr(run, quantity) for run in runs])
        so_far.append(numbers)
        yield Frame(
            step=index,
            time=float(index),
            metrics=numbers,
            arrays={},
            chart_data={},
            verdict=verdict(so_far),
            header=header,
            table=_table(delta, seeds, results),
        )
        header = None


def learn(config: StudentTeacher) -> Learned:
    """Train one student by gradient flow until it has learned."""
    task, (W, a) = draw(config, torch.float64)
    flow = Flow(task.X, task.y, W, a, leak=config.leak)
    moved = kernels.KernelDistance(task.X, W, a, leak=config.leak)
    goal = LEARNED_LOSS_RATIO * float(task.y.square().mean())
    before, now = (0.0, float(flow.loss()), 0.0), FIRST
    while now <= LAST:
        flow.to(now)
        here = (now, float(flow.loss()), float(moved(flow.W, flow.a)))
        if here[1] <= goal:
            return _between(before, here, goal)
        before, now = here, now * STEP
    return Learned(float("nan"), float("nan"))


def _between(before: tuple[float, float, float], after: tuple[float, float, float], goal: float) -> Learned:
    """Return the time and S at which the loss, its logarithm interpolated linearly, reaches the goal."""
    (t0, loss0, S0), (t1, loss1, S1) = before, after
    # a student whose loss is below the goal from the start has learned at once
    share = float(np.log(loss0 / goal) / np.log(loss0 / loss1)) if loss0 > goal else 0.0
    return Learned(t0 + share * (t1 - t0), S0 + share * (S1 - S0))


def verdict(rows: list[dict[str, float]]) -> str:
    """Return the verdict on the balances so far, or a sentence on their number."""
    delta = np.array([row["delta"] for row in rows])
    if delta[-1] < 0 or not (delta > 0).any():
        return f"δ = {rounded(delta[-1])}, from downstream to upstream"

    def at(student: str, quantity: str, index: int) -> float:
        return rows[index][f"{quantity}_{student}"]

    middle, last = int(np.abs(delta).argmin()), len(rows) - 1
    sooner = at("relu", "time", middle) / at("relu", "time", last)
    linear, relu = at("linear", "kernel_distance", last), at("relu", "kernel_distance", last)
    if not np.isfinite([sooner, linear, relu]).all():
        return "Some students have not learned by the last time: no verdict"
    start = f"At δ = {rounded(delta[-1])}"
    if relu < LAZY and linear < LAZY:
        return f"{start} both students are lazy: the kernel moved {rounded(linear, 1)} and {rounded(relu, 1)}"
    speed = f"{rounded(sooner)} times sooner" if sooner > 1 else f"{rounded(1 / sooner)} times later"
    kind, other = regime(relu).lower(), regime(linear).lower()
    return f"{start} the ReLU student is {kind} and learns {speed} than at balance; the linear one is {other}"


def _spread(name: str, values: list[float]) -> dict[str, float]:
    """Return median, lowest and highest over the seeds; nan if one of them has not learned."""
    array = np.array(values)
    return {name: float(np.median(array)), f"{name}_low": float(array.min()), f"{name}_high": float(array.max())}


def _table(delta: float, seeds: list[int], results: dict[str, list[Learned]]) -> dict[str, np.ndarray]:
    """Return a row for each student and seed."""
    runs = [(student, seed, run) for student, of in results.items() for seed, run in zip(seeds, of, strict=True)]
    return {
        "delta": np.full(len(runs), delta),
        "student": np.array([student for student, _, _ in runs]),
        "seed": np.array([seed for _, seed, _ in runs]),
        "time": np.array([run.time for _, _, run in runs]),
        "kernel_distance": np.array([run.kernel_distance for _, _, run in runs]),
    }
