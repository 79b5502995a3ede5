"""Numbers of a PhasePortrait: gradient flow of the students of a part, and the frames of the whole portrait.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich import metrics
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, MEASURES, PhasePortrait
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import Part, coordinates, parts
from lazyrich.experiments.phase_portrait.summary import verdict
from lazyrich.frame import Frame, RunHeader
from lazyrich.kernels import KernelDistance
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import Task, draw_task, start
from lazyrich.training import Flow

Table = dict[str, np.ndarray]

MAX_GRADIENTS = 50_000
"""Largest number of gradients for a student. The hardest of the paper's Fig. 1(b) needs 1,400; one that needs more than
the limit has no later numbers (lazyrich.training.gradient_flow.flow explains when)."""


def measured(config: PhasePortrait, part: Part) -> Table:
    """Return the rows of one part, one for each student and time, as columns (rows,).

    The columns are the two parameters of the axes, seed, at, and MEASURES in the config's dtype; nan if the flow of a
    student did not reach a time.

    Raises:
        CannotRun: If the device asked for does not exist.
    """
    device = choose(config)
    x, y = config.x_values, config.y_values
    settings = [config.settings_at(x[i], y[j]) for i, j in part.cells]
    shared = settings[0]
    task, directions, signs = draw_task(
        part.seed,
        dimension=shared["dimension"],
        width=shared["width"],
        samples=shared["samples"],
        test_samples=config.test_samples,
        teacher_width=shared["teacher_width"],
        leak=shared["leak"],
        symmetrised=config.symmetrised,
        dtype=getattr(torch, config.dtype),
    )
    tau, delta = (
        torch.tensor([setting[name] for setting in settings], dtype=torch.float64, device="cpu")
        for name in ("tau", "delta")
    )
    W, a = start(directions, signs, tau, delta)
    task, W, a = task.to(device), W.to(device), a.to(device)
    times = torch.tensor(config.at, dtype=torch.float64, device="cpu") * (AUTHORS_RATE / tau**2)[:, None]
    rules = {name: shared[name] for name in ("eta_a", "eta_w", "leak")}
    numbers = np.full((len(settings), len(config.at), len(MEASURES)), np.nan)
    for student, Ws, readouts in _followed(task, W, a, times, rules):
        with torch.inference_mode():
            numbers[student, : len(Ws)] = _numbers(task, (W[student], a[student]), Ws, readouts, rules)
    of_each = numbers.reshape(-1, len(MEASURES)).astype(config.dtype)
    return coordinates(config, part) | {name: of_each[:, column].copy() for column, name in enumerate(MEASURES)}


def _followed(
    task: Task, W: Tensor, a: Tensor, times: Tensor, rules: dict[str, Any]
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Yield (student, W (T', m, d), a (T', m)) at the times that its flow reached; T' = T if it reached all.

    Students that reached none are left out.
    """
    run = Flow(task.X, task.y, W, a, most_gradients=MAX_GRADIENTS, **rules)
    found = run.record(times, skip_stuck=True)
    for student in range(len(W)):
        # the loss is nan for times that a student did not reach
        there = int(torch.isfinite(found.loss[:, student]).sum())
        if there:
            yield student, found.W[:there, student], found.a[:there, student]


def _numbers(
    task: Task, begin: tuple[Tensor, Tensor], Ws: Tensor, readouts: Tensor, rules: dict[str, Any]
) -> list[list[float]]:
    """Return MEASURES of one student at each of its times."""
    moved = KernelDistance(task.X, *begin, **rules)

    def loss(X: Tensor, y: Tensor, W: Tensor, a: Tensor) -> float:
        return float((two_layer(X, W, a, rules["leak"]) - y).square().mean())

    return [
        [
            loss(task.X, task.y, W, a),
            loss(task.X_test, task.y_test, W, a),
            moved(W, a),
            float(metrics.activation_flips(task.X, begin[0], W)),
            float(metrics.parameter_distance(begin, (W, a))),
        ]
        for W, a in zip(Ws, readouts, strict=True)
    ]


def choose(config: PhasePortrait) -> torch.device:
    """Return the device of a portrait.

    Raises:
        CannotRun: If it does not exist.
    """
    return devices.choose(config.device, 0.0)


@devices.guarded
def frames(config: PhasePortrait, done: Sequence[Mapping[str, np.ndarray]] = ()) -> Iterator[Frame]:
    """Yield frames as PhasePortrait.frames; without the first ones, whose tables `done` holds in the order of parts."""
    so_far = Maps(config)
    for table in done:
        so_far.add(table)
    if not done:
        yield _first_frame(config, so_far)
    for part in parts(config)[max(0, len(done) - 1) :]:
        table = measured(config, part)
        so_far.add(table)
        yield _frame(config, part.number + 1, so_far, table, None)


def _first_frame(config: PhasePortrait, so_far: Maps) -> Frame:
    header = RunHeader(
        arrays={},
        chart_data={
            "x": plain(config.x_values, 9),
            "y": plain(config.y_values, 9),
            "at": list(config.at),
            "x_name": config.x,
            "y_name": config.y,
            "x_title": AXES[config.x].symbol,
            "y_title": AXES[config.y].symbol,
            "x_log": AXES[config.x].logarithmic,
            "y_log": AXES[config.y].logarithmic,
            "students": config.students,
            "goes_on": True,
            "counts": {"column": "students", "of": config.students, "name": "students"},
        },
        environment=devices.environment(choose(config), config.dtype),
    )
    nothing = {name: np.empty(0, kind) for name, kind in column_types(config).items()}
    return _frame(config, 0, so_far, nothing, header)


def column_types(config: PhasePortrait) -> dict[str, Any]:
    """Return the dtypes of the table's columns, in their order."""
    axes = {name: values.dtype for name, values in ((config.x, config.x_values), (config.y, config.y_values))}
    return (
        axes | {"seed": np.dtype(np.int64), "at": np.dtype(np.int64)} | dict.fromkeys(MEASURES, np.dtype(config.dtype))
    )


def _frame(config: PhasePortrait, step: int, so_far: Maps, table: Table, header: RunHeader | None) -> Frame:
    mean = so_far.mean
    maps = dict(mean)
    if config.seeds > 1:
        for end, of_each in (("low", so_far.low), ("high", so_far.high)):
            maps |= {f"{name}_{end}": of_each[name] for name in MEASURES}
    last = mean["kernel_distance"][-1]
    return Frame(
        step=step,
        time=float(step),
        metrics={
            "students": float(so_far.students),
            "share": so_far.students / config.students,
            "largest_kernel_distance": float(np.nanmax(last, initial=0.0)),
        },
        arrays={},
        chart_data={name: values.astype(np.float32) for name, values in maps.items()},
        verdict=verdict(config, so_far.students, mean),
        header=header,
        table=table,
        done=so_far.students / config.students,
    )
