"""One moment of a run: the unit that `frames(config)` yields, a run's log holds and a page receives.

for frame in lazyrich.stream(StudentTeacher(tau=0.1, delta=1.0)):
    print(frame.step, frame.metrics["kernel_distance"], frame.verdict)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Status = Literal["waiting", "running", "finished", "stopped", "failed"]
"""Stage of a run."""

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class RunHeader:
    """Data that are constant during a run. Only the first frame carries them.

    Attributes:
        arrays: The task, for exports (X (n, d), y (n,), ...), as numpy arrays.
        chart_data: Data that a live chart needs before it can draw (axis limits, teacher directions, ...), plain JSON
            values.
        environment: Versions of the packages, device and dtype of the computation.
        spread: Names of the arrays in each frame's chart_data whose last axis is (median, low, high) over the seeds;
            low and high are the ends of a band, such as the lowest and the highest seed.
    """

    arrays: Arrays
    chart_data: Mapping[str, Any]
    environment: Mapping[str, str]
    spread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The state of one training run at one step.

    Attributes:
        step: Training step; 0 is the initialisation.
        time: Flow time, learning rate x step.
        metrics: Scalars, the same names in the same order in every frame of a run; a row of `Result.curves` unless
            there is a table.
        arrays: The parameters at this step, as numpy arrays in the run's dtype.
        chart_data: float32 arrays for the live chart, the same names and shapes in every frame of a run.
        verdict: A sentence on the run at this step, computed from `metrics`.
        header: The data that are constant during the run; None in all frames but the first.
        table: Rows that this frame adds to `Result.curves`, of a run that trains many networks side by side: columns
            (rows,) of one length, the same names in every frame of a run. None if metrics are the row.
        remark: A further sentence on this step, such as a comparison with a second network; empty for none.
        done: Share of the run's work that is done, 0 to 1; None if it is the share of `config.steps`, or of the frames
            if the config has no steps.
        failed: Seeds of a run of several that came no further than the frame before, seed -> reason in a sentence.
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
        """Return the bytes of the arrays of this frame."""
        held = [*self.arrays.values(), *self.chart_data.values(), *(self.table or {}).values()]
        if self.header is not None:
            held += self.header.arrays.values()
        return sum(a.nbytes for a in held)

    def same(self, other: Frame) -> bool:
        """Return whether another frame is the same moment of the same run.

        Step, time, parameters and chart data must agree bit by bit, and so must the environments if both frames have
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
    """Error of a run that cannot go on, with a sentence for people. The frames before it stay valid.

    Attributes:
        remedy: Settings that would avoid the error, name of a config field -> value; may be empty.
        lasting: Whether the same settings would fail again in any process of this machine.
    """

    lasting = True

    def __init__(self, message: str, remedy: Mapping[str, Any] | None = None):
        super().__init__(message)
        self.remedy = dict(remedy or {})


class PreviewTruncated(Exception):
    """Raised after the last frame of a preview that is only the beginning of its run."""


class Diverged(CannotRun):
    """Error of a run whose weights or losses are no longer finite.

    Attributes:
        step: The first step found not finite, at the resolution of the frames.
    """

    def __init__(self, message: str, step: int, remedy: Mapping[str, Any] | None = None):
        super().__init__(message, remedy)
        self.step = step

    def __reduce__(self) -> tuple[Any, ...]:
        # by default, unpickling in another process would pass only the sentence to the constructor
        return type(self), (str(self), self.step, self.remedy)
