"""A student of the user's own data: settings and data in one config, used like any other.

run = pool.request(OwnStudent.of(StudentTeacher(tau=0.1), data))
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from lazyrich.config.schema import Parameter, Work
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.frame import Frame
from lazyrich.own_data.data import OwnData, Units
from lazyrich.own_data.function_units import in_units

OVERRULED: Final = ("dimension", "samples", "teacher_width", "noise", "test_samples")
"""Settings that have no meaning if the data are given."""


class OwnStudent(StudentTeacher):
    """A StudentTeacher that learns from the user's own data; its size settings are those of the data."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    data: OwnData = Field(exclude=True, repr=False)

    @classmethod
    def of(cls, config: StudentTeacher, data: OwnData) -> Self:
        """Return these settings for the data; those that the data determine come from them or are defaults."""
        (n, d), k = data.X.shape, len(data.X_test)
        drawn = {name: StudentTeacher.parameters()[name].default for name in ("teacher_width", "noise")}
        sizes = drawn | {"dimension": d, "samples": n}
        return cls(**{**config.model_dump(), **sizes, "test_samples": max(k, 1), "data": data})

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Return the parameters of StudentTeacher, as the data are not a setting."""
        return StudentTeacher.parameters()

    def settings(self) -> dict[str, Any]:
        """Return the settings that differ from the defaults and are not determined by the data."""
        changed = self.differences(StudentTeacher())
        return {name: value for name, value in changed.items() if name not in OVERRULED}

    @property
    def key(self) -> str:
        """Return a short key, the same for equal settings on equal data."""
        parts = (super().key, self.data.key, self.data.preparation.key)
        return hashlib.sha256(":".join(parts).encode()).hexdigest()[:16]

    @property
    def own(self) -> tuple[str, ...]:
        """Return which parts of the run are the user's own: the task."""
        return ("task",)

    @property
    def nbytes(self) -> int:
        """Return the bytes of the data."""
        return self.data.nbytes

    def work(self) -> Work:
        """Return the cost of the run; its worker holds the data packed, unpacked and in the dtype of the run."""
        work = super().work()
        carried = self.data.nbytes
        return work.model_copy(update={"bytes": work.bytes + carried, "scratch": work.scratch + 3.0 * carried})

    def frames(self, task: Any = None, start: Any = None) -> Iterator[Frame]:
        """Yield the frames of this run. start: given initial weights, as in StudentTeacher.frames."""
        given = super().frames(self.data.arrays() if task is None else task, start)
        return given if task is not None else self._shown(given)

    def frames_at(self, steps: Collection[int], seconds: float) -> Iterator[Frame]:
        """Yield the frames of this run at some of its steps; see Config.frames_at."""
        return self._shown(self.frames_of_task_at(steps, seconds, self.data.arrays()))

    def _shown(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        return frames if self.data.units is None else _in_units(frames, self.data.units)


def _in_units(frames: Iterator[Frame], units: Units) -> Iterator[Frame]:
    """Yield the frames with the header's learned function in the units of the file, if it is drawn in them."""
    for frame in frames:
        shown = frame.header and frame.header.chart_data.get("function")
        if frame.header and shown and shown["over"] == "line":
            converted = {"function": in_units(shown, units.x[shown["axis"]], units.y)}
            yield replace(frame, header=replace(frame.header, chart_data={**frame.header.chart_data, **converted}))
        else:
            yield frame
