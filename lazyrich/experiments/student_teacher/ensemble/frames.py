"""Frames of a StudentTeacher with several seeds: students side by side, each with its own task and start.

The numbers of a seed equal those of a separate run. A seed that diverges, or whose flow cannot proceed, is removed and
named, and the others continue. Pictures and weights are those of the first seed.
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
from lazyrich.experiments.common.kernel_first import moved_first
from lazyrich.experiments.common.time_to_tenth import TimeToTenth
from lazyrich.experiments.student_teacher.charts import DRAWN, SHOWN
from lazyrich.experiments.student_teacher.chunks import chunks
from lazyrich.experiments.student_teacher.config import LOSSES, StudentTeacher
from lazyrich.experiments.student_teacher.ensemble import summary
from lazyrich.experiments.student_teacher.ensemble.function_band import FunctionBand
from lazyrich.experiments.student_teacher.ensemble.measure import measure_of
from lazyrich.experiments.student_teacher.ensemble.training import Training
from lazyrich.experiments.student_teacher.frames import diverged, gradient_limit_error, to_numpy
from lazyrich.experiments.student_teacher.kernel_reading import KernelReading
from lazyrich.experiments.student_teacher.learned_function import LearnedFunction
from lazyrich.experiments.student_teacher.measure import have_diverged, parts_of_verdict
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.experiments.student_teacher.twin import TwinOfRun
from lazyrich.experiments.student_teacher.twin_remark import twin_remark
from lazyrich.experiments.student_teacher.user_arrays import check_dimensions, check_twin, own_start, own_task
from lazyrich.frame import CannotRun, Diverged, Frame, RunHeader
from lazyrich.moment import TIME_PER_STEP
from lazyrich.tasks.student_teacher import Task, draw

RECORDED = (*LOSSES, "kernel_distance")
"""Columns whose values are kept for all frames."""


def frames(config: StudentTeacher, task: Any = None, start: Any = None) -> Iterator[Frame]:
    """Yield frames as StudentTeacher.frames.

    With the caller's own data, seeds differ in their starts alone; with the caller's own start, in their tasks alone.
    """
    dtype = getattr(torch, config.dtype)
    data = None if task is None else own_task(task, dtype)
    weights = None if start is None else own_start(start, dtype)
    check_dimensions(config, data, weights)
    check_twin(config, data, weights)
    if data is not None and weights is not None:
        raise ValueError(
            "seeds must be 1 with a task and a start of your own, of which zero_loss is left to draw, "
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
    last = len(config.schedule) - 1
    for index, frame in enumerate(seeds.frames()):
        yield replace(frame, header=header, done=None if config.until == "steps" else index / last)
        header = None


class Seeds:
    """The students of a run, from frame to frame.

    Arrays of numbers are (S,) over all seeds; those of a removed seed keep their last value.
    """

    def __init__(self, config: StudentTeacher, data: Task | None, weights: tuple[Tensor, Tensor] | None):
        self.config, self.names = config, list(range(config.seed, config.seed + config.seeds))
        drawn = [_drawn(config.changed(seed=seed, seeds=1), data, weights) for seed in self.names]
        (n, d), m = drawn[0][0].X.shape, len(drawn[0][2])
        # as for a single seed, so that each gets the same numbers as in a separate run
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
        self._band = FunctionBand(self.tasks, self.learned, config.leak) if d <= 2 else None
        self.readings = [
            KernelReading(config, *given)
            for given in zip(self.tasks, self.W0, self.a0, strict=True)
            if config.read_kernel
        ]
        self.in_training = list(range(config.seeds))
        """Places of the seeds in training."""
        self.failed: dict[int, CannotRun] = {}
        """Place of a seed -> reason of its failure."""
        self._training = Training(config, self.tasks, self.W0, self.a0)
        self._measure = measure_of(config, self.tasks, self.W0, self.a0)
        self._tenth = [TimeToTenth() for _ in self.names]
        self._last_stable = self.W0.clone(), self.a0.clone()
        self._first = self.W0[0], self.a0[0]
        # losses of an output of 0, by seed
        self._zero_losses = [(_mean_square(task.y), _mean_square(task.y_test)) for task in self.tasks]
        self._now: dict[str, np.ndarray] = {}
        self._times = np.array(config.schedule) * config.step_size
        self._record = {name: np.full((len(config.schedule), config.seeds), np.nan) for name in RECORDED}

    def frames(self) -> Iterator[Frame]:
        """Train and measure, some frames at a time.

        Raises:
            CannotRun: If no seed is left.
        """
        (n, d), (_, m) = self.tasks[0].X.shape, self.a0.shape
        config, index = self.config, 0
        products, most = len(self.names) * m * n * d, self._training.most_frames
        for steps in chunks(config.schedule, products, config.method == "descent", most):
            moments = self._training.to(steps)
            found = self._measure(moments.W, moments.a)
            begun = list(self.in_training)
            errors = self._band.errors(moments.W, moments.a, begun) if self._band else None
            for k, step in enumerate(steps):
                here = [begun.index(seed) for seed in self.in_training]
                row = {name: column[k, here] for name, column in found.items()}
                outputs = self._measure.test_outputs[k, here] if self.twins else None
                lost = self._take(index, row, moments.stuck[k, here], (moments.W[k, here], moments.a[k, here]), outputs)
                if self._band and errors is not None:
                    self._band.take(self.in_training, errors[k, [begun.index(seed) for seed in self.in_training]])
                yield self._frame(index, step, lost)
                index += 1
                if not self.in_training:
                    return
            self._leave([place for place, seed in enumerate(begun) if seed not in self.in_training])

    def _frame(self, index: int, step: int, lost: Sequence[int]) -> Frame:
        going, numbers = list(self.in_training), self._now
        if not going and len(self.failed) == len(self.names):
            raise self._all_failed()
        rows = {
            "seed": np.array([self.names[k] for k in going], dtype=np.int64),
            "step": np.full(len(going), step, dtype=np.int64),
            "time": np.full(len(going), step * self.config.step_size),
            **{name: column[going] for name, column in numbers.items()},
        }
        if self.config.until == "flat":
            self.in_training = [k for k in going if not self._settled(index, k)]
        counted = [k for k in range(len(self.names)) if k not in self.failed]
        return Frame(
            step=step,
            time=step * self.config.step_size,
            metrics=summary.medians({name: column[counted] for name, column in numbers.items()})
            | {"failed": float(len(self.failed))},
            arrays={"W": to_numpy(self._first[0]), "a": to_numpy(self._first[1])},
            chart_data={"plane": self.plane.neurons(*self._first), "sign": self.plane.signs(self._first[1])}
            | {name: self._drawn(name, counted) for name in DRAWN}
            | self.learned.arrays(index, *self._first)
            | (self._band.arrays(counted) if self._band else {})
            | (self.twins[0].arrays(index) if self.twins else {})
            | (self.readings[0].arrays() if self.readings else {}),
            verdict=self._verdict(index, counted),
            remark=self._remark(step, counted),
            table=rows,
            failed={self.names[k]: str(self.failed[k]) for k in lost},
        )

    def _take(
        self,
        index: int,
        row: dict[str, np.ndarray],
        stuck: np.ndarray,
        weights: tuple[Tensor, Tensor],
        outputs: Tensor | None,
    ) -> list[int]:
        """Record the numbers of the seeds in training at a frame, and remove those that have failed.

        Args:
            index: Index of the frame.
            row: Numbers (k,) of each column, in the order of these seeds.
            stuck: Whether their flow could not proceed (k,).
            weights: Their weights, (k, m, d) and (k, m).
            outputs: Their outputs on the test inputs (k, n_test), if there are twins.

        Returns:
            The seeds that have failed.
        """
        seeds, step, time = np.array(self.in_training), self.config.schedule[index], self._times[index]
        first = row["train_loss"] if index == 0 else self._record["train_loss"][0, seeds]
        exploded = have_diverged(row, first)
        for k in np.flatnonzero(stuck | exploded).tolist():
            seed = int(seeds[k])
            last_stable = self._last_stable[0][seed], self._last_stable[1][seed]
            self.failed[seed] = (
                gradient_limit_error(self.config, step)
                if stuck[k]
                else diverged(self.config, self.tasks[seed], step, last_stable)
            )
        good = np.flatnonzero(~(stuck | exploded))
        seeds, row = seeds[good], {name: column[good] for name, column in row.items()}
        row["time_to_tenth"] = np.array(
            [self._tenth[seed](time, loss) for seed, loss in zip(seeds, row["train_loss"].tolist(), strict=True)]
        )
        own = [self._own(index, *each, weights, outputs) for each in zip(seeds.tolist(), good.tolist(), strict=True)]
        row |= {name: np.array([numbers[name] for numbers in own]) for name in (own[0] if own else ())}
        for name, column in row.items():
            if name not in self._now:
                self._now[name] = np.full(len(self.names), np.nan)
            self._now[name][seeds] = column
        for name, record in self._record.items():
            record[index, seeds] = row[name]
        if self.config.method == "descent":
            quiet = row["train_loss"] <= 2 * first[good]
            for kept, now in zip(self._last_stable, weights, strict=True):
                kept[seeds[quiet]] = now[good[quiet]]
        if len(seeds) and seeds[0] == 0:
            self._first = weights[0][good[0]], weights[1][good[0]]
        lost = [seed for seed in self.in_training if seed in self.failed]
        self.in_training = seeds.tolist()
        return lost

    def _own(
        self, index: int, seed: int, k: int, weights: tuple[Tensor, Tensor], outputs: Tensor | None
    ) -> dict[str, float]:
        """Return the numbers of a seed's twin and kernel reading, if they are asked for."""
        found = {} if outputs is None else self.twins[seed].numbers(index, outputs[k])
        return found | (self.readings[seed].numbers(weights[0][k], weights[1][k]) if self.readings else {})

    def _leave(self, places: Sequence[int]) -> None:
        """Stop training and measuring the seeds at these places among those in training."""
        if not places:
            return
        stay = [place for place in range(len(self.in_training) + len(places)) if place not in places]
        self._training.leave(places)
        self._measure.keep(stay)

    def _settled(self, index: int, k: int) -> bool:
        """Return whether a separate run of this seed would end here."""
        times = self._times[: index + 1]
        losses = {label: self._record[name][: index + 1, k] for name, label in LOSSES.items()}
        zero_loss = self._zero_losses[k][0]
        scale = zero_loss if zero_loss > 0 else max(float(losses["training loss"][0]), 1e-300)
        return of_losses(times, losses, scale, self.config.dtype).settled

    def _verdict(self, index: int, counted: Sequence[int]) -> str:
        parts = []
        for k in counted if index else ():
            numbers = {name: float(self._now[name][k]) for name in RECORDED}
            parts.append(parts_of_verdict(numbers, self._record["train_loss"][0, k], *self._zero_losses[k]))
        return summary.verdict(parts, self._moved_first(index, counted), len(self.names), len(self.failed))

    def _moved_first(self, index: int, counted: Sequence[int]) -> int | None:
        """Return the number of seeds whose kernel moved first; None until a loss has fallen to a tenth."""
        tenths = self._now["time_to_tenth"][counted]
        if np.isnan(tenths).all():
            return None
        # the last number of a seed that has ended is used for all later frames
        distances = self._record["kernel_distance"][: index + 1, counted]
        distances[-1] = self._now["kernel_distance"][counted]
        return int(moved_first(self._times[: index + 1], distances, tenths).sum())

    def _remark(self, step: int, counted: Sequence[int]) -> str:
        failed = summary.failures({self.names[k]: str(why) for k, why in self.failed.items()})
        return " ".join(filter(None, (self._remark_on_twins(step, counted), failed)))

    def _remark_on_twins(self, step: int, counted: Sequence[int]) -> str:
        names = ("test_loss", "twin_test_loss", "twin_gap")
        if not self.twins:
            return ""
        if step == 0 or not len(self.tasks[0].y_test):
            return twin_remark(step, {name: float(self._now[name][0]) for name in names})
        return summary.remark({name: self._now[name][counted] for name in names}, len(self.names))

    def _drawn(self, name: str, counted: Sequence[int]) -> np.ndarray:
        """Return rows (median, low, high) of a column: over all seeds, then for single ones, nan after a failure."""
        column = self._now[name]
        singles = [column[k] if k in counted else np.nan for k in range(min(SHOWN, len(column)))]
        rows = [summary.spread(name, column[counted]), *np.repeat(singles, 3).reshape(-1, 3)]
        return np.array(rows, dtype=np.float32)

    def _all_failed(self) -> CannotRun:
        """Return the error for a run without any seed left, with the most cautious of the remedies."""
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
    """Return the tasks on the device. Shared data are held once: all, or the test inputs, which no seed changes."""
    first = tasks[0].to(device)
    if all(task is tasks[0] for task in tasks):
        return [first] * len(tasks)
    return [first, *(replace(task.to(device), X_test=first.X_test) for task in tasks[1:])]


def _mean_square(y: Tensor) -> float:
    return float(y.square().mean()) if len(y) else 0.0
