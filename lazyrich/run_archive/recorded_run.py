"""Record of one run without its frames: settings, curves, final numbers, how it ended, and a note.

recorded = RecordedRun.of(train(StudentTeacher(tau=0.1)), note="the one for the talk")
recorded.final["test_loss"], recorded.curves, recorded.config
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import ValidationError

from lazyrich.config.schema import Config, complaints
from lazyrich.experiments import registry
from lazyrich.frame import Status
from lazyrich.moment import moment_of
from lazyrich.results.export import settings as settings_of
from lazyrich.run_archive.picture import Picture, picture_of
from lazyrich.studies.live.config import SeedComparison
from lazyrich.studies.live_axis.config import AxisStudy

if TYPE_CHECKING:
    import pandas as pd

    from lazyrich.results.result import Result

__all__ = ["EXPERIMENTS", "MAX_NOTE", "RecordedRun", "now"]

EXPERIMENTS: Final[Mapping[str, type[Config]]] = {
    **registry,
    SeedComparison.name: SeedComparison,
    AxisStudy.name: AxisStudy,
}
"""All that can be recorded, by name."""

MAX_NOTE: Final = 500
"""Characters of a note."""

OVERHEAD: Final = 4000
"""Bytes of a run without curves: settings, environment, picture, places in tables."""


@dataclass(frozen=True, eq=False)
class RecordedRun:
    """One run as it stands in an archive.

    experiment: its name, such as `student-teacher`. settings: all of them, as JSON has them. status: finished, stopped
    or failed. moment: where it ended, in words. message: why it stopped or failed. verdict: its last headline. final:
    the numbers of its last frame, those that are finite. environment: versions, device and dtype. own: which of "task"
    and "start" were the user's own; these are not recorded. note: plain text. link: address of its page, or empty.
    began: when it was asked for, in UTC (ISO 8601). curves: the table, as `Result.curves`; None where it was left out
    for want of memory.
    """

    experiment: str
    settings: Mapping[str, Any]
    status: Status
    moment: str = ""
    message: str = ""
    verdict: str = ""
    final: Mapping[str, float] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    note: str = ""
    link: str = ""
    began: str = ""
    curves: pd.DataFrame | None = None

    @classmethod
    def of(cls, result: Result, note: str = "", link: str = "", began: str = "") -> Self:
        """Record a run as it stands.

        Args:
            result: The run, with one frame at least.
            note: Plain text of up to 500 characters.
            link: Address of the page that shows it.
            began: When it was asked for, as `now()` gives it; now if empty.

        Raises:
            ValueError: If the run has no frame, or the note is too long.
        """
        if not result.frames:
            raise ValueError("a run without a frame has nothing to record: wait for its first one.")
        if len(note) > MAX_NOTE:
            raise ValueError(f"note must have up to {MAX_NOTE} characters, got {len(note):,}.")
        last = result.frames[-1]
        return cls(
            experiment=result.config.name,
            settings=settings_of(result.config, result.own),
            status=result.status,
            moment=moment_of(result.frames),
            message=result.message,
            verdict=last.verdict,
            final={name: float(value) for name, value in last.metrics.items() if math.isfinite(value)},
            environment=result.environment,
            own=result.own,
            note=note,
            link=link,
            began=began or now(),
            curves=result.curves,
        )

    def __repr__(self) -> str:
        """Return the experiment, how it ended and its note: settings and numbers would fill the screen."""
        note = f", {self.note!r}" if self.note else ""
        return f"<RecordedRun of {self.experiment}: {self.status}, {self.moment}{note}>"

    @property
    def config(self) -> Config:
        """Return the settings as the config that trains the same; on drawn data where they were the user's own.

        Raises:
            ValueError: If this version does not take them, with a sentence for each that it does not take.
        """
        experiment = EXPERIMENTS[self.experiment]
        try:
            return experiment(**self.settings)
        except ValidationError as error:
            raise ValueError(" ".join(complaints(experiment, error))) from None

    @cached_property
    def picture(self) -> Picture:
        """Return a small picture of its curves; an empty frame where there is none."""
        try:
            config = self.config
        except ValueError:
            config = None
        return picture_of(config, self.curves)

    def without_curves(self) -> Self:
        """Return the same run without its curves, but with its picture."""
        found = replace(self, curves=None)
        found.__dict__["picture"] = self.picture
        return found

    @property
    def nbytes(self) -> int:
        """Return about how many bytes it takes."""
        texts = 2 * (len(self.note) + len(self.verdict) + len(self.message)) + 100 * len(self.final)
        return OVERHEAD + texts + (0 if self.curves is None else int(self.curves.memory_usage(deep=True).sum()))


def now() -> str:
    """Return date and time in UTC, for the record of when a run was asked for."""
    return datetime.now(UTC).isoformat(timespec="seconds")
