"""The frames of a StudentTeacher of several seeds: the students side by side, each with its own task and start.

A seed's numbers are those of a run of its own. A seed that diverges, or whose flow comes no further, leaves and is
named; the others go on. Pictures and weights are those of the first seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.ending import of_losses
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.time_to_tenth import TimeToTenth
from lazyrich.experiments.student_teacher.charts import DRAWN, SHOWN
from lazyrich.experiments.student_teacher.config import LOSSES, StudentTeacher
from lazyrich.experiments.student_teacher.ensemble import summary
from lazyrich.experiments.student_teacher.ensemble.measure import measure_of
from lazyrich.experiments.student_teacher.ensemble.training import Training
from lazyrich.experiments.student_teacher.frames import diverged, no_further, to_numpy
from lazyrich.experiments.student_teacher.kernel_reading import KernelReading
from lazyrich.experiments.student_teacher.learned_function import LearnedFunction
from lazyrich.experiments.student_teacher.measure import has_exploded, parts_of_verdict
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.experiments.student_teacher.twin import TwinOfRun
from lazyrich.experiments.student_teacher.twin_remark import twin_remark
from lazyrich.experiments.student_teacher.user_arrays import check_dimensions, check_twin, own_start, own_task
from lazyrich.frame import CannotRun, Diverged, Frame, RunHeader
from lazyrich.moment import TIME_PER_STEP
from lazyrich.tasks.student_teacher import Task, draw


def frames(config: StudentTeacher, task: Any = None, start: Any = None) -> Iterator[Frame]:
    """See StudentTeacher.frames. With data of the caller's own, seeds draw starts alone; with a start, tasks alone."""
    dtype = getattr(torch, config.dtype)
    data = None if task is None else own_task(task, dtype)
    weights = None if start is None else own_start(start, dtype)
    check_dimensions(config, data, weights)
    check_twin(config, data, weights)
    if data is not None and weights is not None:
        raise ValueError(
            "seeds must be 1 with a task and a start of your own, of which nothing is left to draw, "
            f"got {config.seeds}: leave one of them out, or set seeds=1."
        )
    return _frames(config, data, weights)


@devices.guarded
def _frames(config: StudentTeacher, data: Task | None, weights: tuple[Tensor, Tensor] | None) -> Iterator[Frame]:
    seeds = Seeds(config, data, weights)
    header: RunHeader | None = RunHeader(
        arrays=seeds.tasks[0].arrays(),
        chart_data={
            **seeds.plane.header(seeds.tasks[0], seeds.W0[0], seeds.a0[0]),
            **(seeds.twins[0].header() if seeds.twins else {}),
            "function": seeds.learned.header(),
            **(seeds.readings[0].header() if seeds.readings else {}),
            TIME_PER_STEP: config.step_size,
        },
        environment=devices.environment(seeds.device, config.dtype),
        spread=DRAWN,
    )
    schedule = config.schedule
    for index in range(len(schedule)):
        frame = seeds.frame(index)
        yield replace(frame, header=header, done=None if config.until == "steps" else index / (len(schedule) - 1))
        header = None
        if not seeds.in_training:
            return


class Seeds:
    """The students of a run, from frame to frame.

    Arrays of numbers are (S,) over all seeds; those of a seed that has left stay as they were.
    """

    def __init__(self, config: StudentTeacher, data: Task | None, weights: tuple[Tensor, Tensor] | None):
        self.config, self.names = config, list(range(config.seed, config.seed + config.seeds))
        drawn = [_drawn(config.changed(seed=seed, seeds=1), data, weights) for seed in self.names]
        (n, d), m = drawn[0][0].X.shape, len(drawn[0][2])
        # as for a single seed, so that each gets the same numbers as alone
        self.device = devices.choose(config.device, 4.0 * n * d * m)
        self.tasks = _on_device([task for task, _, _ in drawn], self.device)
        self.W0, self.a0 = (torch.stack(part).to(self.device) for part in list(zip(*drawn, strict=True))[1:])
        self.plane = Plane(self.tasks[0])
        self.twins = [
            TwinOfRun(config, *given, self.plane)
            for given in zip(self.tasks, self.W0, self.a0, strict=True)
            if config.twin
        ]
        twin = self.twins[0] if self.twins else None
        self.learned = LearnedFunction(self.tasks[0], self.plane, config.leak, m, twin)
        self.readings = [
            KernelReading(config, *given)
            for given in zip(self.tasks, self.W0, self.a0, strict=True)
            if config.read_kernel
        ]
        self.in_training = list(range(config.seeds))
        """Places of the seeds that go on."""
        self.failed: dict[int, CannotRun] = {}
        """Place of a seed -> why it came no further."""
        self._training = Training(config, self.tasks, self.W0, self.a0)
        self._measure = measure_of(config, self.tasks, self.W0, self.a0)
        self._tenth = [TimeToTenth() for _ in self.names]
        self._calm = self.W0.clone(), self.a0.clone()
        self._first = self.W0[0], self.a0[0]
        # losses of an output of 0, by seed
        self._nothing = [(_mean_square(task.y), _mean_square(task.y_test)) for task in self.tasks]
        self._now: dict[str, np.ndarray] = {}
        self._record = {name: np.full((len(config.schedule), config.seeds), np.nan) for name in LOSSES}

    def frame(self, index: int) -> Frame:
        """Train to a frame of the schedule and measure. Raises CannotRun when no seed is left."""
        step = self.config.schedule[index]
        lost = self._advance(index, step)
        going, numbers = self.in_training, self._now
        if not going and len(self.failed) == len(self.names):
            raise self._all_failed()
        rows = {
            "seed": np.array([self.names[k] for k in going], dtype=np.int64),
            "step": np.full(len(going), step, dtype=np.int64),
            "time": np.full(len(going), step * self.config.step_size),
            **{name: column[going] for name, column in numbers.items()},
        }
        if self.config.until == "flat":
            self._leave([place for place, k in enumerate(going) if self._settled(index, k)])
        counted = [k for k in range(len(self.names)) if k not in self.failed]
        return Frame(
            step=step,
            time=step * self.config.step_size,
            metrics={name: summary.median(name, column[counted]) for name, column in numbers.items()}
            | {"failed": float(len(self.failed))},
            arrays={"W": to_numpy(self._first[0]), "a": to_numpy(self._first[1])},
            chart_data={"plane": self.plane.neurons(*self._first), "sign": self.plane.signs(self._first[1])}
            | {name: self._drawn(name, counted) for name in DRAWN}
            | self.learned.arrays(index, *self._first)
            | (self.twins[0].arrays(index) if self.twins else {})
            | (self.readings[0].arrays() if self.readings else {}),
            verdict=self._verdict(step, counted),
            remark=self._remark(step, counted),
            table=rows,
            failed={self.names[k]: str(self.failed[k]) for k in lost},
        )

    def _advance(self, index: int, step: int) -> list[int]:
        """Train and measure; returns the seeds that have failed since the frame before."""
        moment = self._training.to(index)
        found = self._measure(moment.W, moment.a)
        lost = []
        for place, k in enumerate(self.in_training):
            row = {name: float(column[place]) for name, column in found.items()}
            first = row["train_loss"] if index == 0 else self._record["train_loss"][0, k]
            if place in moment.stuck:
                self.failed[k] = no_further(self.config, step)
            elif has_exploded(row, first):
                self.failed[k] = diverged(self.config, self.tasks[k], step, (self._calm[0][k], self._calm[1][k]))
            else:
                row["time_to_tenth"] = self._tenth[k](step * self.config.step_size, row["train_loss"])
                if self.twins:
                    row |= self.twins[k].numbers(index, self._measure.test_outputs[place])
                if self.readings:
                    row |= self.readings[k].numbers(moment.W[place], moment.a[place])
                self._take(index, k, row, first, (moment.W[place], moment.a[place]))
                continue
            lost.append(place)
        gone = [self.in_training[place] for place in lost]
        self._leave(lost)
        return gone

    def _take(self, index: int, k: int, row: dict[str, float], first: float, weights: tuple[Tensor, Tensor]) -> None:
        """Note the numbers of a seed that goes on, and weights that may be asked for later."""
        for name, value in row.items():
            self._now.setdefault(name, np.full(len(self.names), np.nan))[k] = value
        for name, losses in self._record.items():
            losses[index, k] = row[name]
        if self.config.method == "descent" and row["train_loss"] <= 2 * first:
            for calm, now in zip(self._calm, weights, strict=True):
                calm[k].copy_(now)
        if k == 0:
            self._first = weights

    def _leave(self, places: Sequence[int]) -> None:
        if not places:
            return
        stay = [place for place in range(len(self.in_training)) if place not in set(places)]
        self.in_training = [self.in_training[place] for place in stay]
        self._training.leave(places)
        if stay:
            self._measure.keep(stay)

    def _settled(self, index: int, k: int) -> bool:
        """Return whether a run of this seed alone would end here."""
        times = np.array(self.config.schedule[: index + 1]) * self.config.step_size
        losses = {told: self._record[name][: index + 1, k] for name, told in LOSSES.items()}
        nothing = self._nothing[k][0]
        scale = nothing if nothing > 0 else max(float(losses["training loss"][0]), 1e-300)
        return of_losses(times, losses, scale, self.config.dtype).settled

    def _verdict(self, step: int, counted: Sequence[int]) -> str:
        parts = []
        for k in counted if step else ():
            numbers = {name: float(column[k]) for name, column in self._now.items()}
            parts.append(parts_of_verdict(numbers, self._record["train_loss"][0, k], *self._nothing[k]))
        return summary.verdict(parts, len(self.names), len(self.failed))

    def _remark(self, step: int, counted: Sequence[int]) -> str:
        names = ("test_loss", "twin_test_loss", "twin_gap")
        if not self.twins:
            return ""
        if step == 0 or not len(self.tasks[0].y_test):
            return twin_remark(step, {name: float(self._now[name][0]) for name in names})
        return summary.remark({name: self._now[name][counted] for name in names}, len(self.names))

    def _drawn(self, name: str, counted: Sequence[int]) -> np.ndarray:
        """Rows (median, low, high): of all seeds of a column, then of each of the first few, nan once it has failed."""
        column = self._now[name]
        singles = [column[k] if k in counted else np.nan for k in range(min(SHOWN, len(column)))]
        rows = [summary.spread(name, column[counted]), *np.repeat(singles, 3).reshape(-1, 3)]
        return np.array(rows, dtype=np.float32)

    def _all_failed(self) -> CannotRun:
        """Return the sentence for a run of which no seed is left, and the most careful of the remedies."""
        last = max(self.failed)
        error = self.failed[last]
        message = f"All {len(self.names)} seeds ended early. Seed {self.names[last]}: {error}"
        if isinstance(error, Diverged):
            rates = [one.remedy["learning_rate"] for one in self.failed.values() if "learning_rate" in one.remedy]
            return Diverged(message, error.step, {"learning_rate": min(rates)})
        return CannotRun(message, error.remedy)


def _drawn(
    config: StudentTeacher, data: Task | None, weights: tuple[Tensor, Tensor] | None
) -> tuple[Task, Tensor, Tensor]:
    task, start = draw(config, getattr(torch, config.dtype))
    return data or task, *(weights or start)


def _on_device(tasks: Sequence[Task], device: torch.device) -> list[Task]:
    """The tasks on the device. What they share is held once: all of it, or the test inputs, which no seed draws."""
    first = tasks[0].to(device)
    if all(task is tasks[0] for task in tasks):
        return [first] * len(tasks)
    return [first, *(replace(task.to(device), X_test=first.X_test) for task in tasks[1:])]


def _mean_square(y: Tensor) -> float:
    return float(y.square().mean()) if len(y) else 0.0
