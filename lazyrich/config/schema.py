"""One schema for every parameter.

Bounds, unit, label, help, scale and place of its widget are written once, here and in the experiments' configs. The
widgets, the address, the command line, the exports and the tables of the docs read them.

    class StudentTeacher(Config):
        tau: float = parameter(0.1, "τ, scale", "Overall size of the initial weights.", ge=0.01, le=10, scale="log")

A parameter may be a list of numbers, `tuple[float, ...]` or `tuple[int, ...]`. It is written as 0.5,1,2 in addresses
and on the command line. In Python it may be any sequence, and numbers may be those of numpy or torch.

Sentences about settings are written with their names in backticks; `complaints` puts in the names of Python and the
command line, or those that the page shows.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from lazyrich.config.columns import Columns
from lazyrich.config.parameter import EMPTY, MAX_ENTRIES, Parameter, Scale, parameter, show
from lazyrich.config.plain_values import short
from lazyrich.config.preview import PreviewCost
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

    holds: ClassVar[str] = "Weights and data"
    """What its frames hold beside the numbers of the curves, as the page names the file of it; empty for nothing."""

    def frames(self) -> Iterator[Frame]:
        """The frames of this run, from the initialisation on. Raises Diverged where numbers stop being finite."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    def work(self) -> Work:
        """What this run will cost, estimated before it starts."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    def preview_steps(self, frames: int) -> list[int]:
        """Choose the steps of a preview with so many frames; see `config.preview.evenly`.

        Every config has them that has settings which a preview may change.
        """
        raise TypeError(f"{type(self).__name__} has no previews")

    def frames_at(self, steps: Collection[int], seconds: float) -> Iterator[Frame]:
        """Yield the frames of this run at some of its steps, equal to those of `frames` in all that viewers are sent.

        Args:
            steps: Steps of its schedule, the first and the last one among them. A run that ends before its last step
                yields its last frame too.
            seconds: Computing time on one core of an ordinary machine after which the caller wants no more.

        Raises:
            CutShort: If more frames were to come.
            CannotRun: As `frames`.
        """
        return (frame for frame in self.frames() if frame.step in steps)

    def preview_cost(self) -> PreviewCost:
        """Estimate what `frames_at` will cost."""
        return PreviewCost(opening=0.0, frame=0.0, training=self.work().seconds)

    @property
    def expected_frames(self) -> int:
        """How many frames a full run has."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    @property
    def key(self) -> str:
        """A short name that equal configs share (hash of the experiment's name and all settings)."""
        values = {name: _without_minus_zero(value) for name, value in self.model_dump().items()}
        return hashlib.sha256(f"{self.name}:{json.dumps(values)}".encode()).hexdigest()[:16]

    @property
    def own(self) -> tuple[str, ...]:
        """Which of "task" and "start" are the user's own.

        They come with the config, and its settings do not describe them.
        """
        return ()

    @property
    def nbytes(self) -> int:
        """Bytes of what comes with the config beside its settings, such as data."""
        return 0

    @property
    def columns(self) -> Columns:
        """What the columns of its curves are for."""
        return Columns()

    def zero_losses(self, header: RunHeader) -> Mapping[str, float]:
        """Return the losses of an output of 0 on the data of a run, column -> loss.

        Below a tiny share of these, losses are rounding. Empty where they are not known.
        """
        return {}

    def ending(self, frames: Sequence[Frame]) -> Ending | None:
        """Say whether the losses have settled at the last of these frames, which are the first ones of this run.

        None where there is nothing to say.
        """
        return None

    def onward(self) -> Self | None:
        """The settings that train on until the losses are flat; None where there are no such."""
        return None

    def changed(self, **settings: Any) -> Self:
        """The same config with some settings changed, validated again."""
        return type(self)(**{**dict(self), **settings})

    @classmethod
    def after_choice(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a page shows once the visitor has made a choice, such as another axis.

        Settings that are left out take their usual values for that choice.
        """
        return values

    @property
    def recipe(self) -> tuple[str, str] | None:
        """Lines of Python and a command that compute the same; None where these are `train` and its own command."""
        return None

    @property
    def caption(self) -> str:
        """The settings in a line for a picture: the main ones, the seed, and what differs from its default."""
        changed = self.settings()
        told = [one for name, one in self.parameters().items() if one.main or name in changed or name.endswith("seed")]
        values = {one.name: getattr(self, one.name) for one in told}
        # a setting that names another one, such as an axis
        chosen = {one.name: self.parameters()[values[one.name]].title for one in told if one.of_settings}
        return " · ".join(one.told((values | chosen)[one.name]) for one in told)

    def differences(self, other: Config) -> dict[str, Any]:
        """The settings in which this config differs from `other`, field -> this config's value."""
        theirs = other.model_dump()
        return {field: value for field, value in self.model_dump().items() if theirs.get(field) != value}

    def settings(self) -> dict[str, Any]:
        """The settings that differ from the defaults, field -> value."""
        return self.differences(type(self)())

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All parameters of this config by name, in the order in which they were written."""
        return _parameters(cls)

    def by_layer(self, name: str) -> tuple[Any, ...]:
        """A list that belongs to layers with an entry for each of them, those not given filled in."""
        setting = self.parameters()[name]
        given = tuple(getattr(self, name))
        return given + (setting.missing,) * (getattr(self, setting.layers) - len(given))

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what pydantic refuses in words of its own: runs are shared by their configs."""
        if name in type(self).model_fields:
            sentence = "a config stays as it is: make another with config.changed({name}=...)."
            problem = PydanticCustomError("sentence", sentence, {"name": name})
            details = InitErrorDetails(type=problem, loc=(name,), input=value)
            raise ValidationError.from_exception_data(type(self).__name__, [details], hide_input=True)
        super().__setattr__(name, value)

    @model_validator(mode="wrap")
    @classmethod
    def _in_sentences(cls, given: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse settings, in Python too, in the sentences that pages and the command line print.

        pydantic's own sentences name neither all bounds nor the nearest name.
        """
        try:
            return validate(given)
        except ValidationError as error:
            refused = [_told(cls, dict(problem)) for problem in error.errors(include_url=False)]
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


def beside(config: type[Config], name: str) -> Any:
    """Return a module in the folder of an experiment, such as `frames`, which makes its frames with torch.

    It is found by its place and imported when it is asked for: those modules import the config, and importing a config
    must bring no torch.

    Raises:
        ModuleNotFoundError: If the folder has no such module.
    """
    return import_module(f"{config.__module__.rpartition('.')[0]}.{name}")


class Work(BaseModel):
    """What a run will cost, estimated before it starts.

    flops: floating-point operations. bytes: of its log. scratch: bytes that it needs only while it runs.
    seconds: on one core of an ordinary machine.
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
    """0.0 for -0.0, which is equal to it."""
    if isinstance(value, tuple):
        return tuple(map(_without_minus_zero, value))
    return value + 0.0 if isinstance(value, float) else value


def complaints(config: type[Config], error: ValidationError, *, page: bool = False) -> list[str]:
    """One sentence for each thing wrong: what was given and what is allowed.

    A validator that raises PydanticCustomError("sentence", ...) speaks for itself.

    >>> complaints(StudentTeacher, error)
    ['tau must be a number between 0.01 and 10, got 20.']

    Args:
        config: The experiment that refused its settings.
        error: What it raised.
        page: Name the settings as the page does, for a visitor who knows no other names.

    Returns:
        The sentences.
    """
    return [named(_sentence(config, dict(problem), page), config, page=page) for problem in error.errors()]


def _sentence(config: type[Config], problem: Mapping[str, Any], page: bool) -> str:
    """One of pydantic's problems in a sentence, with settings in backticks."""
    parameters = config.parameters()
    name = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "sentence":
        return str(problem["msg"])
    if name in parameters:
        given = short(problem.get("input")) or "nothing"
        return f"`{name}` must be {_allowed(config, parameters[name], page)}, got {given}."
    if problem["type"] == "extra_forbidden":
        return unknown(config, [name])
    return str(problem["msg"]).removeprefix("Value error, ")


def _told(config: type[Config], problem: Mapping[str, Any]) -> InitErrorDetails:
    """One of pydantic's problems with its message in a sentence."""
    sentence = _sentence(config, problem, page=False).encode("utf-8", "replace").decode()
    context = {key: value for key, value in problem.get("ctx", {}).items() if key != "error"}
    return InitErrorDetails(
        type=PydanticCustomError(problem["type"], sentence, context),
        loc=problem["loc"],
        input=problem.get("input"),
    )


def named(sentence: str, config: type[Config], *, page: bool) -> str:
    """Return a sentence with its settings, which stand in backticks, as they are called where it is read.

    Args:
        sentence: Such as "`y_points` must be a whole number."
        config: The experiment whose settings these are. What is none of them stays as it is, in its backticks.
        page: As the page shows them, "Points up", or by their names in Python and on the command line, "y_points".

    Returns:
        The sentence.
    """
    parameters = config.parameters()

    def name(found: re.Match[str]) -> str:
        setting = parameters.get(found[1])
        if setting is None:
            return found[0]
        if not page:
            return setting.name
        # words that begin a sentence are told apart as they are
        return f"“{setting.title}”" if " " in setting.title and found.start() > 0 else setting.title

    return re.sub(r"`(\w+)`", name, sentence)


def shown_choice(config: type[Config], parameter: Parameter, choice: Any) -> str:
    """Return how the page writes a choice: the label of a setting for its name, else the choice itself."""
    settings = config.parameters()
    return settings[choice].label if parameter.of_settings and choice in settings else str(choice)


def nearest(config: type[Config], name: str, *, symbols: bool = True) -> str:
    """Return the setting that was most likely meant by a name that is none, or "" if there is none like it.

    Args:
        config: The experiment.
        name: As it was written, such as `taau`, `Tau`, `learning-rate` or `τ`.
        symbols: Whether symbols and labels count as names, such as `m` for width.

    Returns:
        The name of a setting, or "".
    """
    parameters = config.parameters()
    wanted = name[:40].strip().lower().replace("-", "_").replace(" ", "_")
    for setting in parameters.values():
        if wanted == setting.name or (symbols and name in (setting.symbol, setting.label, setting.title)):
            return setting.name
    found = difflib.get_close_matches(wanted, parameters, n=1, cutoff=0.65)
    return found[0] if found else ""


def unknown(config: type[Config], names: Sequence[str]) -> str:
    """Return the sentence that these are no settings, with the nearest ones, or all if none is near.

    The first few are named: an address may have any number of them.
    """
    told = [short(name) for name in names[:3]]
    near = list(dict.fromkeys(found for name in names[:3] if (found := nearest(config, name))))
    if len(names) > len(told):
        told.append(f"{len(names) - len(told):,} more")
    are = "is not a setting" if len(names) == 1 else "are no settings"
    if not near:
        return f"{_in_words(told)} {are} here; the settings are {', '.join(config.parameters())}."
    return f"{_in_words(told)} {are} here; did you mean {_in_words(near, 'or')}?"


def _in_words(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _allowed(config: type[Config], parameter: Parameter, page: bool) -> str:
    if not page or not parameter.of_settings:
        return parameter.allowed
    settings = config.parameters()
    return "one of " + ", ".join(settings[choice].title for choice in parameter.choices)


def from_strings(config: type[Config], texts: Mapping[str, str], *, page: bool = False) -> tuple[Config, list[str]]:
    """Read a config from strings, as they stand in an address.

    A value that cannot be used falls back to its default, with a sentence.

    Args:
        config: The experiment.
        texts: Name of a setting -> text.
        page: Name the settings as the page does.

    Returns:
        The config, and the sentences (empty if all was well).
    """
    parameters = config.parameters()
    kept: dict[str, Any] = {name: text for name, text in texts.items() if name in parameters}
    others = [name for name in texts if name not in parameters]
    said = [unknown(config, others)] if others else []
    while True:
        try:
            return config.model_validate_strings(kept), said
        except ValidationError as error:
            said += complaints(config, error, page=page)
            wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            rest = {name: text for name, text in kept.items() if name not in wrong}
            # what is not in the address cannot be taken out of it: nothing is left but the defaults
            kept = rest if len(rest) < len(kept) else {}
