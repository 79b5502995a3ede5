"""One moment of a run: what `frames(config)` yields, what a run's log holds and what a viewer is sent.

for frame in lazyrich.stream(StudentTeacher(tau=0.1, delta=1.0)):
    print(frame.step, frame.metrics["kernel_distance"], frame.verdict)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Status = Literal["waiting", "running", "finished", "stopped", "failed"]
"""How far a run has come."""

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What stays the same through a run. It travels with the first frame alone.

    arrays: the task, for exports (X (n, d), y (n,), ...), as numpy arrays.
    chart_data: what a live chart needs before it can draw (axis limits, teacher directions, ...), plain JSON values.
    environment: versions of the packages, device and dtype that the run is computed with.
    spread: names of the arrays in each frame's chart_data whose last axis is (median, low, high) over the seeds: from
    where to where a band reaches, such as from the lowest seed to the highest.
    """

    arrays: Arrays
    chart_data: Mapping[str, Any]
    environment: Mapping[str, str]
    spread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The state of one training run at one step.

    step: training step, 0 is the initialisation.
    time: flow time = learning rate x step.
    metrics: scalars, the same names in the same order in every frame of a run; a row of `Result.curves`, unless there
    is a table.
    arrays: the parameters at this step, as numpy arrays in the run's dtype.
    chart_data: float32 arrays for the live chart, the same names and shapes in every frame of a run.
    verdict: how the run stands at this step, in words, computed from `metrics`.
    header: what stays the same; None in all frames but the first.
    table: of a run that trains many networks side by side, the rows that this frame adds to `Result.curves`: columns
    (rows,) of one length, the same names in every frame of a run; None where metrics are the row.
    remark: a further sentence on this step, such as how a second network stands beside the first; empty for none.
    done: the share of the run's work that is done, 0 to 1; None where it is that of `config.steps`, or of the frames
    if there are no such.
    failed: of a run of several seeds, those that came no further than the frame before: seed -> why, in a sentence.
    """

    step: int
    time: float
    metrics: Mapping[str, float]
    arrays: Arrays
    chart_data: Arrays
    verdict: str
    header: RunHeader | None = field(default=None)
    table: Arrays | None = field(default=None)
    done: float | None = field(default=None)
    failed: Mapping[int, str] = field(default_factory=dict)
    remark: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes that the arrays of this frame hold."""
        held = [*self.arrays.values(), *self.chart_data.values(), *(self.table or {}).values()]
        if self.header is not None:
            held += self.header.arrays.values()
        return sum(a.nbytes for a in held)

    def same(self, other: Frame) -> bool:
        """Return whether another frame is the same moment of the same run.

        Step, time, parameters and chart data must agree bit by bit, and so must the environments where both frames name
        one.
        """
        return (
            (self.step, self.time) == (other.step, other.time)
            and all(
                mine.keys() == theirs.keys() and all(mine[name].tobytes() == theirs[name].tobytes() for name in mine)
                for mine, theirs in ((self.arrays, other.arrays), (self.chart_data, other.chart_data))
            )
            and (not self.header or not other.header or self.header.environment == other.header.environment)
        )


class CannotRun(RuntimeError):
    """A run that cannot go on, with a sentence for people. Raised by `frames(config)`; the frames so far stay good.

    remedy: settings that would mend it, name of a config field -> value; may be empty.
    lasting: whether the same settings would fail again, on this machine and in any process of it.
    """

    lasting = True

    def __init__(self, message: str, remedy: Mapping[str, Any] | None = None):
        super().__init__(message)
        self.remedy = dict(remedy or {})


class CutShort(Exception):
    """Raised after the last frame of a preview that is only the beginning of its run."""


class Diverged(CannotRun):
    """Training left the finite numbers.

    step: the first step found not finite, at the resolution of the frames.
    """

    def __init__(self, message: str, step: int, remedy: Mapping[str, Any] | None = None):
        super().__init__(message, remedy)
        self.step = step

    def __reduce__(self) -> tuple[Any, ...]:
        # another process would make an exception anew from its sentence alone
        return type(self), (str(self), self.step, self.remedy)
