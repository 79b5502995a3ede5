"""A comparison of two settings over seeds, as the settings of a run whose frames are its growing pairs.

    config = SeedComparison(a="delta=1", b="delta=0", shared="tau=0.3,leak=0.1,dimension=10,samples=100", seeds=20)
    for frame in config.frames():
        print(frame.verdict)

It is what `lazyrich.compare` computes, with the settings as texts, so that they can stand in fields and addresses.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Self

from pydantic import ValidationError, field_validator, model_validator

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config, Work, complaints, experiment_module, parameter
from lazyrich.ending import Ending
from lazyrich.experiments import registry
from lazyrich.experiments.common.preset import Preset
from lazyrich.frame import Frame
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.live import fields, parts
from lazyrich.studies.live.fields import Experiment
from lazyrich.studies.measure import Measure, measure_of
from lazyrich.studies.report.wording import difference_names
from lazyrich.studies.runs.jobs import Job, jobs
from lazyrich.studies.written import moment, settings_from_text, settings_text

if TYPE_CHECKING:
    pass


class Example(NamedTuple):
    """An example question of an experiment."""

    a: str
    b: str
    shared: str = ""
    seeds: int = 8


EXAMPLES: Final[Mapping[str, Example]] = MappingProxyType(
    {
        "student-teacher": Example("delta=0", "delta=1", "tau=0.3,method=flow", 20),
        "linear-network": Example("tau=0.1", "tau=1", "start=random", 20),
        "deep-network": Example("alphas=1", "alphas=10"),
        "filters": Example("alphas=0.3", "alphas=3", "steps=200"),
        "hierarchy": Example("alphas=1", "alphas=4", "sizes=256,steps=500"),
        "grokking": Example("alphas=1", "alphas=4"),
    }
)
"""Example questions by experiment."""

POINTS: Final = 200
"""Largest number of moments at which curves are shown."""


class SeedComparison(Config):
    """Two settings of an experiment over the same seeds. See `lazyrich.compare`, which has the same parameters."""

    name: ClassVar[str] = "study"
    array_content: ClassVar[str] = ""

    experiment: Experiment = fields.experiment()
    a: str = parameter("delta=0", "A", "What A has that B has not, as name=value with commas between.", main=True)
    b: str = parameter(
        "delta=1",
        "B",
        "What B has that A has not, as name=value with commas between. Effects are those of B against A.",
        main=True,
    )
    shared: str = fields.shared()
    seeds: int = fields.seeds()
    measure: str = fields.measure()
    at: str = fields.at()
    seed: int = fields.seed()

    _settings = field_validator("shared", "a", "b")(fields.settings_of_the_experiment)
    _measure = field_validator("measure")(fields.column_of_the_experiment)
    _moment = field_validator("at")(fields.moment_of_the_comparison)

    @model_validator(mode="after")
    def _two_that_differ(self) -> Self:
        try:
            a, b = _sides(self)
        except ValidationError as error:
            reasons = " ".join(complaints(registry[self.experiment], error))
            raise fields.refusal(f"A or B cannot have the shared settings beside their own: {reasons}") from None
        if a == b:
            raise fields.refusal("A and B must differ: give each a setting of its own, such as delta=1 and delta=0.")
        return self

    @classmethod
    def after_choice(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the example question of a newly chosen experiment, which does not have the settings of another."""
        chosen = EXAMPLES[values["experiment"]]._asdict()
        usual = {"measure": registry[values["experiment"]]().columns.outcome}
        kept = {name: value for name, value in values.items() if name != "at"}
        return kept | chosen | usual

    @property
    def sides(self) -> tuple[Config, Config]:
        """Return the settings of A and of B, of the first seed."""
        return _sides(self)

    @property
    def compared_measure(self) -> Measure:
        """Return the measure that A and B are compared by."""
        return measure_of(self.measure)

    @property
    def compared_moment(self) -> ComparisonMoment:
        """Return the moment of the comparison."""
        return ComparisonMoment.read(moment(self.at))

    @property
    def columns(self) -> Columns:
        """The roles of the columns of its table, which has a row for each seed."""
        return Columns(("seed",), "", self.compared_measure.effect)

    @property
    def names(self) -> tuple[str, str]:
        """Return the names of A and B: `A (δ 1)`."""
        a, b = difference_names(self.sides)
        return f"A ({a})", f"B ({b})"

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All runs in the order in which they are computed: A and B of the first seeds, then of the following ones."""
        return _jobs(self)

    @property
    def expected_frames(self) -> int:
        """One for the first run of A and of B, and one for each seed of the other runs."""
        return 1 + sum(len(job.seeds) for job in self.jobs[2:])

    def work(self) -> Work:
        """Cost of all runs; only the rows of their frames are kept."""
        rows = sum(len(job.seeds) * self.sides[job.cell].expected_frames for job in self.jobs)
        return parts.work(self.jobs, rows, self.expected_frames * 4.0 * 2 * 3 * (self.seeds + POINTS))

    def frames(self) -> Iterator[Frame]:
        """A frame for the first run of A and of B, then one for each further seed. Raises CannotRun."""
        return experiment_module(SeedComparison, "frames").frames(self)

    def continuation(self, frames: Sequence[Frame]) -> parts.Continuation:
        """Return the computation of the frames after these, which are the first ones of this comparison."""
        return parts.Continuation(
            self, len(frames), tuple(experiment_module(SeedComparison, "record").finished(self.jobs, frames))
        )

    def ending(self, frames: Sequence[Frame]) -> Ending | None:
        """Return whether the losses have settled at the moment of the comparison."""
        return parts.ending(frames, self.compared_moment.level)

    def onward(self) -> Self | None:
        """The same comparison at the end of runs that train until their losses are flat; None if there are none."""
        further = [(side, side.onward()) for side in self.sides]
        common: dict[str, Any] = {}
        for side, on in further:
            if on is not None:
                common |= on.differences(side)
        if not common:
            return None
        experiment = registry[self.experiment]
        kept = {
            name: {
                key: value
                for key, value in settings_from_text(experiment, name, getattr(self, name)).items()
                if key not in common
            }
            for name in ("shared", "a", "b")
        }
        try:
            return self.changed(
                shared=settings_text(kept["shared"] | common),
                a=settings_text(kept["a"]),
                b=settings_text(kept["b"]),
                at="end",
            )
        except ValueError:
            return None  # A and B differ only in their end

    @property
    def recipe(self) -> tuple[str, str]:
        """Lines of Python and a command that compute this comparison."""
        name = type(self.sides[0]).__name__

        def arguments(side: Config) -> str:
            return ", ".join(f"{key}={value!r}" for key, value in side.settings().items())

        when = "" if self.compared_moment.value is None else f", at={self.compared_moment.json!r}"
        by = f', measure="{self.measure}"' if self.measure != self.sides[0].columns.outcome else ""
        a, b = (f"{letter} = {name}({arguments(side)})" for letter, side in zip("AB", self.sides, strict=True))
        python = (
            f"from lazyrich import {name}, compare\n{a}\n{b}\n"
            f"versus = compare(A, B, seeds={self.seeds}{by}{when})\n"
            "print(versus.verdict, *versus.warnings, sep='\\n')\n"
            'versus.figure("16cm")  # shown by a notebook\n'
        )
        words = ["python", "-m", "lazyrich", "compare", self.experiment]
        common = ",".join(filter(None, (self.shared, f"seed={self.seed}" if self.seed else "")))
        for flag, text in (("a", self.a), ("b", self.b), ("with", common), ("measure", self.measure if by else "")):
            words += [f"--{flag}", text] if text else []
        words += ["--seeds", str(self.seeds), *(["--at", self.at] if self.at != "end" else [])]
        return python, shlex.join(words)

    @property
    def caption(self) -> str:
        """The settings in a line for a picture."""
        items = [
            *self.names,
            self.shared.replace(",", ", "),
            f"{self.compared_measure.words}, {self.compared_moment.words(self.clock)}",
        ]
        return " · ".join([*filter(None, items), f"{self.seeds} seeds from {self.seed} on"])

    @property
    def clock(self) -> str:
        """The column of time of the experiment; empty where each row is the end of a training."""
        return self.sides[0].columns.clock


@lru_cache(maxsize=64)
def _sides(config: SeedComparison) -> tuple[Config, Config]:
    experiment = registry[config.experiment]
    common = settings_from_text(experiment, "shared", config.shared)
    a, b = (
        experiment.model_validate(common | settings_from_text(experiment, title, text) | {"seed": config.seed})
        for title, text in (("A", config.a), ("B", config.b))
    )
    return a, b


@lru_cache(maxsize=64)
def _jobs(config: SeedComparison) -> tuple[Job, ...]:
    return jobs(config.sides, config.seed, config.seeds)


_QUESTION: Final = "tau=0.3,leak=0.1,dimension=10,samples=100,method=flow"

PRESETS: tuple[Preset[SeedComparison], ...] = (
    Preset(
        "Upstream or balanced",
        "Does an upstream start (B) give a lower test loss than a balanced one (A)? Where these runs end, losses still "
        "fall, so what is found is who comes first. Train on until flat to see what is left of it.",
        SeedComparison(shared=_QUESTION),
    ),
    Preset(
        "Small start",
        "The same at τ = 0.1, where the start is rich: how much the balance decides varies more from seed to seed.",
        SeedComparison(shared="tau=0.1,dimension=10,samples=100,method=flow"),
    ),
    Preset(
        "Kernel movement",
        "How much further does the kernel of a small start (B) move than that of a large one (A), until losses "
        "are flat?",
        SeedComparison(
            a="tau=2", b="tau=0.1", shared="method=flow,steps=10000000,until=flat", measure="kernel_distance"
        ),
    ),
)
"""Questions that a run of one seed cannot answer."""
