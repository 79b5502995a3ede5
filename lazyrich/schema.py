"""One schema for every parameter: bounds, unit, label, help, scale and place of its widget are written once, here and
in the experiments' configs, and read by the widgets, the address, the command line, the exports and the tables of the
docs.

    class StudentTeacher(Config):
        tau: float = parameter(0.1, "τ, scale", "Overall size of the initial weights.", ge=0.01, le=10, scale="log")
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from lazyrich.frame import Frame

Scale = Literal["linear", "log"]


def parameter(
    default: Any,
    label: str,
    help: str,
    *,
    scale: Scale = "linear",
    step: float | None = None,
    unit: str = "",
    main: bool = False,
    symbol: str = "",
    **bounds: Any,
) -> Any:
    """A field of a config.

    label: its name on the page. help: what it is, in plain words. scale: "log" for a slider in decades.
    step: the slider's step on a linear scale. unit: shown after the number. main: True shows it at once, False under
    "More". symbol: the short name in legends and read-outs, the field's name if empty. bounds: pydantic's ge, gt, le,
    lt.
    """
    extra: JsonDict = {"label": label, "scale": scale, "step": step, "unit": unit, "main": main, "symbol": symbol}
    return Field(default, description=help, json_schema_extra=extra, **bounds)


class Config(BaseModel):
    """A frozen description of one run. Equal configs give equal frames on the same device."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    name: ClassVar[str]
    """The experiment's name in kebab-case: its command, and its key in `lazyrich.experiments.registry`."""

    def frames(self) -> Iterator[Frame]:
        """The frames of this run, from the initialisation on. Raises Diverged where numbers stop being finite."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    def work(self) -> Work:
        """What this run will cost, estimated before it starts."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    @property
    def expected_frames(self) -> int:
        """How many frames a full run has."""
        raise TypeError(f"{type(self).__name__} describes no run of its own; use one of the experiments")

    @property
    def key(self) -> str:
        """A short name that equal configs share (hash of the experiment's name and all settings)."""
        # + 0.0 makes 0.0 of -0.0, which is equal to it
        values = {name: value + 0.0 if isinstance(value, float) else value for name, value in self.model_dump().items()}
        return hashlib.sha256(f"{self.name}:{json.dumps(values)}".encode()).hexdigest()[:16]

    def changed(self, **settings: Any) -> Self:
        """The same config with some settings changed, validated again."""
        return type(self)(**{**self.model_dump(), **settings})

    def differences(self, other: Config) -> dict[str, Any]:
        """The settings in which this config differs from `other`, field -> this config's value."""
        theirs = other.model_dump()
        return {field: value for field, value in self.model_dump().items() if theirs.get(field) != value}

    def settings(self) -> dict[str, Any]:
        """The settings that differ from the defaults, field -> value."""
        return self.differences(type(self)())

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """All parameters of this config by name, in the order in which they were written."""
        return {field: Parameter(field, info) for field, info in cls.model_fields.items()}


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


class Parameter:
    """What the schema knows about one parameter, read from its pydantic field."""

    def __init__(self, name: str, info: FieldInfo):
        extra = info.json_schema_extra
        assert isinstance(extra, dict), f"{name} was not made with parameter()"
        self.name = name
        self.default: Any = info.default
        self.help = info.description or ""
        self.label = str(extra["label"])
        self.scale = extra["scale"]
        self.unit = str(extra["unit"])
        self.main = bool(extra["main"])
        self.symbol = str(extra["symbol"]) or name
        self.type: Any = info.annotation
        self.choices: tuple[Any, ...] = get_args(self.type) if get_origin(self.type) is Literal else ()
        bounds = {
            key: getattr(rule, key) for rule in info.metadata for key in ("ge", "gt", "le", "lt") if hasattr(rule, key)
        }
        self.low: Any = self._number(bounds.get("ge", bounds.get("gt")))
        self.high: Any = self._number(bounds.get("le", bounds.get("lt")))
        self.step: Any = self._number(extra["step"])

    def _number(self, value: Any) -> Any:
        """A bound in the parameter's own type: 0 for a whole number, 0.0 for a real one."""
        return self.type(value) if value is not None and self.type in (int, float) else value

    @property
    def allowed(self) -> str:
        """What values are allowed, in words: `between 0.01 and 10`, `one of auto, cpu, cuda`, `true or false`."""
        if self.choices:
            return "one of " + ", ".join(str(c) for c in self.choices)
        if self.type is bool:
            return "true or false"
        kind = "a whole number" if self.type is int else "a number"
        if self.low is None or self.high is None:
            return kind
        return f"{kind} between {show(self.low)} and {show(self.high)}"


def show(value: Any) -> str:
    """A value as it is written for people: numbers without needless digits (and none lost), true and false in lower
    case."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(value)


def complaints(config: type[Config], error: ValidationError) -> list[str]:
    """One sentence for each thing wrong: what was given and what is allowed.

    A validator that raises PydanticCustomError("sentence", ...) speaks for itself.

    >>> complaints(StudentTeacher, error)
    ['tau must be a number between 0.01 and 10, got 20.']
    """
    parameters = config.parameters()
    sentences = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else ""
        given = str(problem.get("input"))
        given = given if len(given) <= 40 else given[:40] + "…"
        if problem["type"] == "sentence":
            sentences.append(str(problem["msg"]))
        elif name in parameters:
            sentences.append(f"{name} must be {parameters[name].allowed}, got {given}.")
        elif problem["type"] == "extra_forbidden":
            sentences.append(f"{name[:40]} is not a setting here; the settings are {', '.join(parameters)}.")
        else:
            sentences.append(str(problem["msg"]).removeprefix("Value error, "))
    return sentences


def from_strings(config: type[Config], texts: Mapping[str, str]) -> tuple[Config, list[str]]:
    """A config from strings, as they stand in an address. What cannot be used falls back to its default, with a
    sentence.

    Returns the config and the sentences (empty if all was well).
    """
    kept: dict[str, Any] = dict(texts)
    said: list[str] = []
    while True:
        try:
            return config.model_validate_strings(kept), said
        except ValidationError as error:
            said += complaints(config, error)
            wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            kept = {name: text for name, text in kept.items() if name not in wrong} if wrong else {}
