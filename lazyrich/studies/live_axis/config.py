"""One setting varied over seeds, as the settings of a run whose frames are its growing medians.

    config = AxisStudy(over="delta=-1,0,1", shared="tau=0.3", seeds=20)
    for frame in config.frames():
        print(frame.verdict)

It is what `lazyrich.study` computes over one axis, with the settings as texts.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from pydantic import field_validator, model_validator

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, experiment_module, parameter, show
from lazyrich.ending import Ending
from lazyrich.experiments import registry
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame
from lazyrich.studies.live import fields, parts
from lazyrich.studies.live.fields import Experiment
from lazyrich.studies.live.record import finished
from lazyrich.studies.plan import Plan
from lazyrich.studies.runs.jobs import Job
from lazyrich.studies.written import config_of, moment, pairs_of, settings_from_text, settings_text

if TYPE_CHECKING:
    pass

MAX_VALUES: Final = 20
"""Values of the setting."""


class AxisStudy(Config):
    """One setting of an experiment varied, each value over the same seeds. See `lazyrich.study`."""

    name: ClassVar[str] = "axis-study"
    array_content: ClassVar[str] = ""

    experiment: Experiment = fields.experiment()
    over: str = parameter(
        "delta=-1,-0.5,0,0.5,1",
        "Over",
        f"The setting that is varied and its values, up to {MAX_VALUES} numbers. The first is what others are compared "
        "with.",
        main=True,
    )
    shared: str = fields.shared()
    seeds: int = fields.seeds()
    measure: str = fields.measure()
    at: str = fields.at()
    seed: int = fields.seed()

    @field_validator("over")
    @classmethod
    def _one_setting(cls, text: str, info: Any) -> str:
        if (experiment := info.data.get("experiment")) is None:
            return text
        name, equals, values = text.partition("=")
        name, found = name.strip().replace("-", "_"), [value.strip() for value in values.split(",")]
        if not equals or not all(found) or len(found) < 2:
            given = text[:40] or "nothing"
            raise fields.refusal(f"Over must be a setting and its values, such as delta=-1,0,1, got {given}.")
        if len(found) > MAX_VALUES:
            raise fields.refusal(f"Over must have at most {MAX_VALUES} values, got {len(found)}.")
        try:
            read = [getattr(config_of(registry[experiment], {name: value}), name) for value in found]
        except ValueError as error:
            raise fields.refusal(f"Over: {error}") from None
        if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in read):
            raise fields.refusal(f"Over must vary a number, and {name} is none: compare two of its values as A and B.")
        return f"{name}={','.join(map(show, read))}"

    _settings = field_validator("shared")(fields.settings_of_the_experiment)
    _measure = field_validator("measure")(fields.column_of_the_experiment)
    _moment = field_validator("at")(fields.moment_of_the_comparison)

    @model_validator(mode="after")
    def _can_be_planned(self) -> Self:
        try:
            _plan(self)
        except ValueError as error:
            raise fields.refusal(f"Over: {str(error).removeprefix('over ')}") from None
        return self

    @property
    def plan(self) -> Plan:
        """Return the plan of the study."""
        return _plan(self)

    @property
    def columns(self) -> Columns:
        """The roles of the columns of its table, which has a row for each value and seed."""
        return Columns((self.axis,), "", self.measure)

    @property
    def axis(self) -> str:
        """The name of the setting."""
        return next(iter(self.plan.axes))

    @property
    def values(self) -> tuple[float, ...]:
        """Its values, ascending."""
        return tuple(sorted(float(value) for value in self.plan.axes[self.axis]))

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All runs in the order in which they are computed: all values with the first seeds, then with the next."""
        return self.plan.jobs

    @property
    def expected_frames(self) -> int:
        """One for the first run, and one for each seed of the others."""
        return 1 + sum(len(job.seeds) for job in self.jobs[1:])

    def work(self) -> Work:
        """Cost of all runs; only the rows of their frames are kept."""
        rows = sum(len(job.seeds) * job.config.expected_frames for job in self.jobs)
        shown_bytes = self.expected_frames * 4.0 * 2 * 2 * 3 * len(self.values) * (self.seeds + 1)
        return parts.work(self.jobs, rows, shown_bytes)

    def frames(self) -> Iterator[Frame]:
        """A frame for the first run, then one for each further run of a seed. Raises CannotRun."""
        return experiment_module(AxisStudy, "frames").frames(self)

    def continuation(self, frames: Sequence[Frame]) -> parts.Continuation:
        """Return the computation of the frames after these, which are the first ones of this study."""
        return parts.Continuation(self, len(frames), tuple(finished(self.jobs, frames)))

    def ending(self, frames: Sequence[Frame]) -> Ending | None:
        """Return whether the losses have settled at the moment of the comparison."""
        return parts.ending(frames, self.plan.at.level)

    def onward(self) -> Self | None:
        """The same study at the end of runs that train until their losses are flat; None if there are none."""
        further = self.plan.config.onward()
        if further is None:
            return None
        own = settings_from_text(registry[self.experiment], "shared", self.shared)
        return self.changed(shared=settings_text(own | further.differences(self.plan.config)), at="end")

    @property
    def recipe(self) -> tuple[str, str]:
        """Lines of Python and a command that compute this study."""
        base, plan = self.plan.config, self.plan
        name = type(base).__name__
        settings = ", ".join(f"{key}={value!r}" for key, value in base.settings().items())
        by = f', measure="{self.measure}"' if self.measure != base.columns.outcome else ""
        when = "" if plan.at.value is None else f", at={plan.at.json!r}"
        over = {axis: list(values) for axis, values in plan.axes.items()}
        python = (
            f"from lazyrich import {name}, study\n"
            f"found = study({name}({settings}), over={over!r}, seeds={self.seeds}{by}{when})\n"
            "print(found.verdict, found.effects, *found.warnings, sep='\\n')\n"
            'found.figure("16cm")  # shown by a notebook\n'
        )
        words = ["python", "-m", "lazyrich", "study", self.experiment, "--over", self.over]
        common = ",".join(filter(None, (self.shared, f"seed={self.seed}" if self.seed else "")))
        words += [*(["--with", common] if common else []), *(["--measure", self.measure] if by else [])]
        words += ["--seeds", str(self.seeds), *(["--at", self.at] if self.at != "end" else [])]
        return python, shlex.join(words)

    @property
    def caption(self) -> str:
        """The settings in a line for a picture."""
        when = self.plan.at.words(self.plan.config.columns.clock)
        items = [self.over, self.shared.replace(",", ", "), f"{self.plan.measure.words}, {when}"]
        return " · ".join([*filter(None, items), f"{self.seeds} seeds from {self.seed} on"])


@lru_cache(maxsize=64)
def _plan(config: AxisStudy) -> Plan:
    experiment = registry[config.experiment]
    base = config_of(experiment, pairs_of(config.shared, "shared")).changed(seed=config.seed)
    name, _, values = config.over.partition("=")
    return Plan(base, {name: values.split(",")}, config.seeds, config.measure, moment(config.at))


PRESETS: tuple[Preset[AxisStudy], ...] = (
    Preset(
        "Balance",
        "How does the test loss depend on the balance δ? Each value is compared with the first one, seed by seed.",
        AxisStudy(
            shared="tau=0.3,leak=0.1,dimension=10,samples=100,method=flow", over="delta=0,-1,-0.5,0.5,1", seeds=8
        ),
    ),
    Preset(
        "Scale",
        "From rich to lazy: how far the kernel moves until losses are flat, over the scale τ of the start.",
        AxisStudy(
            over="tau=0.1,0.2,0.4,0.8,1.6",
            shared="method=flow,steps=10000000,until=flat",
            measure="kernel_distance",
            seeds=8,
        ),
    ),
)
"""A curve with bands over one setting."""
