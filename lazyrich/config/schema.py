"""One schema for every parameter.

Bounds, unit, label, help, scale and place of its widget are defined once, here and in the experiments' configs. The
widgets, the address, the command line, the exports and the tables of the docs read them.

    class StudentTeacher(Config):
        tau: float = parameter(0.1, "τ, scale", "Overall size of the initial weights.", ge=0.01, le=10, scale="log")

A parameter may be a list of numbers, `tuple[float, ...]` or `tuple[int, ...]`. It is written as 0.5,1,2 in addresses
and on the command line. In Python it may be any sequence, and numbers may be those of numpy or torch.

Sentences about settings have their names in backticks; `lazyrich.config.sentences` replaces these by the names of
Python and the command line, or by those that the page shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from lazyrich.config.columns import Columns
from lazyrich.config.parameter import EMPTY, MAX_ENTRIES, Parameter, Scale, parameter, show
from lazyrich.config.preview import PreviewCost, at_steps
from lazyrich.config.sentences import complaints, named, nearest, problem_in_words, shown_choice, unknown
from lazyrich.ending import Ending
from lazyrich.frame import Frame, RunHeader

__all__ = [
    "EMPTY",
    "MAX_ENTRIES",
    "Config",
    "Parameter",
    "Scale",
    "Work",
    "complaints",
    "from_strings",
    "named",
    "nearest",
    "parameter",
    "show",
    "shown_choice",
    "unknown",
]


class Config(BaseModel):
    """A frozen description of one run. Equal configs give equal frames on the same device."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True, hide_input_in_errors=True
    )

    name: ClassVar[str]
    """The experiment's name in kebab-case: its command, and its key in `lazyrich.experiments.registry`."""

    array_content: ClassVar[str] = "Weights and data"
    """Content of the arrays of the frames, for the label of their file; empty if frames have no arrays."""

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of this run, from the initialisation on.

        Raises:
            Diverged: If numbers stop being finite.
        """
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    def work(self) -> Work:
        """Return the estimated cost of this run."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    def preview_steps(self, frames: int) -> list[int]:
        """Choose the steps of a preview with so many frames; see `config.preview.evenly`.

        Every config has them that has settings which a preview may change.
        """
        raise TypeError(f"{type(self).__name__} has no previews")

    def frames_at(self, steps: Collection[int], seconds: float) -> Iterator[Frame]:
        """Yield the frames of this run at some of its steps, equal to those of `frames` but for rounding in float64.

        Args:
            steps: Steps of its schedule, the first and the last one among them. A run that ends before its last step
                yields its last frame too.
            seconds: Computing time on one core of an ordinary machine after which the caller wants no more.

        Raises:
            PreviewTruncated: If more frames were to come.
            CannotRun: As `frames`.
        """
        return at_steps(self.frames(), steps)

    def preview_cost(self) -> PreviewCost:
        """Estimate what `frames_at` will cost."""
        return PreviewCost(before_first_frame=0.0, frame=0.0, training=self.work().seconds)

    @property
    def expected_frames(self) -> int:
        """Return the number of frames of a full run."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    @property
    def key(self) -> str:
        """Return a short name that equal configs share: a hash of the experiment's name and all settings."""
        values = {name: _without_minus_zero(value) for name, value in self.model_dump().items()}
        return hashlib.sha256(f"{self.name}:{json.dumps(values)}".encode()).hexdigest()[:16]

    @property
    def own(self) -> tuple[str, ...]:
        """Return which of "task" and "start" are the user's own: arrays that the settings do not describe."""
        return ()

    @property
    def nbytes(self) -> int:
        """Return the bytes of data that the config carries beside its settings."""
        return 0

    @property
    def columns(self) -> Columns:
        """Return the roles of the columns of its curves."""
        return Columns()

    def zero_losses(self, header: RunHeader) -> Mapping[str, float]:
        """Return the losses of an output of 0 on the data of a run, column -> loss; empty if they are not known.

        Losses below a tiny share of these are rounding errors.
        """
        return {}

    def ending(self, frames: Sequence[Frame]) -> Ending | None:
        """Tell whether the losses have settled at the last of these frames, which are the first ones of this run.

        None if the experiment has no loss.
        """
        return None

    def onward(self) -> Self | None:
        """Return settings that train on until the losses are flat; None if there are none."""
        return None

    def changed(self, **settings: Any) -> Self:
        """Return this config with some settings changed, validated again."""
        return type(self)(**{**dict(self), **settings})

    @classmethod
    def after_choice(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the settings that a page shows after the visitor has made a choice, such as another axis.

        Settings that are left out take their usual values for that choice.
        """
        return values

    @property
    def recipe(self) -> tuple[str, str] | None:
        """Return lines of Python and a command that compute the same; None for `train` and the experiment's command."""
        return None

    @property
    def caption(self) -> str:
        """Return the settings in a line for a picture: the main ones, the seed, and those that are not at default."""
        changed = self.settings()
        shown = [one for name, one in self.parameters().items() if one.main or name in changed or name.endswith("seed")]
        values = {one.name: getattr(self, one.name) for one in shown}
        # a setting that names another one, such as an axis
        chosen = {one.name: self.parameters()[values[one.name]].title for one in shown if one.of_settings}
        return " · ".join(one.labelled((values | chosen)[one.name]) for one in shown)

    def differences(self, other: Config) -> dict[str, Any]:
        """Return the settings in which this config differs from `other`, field -> this config's value."""
        theirs = other.model_dump()
        return {field: value for field, value in self.model_dump().items() if theirs.get(field) != value}

    def settings(self) -> dict[str, Any]:
        """Return the settings that differ from the defaults, field -> value."""
        return self.differences(type(self)())

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """Return all parameters of this config by name, in the order of their definition."""
        return _parameters(cls)

    def by_layer(self, name: str) -> tuple[Any, ...]:
        """Return a list that belongs to layers with an entry for each layer, filling in those not given."""
        setting = self.parameters()[name]
        given = tuple(getattr(self, name))
        return given + (setting.missing,) * (getattr(self, setting.layers) - len(given))

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse a change, with our own sentence: runs are shared by their configs."""
        if name in type(self).model_fields:
            sentence = "a config stays as it is: make another with config.changed({name}=...)."
            problem = PydanticCustomError("sentence", sentence, {"name": name})
            details = InitErrorDetails(type=problem, loc=(name,), input=value)
            raise ValidationError.from_exception_data(type(self).__name__, [details], hide_input=True)
        super().__setattr__(name, value)

    @model_validator(mode="wrap")
    @classmethod
    def _in_sentences(cls, given: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse settings with the sentences that pages and the command line print, in Python too.

        pydantic's own messages name neither all bounds nor the nearest name.
        """
        try:
            return validate(given)
        except ValidationError as error:
            refused = [problem_in_words(cls, dict(problem)) for problem in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, refused, hide_input=True) from None

    @field_validator("*", mode="before")
    @classmethod
    def _plainly(cls, given: Any, info: Any) -> Any:
        """Return numbers of any library as Python's own, and lists as tuples.

        Lists may be text or any sequence and are checked entry by entry; those of layers take their shortest form.
        """
        setting = cls.parameters().get(info.field_name)
        if setting is None:  # data that come with a config
            return given
        if not setting.each:
            return setting.read_single(given)
        found = setting.read_list(given)
        if setting.layers:
            # equal runs are equal configs: nothing past the last layer, nothing at the end that would be filled in
            found = found[: info.data.get(setting.layers, len(found))]
            while found and found[-1] == setting.missing:
                found = found[:-1]
        return found


def experiment_module(config: type[Config], name: str) -> Any:
    """Return a module in the folder of an experiment, such as `frames`, which makes its frames with torch.

    It is found by its path and imported on request: those modules import the config, and importing a config must not
    import torch.

    Raises:
        ModuleNotFoundError: If the folder has no such module.
    """
    return import_module(f"{config.__module__.rpartition('.')[0]}.{name}")


class Work(BaseModel):
    """Cost of a run, estimated before it starts.

    Attributes:
        flops: Floating-point operations.
        bytes: Size of its log.
        scratch: Bytes that it needs only while it runs.
        seconds: Time on one core of an ordinary machine.
    """

    model_config = ConfigDict(frozen=True)

    flops: float
    bytes: float
    scratch: float
    seconds: float


@cache
def _parameters(config: type[Config]) -> Mapping[str, Parameter]:
    return MappingProxyType({field: Parameter(field, info) for field, info in config.model_fields.items()})


def _without_minus_zero(value: Any) -> Any:
    """Replace -0.0 by 0.0, which is equal to it."""
    if isinstance(value, tuple):
        return tuple(map(_without_minus_zero, value))
    return value + 0.0 if isinstance(value, float) else value


def from_strings(config: type[Config], texts: Mapping[str, str], *, page: bool = False) -> tuple[Config, list[str]]:
    """Read a config from strings, such as those of an address.

    A value that cannot be used falls back to its default, with a sentence.

    Args:
        config: The experiment.
        texts: Name of a setting -> text.
        page: Whether to name the settings as the page does.

    Returns:
        The config, and the sentences (empty if all was well).
    """
    parameters = config.parameters()
    kept: dict[str, Any] = {name: text for name, text in texts.items() if name in parameters}
    others = [name for name in texts if name not in parameters]
    notices = [unknown(config, others)] if others else []
    while True:
        try:
            return config.model_validate_strings(kept), notices
        except ValidationError as error:
            notices += complaints(config, error, page=page)
            wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            rest = {name: text for name, text in kept.items() if name not in wrong}
            # a wrong setting that is not in the address cannot be removed from it: fall back to the defaults
            kept = rest if len(rest) < len(kept) else {}
