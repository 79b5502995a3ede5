"""One parameter of an experiment: bounds, unit, label, help, scale and place of its widget, defined in its config.

`lazyrich.config.schema` builds configs from parameters.
"""

from __future__ import annotations

import re
from decimal import Decimal
from numbers import Real
from typing import Any, Literal, get_args, get_origin

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from lazyrich.config.plain_values import entries as entries_of
from lazyrich.config.plain_values import plain, short

Scale = Literal["linear", "log"]

EMPTY = "default"
"""Text of a list without entries, because an address drops empty values."""

MAX_ENTRIES = 100
"""Largest number of entries of a list without another bound."""


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
    of_settings: bool = False,
    quick: tuple[int, ...] = (),
    entries: tuple[int, int] = (0, MAX_ENTRIES),
    layers: str = "",
    missing: float | None = None,
    preview: bool = False,
    **bounds: Any,
) -> Any:
    """Define a field of a config.

    For a list (the default is a tuple) bounds, scale and step are those of an entry. A list whose entries belong to
    layers has a slider for each layer; entries past the last layer are cut off and entries not given are `missing`, so
    that no number of layers is ever an error. Other lists are typed into a text field.

    Args:
        default: Value if none is given.
        label: Name on the page.
        help: Explanation in plain words.
        scale: "log" for a slider in decades.
        step: Step of the slider on a linear scale.
        unit: Text after the number.
        main: Whether the page always shows it, instead of under "More".
        symbol: Short name in legends and read-outs; the field's name if empty.
        of_settings: Whether the choices are names of other settings, to be shown as these are.
        quick: Values of a whole number that have a button.
        entries: Smallest and largest number of entries of a list.
        layers: For a list with an entry for each layer, the earlier field with the number of layers.
        missing: Value of entries of such a list that are not given.
        preview: Whether a picture may follow its slider, see `config.preview`.
        bounds: ge, gt, le and lt, as in pydantic.

    Returns:
        A field for the body of a `Config`.
    """
    extra: JsonDict = {"label": label, "scale": scale, "step": step, "unit": unit, "main": main, "symbol": symbol}
    extra |= {"of_settings": of_settings, "quick": list(quick), "preview": preview}
    if isinstance(default, tuple):
        # pydantic would apply the bounds to the list itself
        of_entries: JsonDict = {key: bounds.pop(key) for key in _BOUNDS if key in bounds}
        extra |= {"each": of_entries, "entries": list(entries), "layers": layers, "missing": missing}
    return Field(default, description=help, json_schema_extra=extra, **bounds)


_BOUNDS = ("ge", "gt", "le", "lt")


class Parameter:
    """Description of one parameter, read from its pydantic field."""

    def __init__(self, name: str, info: FieldInfo):
        extra = info.json_schema_extra
        assert isinstance(extra, dict), f"{name} was not made with parameter()"
        options: Any = extra
        self.name = name
        self.default: Any = info.default
        self.help = info.description or ""
        self.label = str(extra["label"])
        self.scale = extra["scale"]
        self.unit = str(extra["unit"])
        self.main = bool(extra["main"])
        self.symbol = str(extra["symbol"]) or name
        self.type: Any = info.annotation
        self.of_settings = bool(extra["of_settings"])
        self.quick: tuple[int, ...] = tuple(options["quick"])
        """Values that have a button; empty for none."""
        self.preview = bool(extra["preview"])
        """Whether a preview may change it."""
        self.choices: tuple[Any, ...] = get_args(self.type) if get_origin(self.type) is Literal else ()
        self.each: Any = get_args(self.type)[0] if get_origin(self.type) is tuple else None
        """int or float for a list of them, whose bounds and scale are those of an entry; None for anything else."""
        read = {key: getattr(rule, key) for rule in info.metadata for key in _BOUNDS if hasattr(rule, key)}
        bounds: Any = options["each"] if self.each else read
        self._bounds = bounds
        entries = options["entries"] if self.each else (0, 0)
        self.min_entries, self.max_entries = int(entries[0]), int(entries[1])
        self.layers = str(options["layers"]) if self.each else ""
        self.low: Any = self._number(bounds.get("ge", bounds.get("gt")))
        self.high: Any = self._number(bounds.get("le", bounds.get("lt")))
        self.step: Any = self._number(extra["step"])
        self.missing: Any = self._number(extra.get("missing"))

    @property
    def title(self) -> str:
        """Return its name in sentences on the page: the label, or for one like `τ  scale` only the symbol."""
        return self.label.partition("  ")[0]

    def labelled(self, value: Any) -> str:
        """Return a value with its short name, or its label if it has none, and its unit: `τ 0.1`, `Seed 3`."""
        name = self.title if self.symbol == self.name else self.symbol
        unit = f" {self.unit}" if self.unit else ""
        return f"{name} {show(value)}{unit}"

    def stop(self, value: float) -> float:
        """Return the nearest stop of its slider."""
        return float(f"{round(value / self.step) * self.step:.12g}") + 0.0  # 0 for -0

    def _number(self, value: Any) -> Any:
        """Return a bound in the parameter's own type: 0 for a whole number, 0.0 for a real one."""
        number = self.each or self.type
        return number(value) if value is not None and number in (int, float) else value

    @property
    def allowed(self) -> str:
        """Return the allowed values in words: `between 0.01 and 10`, `one of auto, cpu, cuda`, `true or false`."""
        if self.choices:
            return "one of " + ", ".join(str(c) for c in self.choices)
        if self.type is bool:
            return "true or false"
        if self.type is str:
            return "text"
        between = "" if self.low is None or self.high is None else f" between {show(self.low)} and {show(self.high)}"
        if not self.each:
            return f"{'a whole number' if self.type is int else 'a number'}{between}"
        count = f"{self.min_entries} to {self.max_entries}" if self.min_entries else f"up to {self.max_entries}"
        count = str(self.max_entries) if self.min_entries == self.max_entries else count
        kind = "whole numbers" if self.each is int else "numbers"
        none = f", or {EMPTY}" if self.min_entries == 0 else ""
        return f"{count} {kind}{between}, separated by commas{none}"

    def read_single(self, given: Any) -> Any:
        """Return a value that is no list, in Python's own type.

        Raises:
            PydanticCustomError: For a value that is no number where one is needed; True and False are no numbers.
        """
        found = plain(given)
        if self.type in (int, float) and (isinstance(found, bool) or not isinstance(found, (Real, Decimal, str))):
            raise self._refusal(short(given))
        return _whole(found) if self.type is int else found

    def read_list(self, given: Any) -> tuple[Any, ...]:
        """Read the entries of a list, from a sequence of numbers or from text such as `0.5, 1, 2`.

        Raises:
            PydanticCustomError: With a sentence that names the first entry that cannot be used.
        """
        if isinstance(given, str):
            entries = [] if given.strip() in ("", EMPTY) else [part.strip() for part in given.split(",")]
        elif (found_entries := entries_of(given, self.max_entries + 1)) is not None:
            entries = found_entries
        else:
            raise self._refusal(short(given))
        if not self.min_entries <= len(entries) <= self.max_entries:
            count = len(given) if hasattr(given, "__len__") and not isinstance(given, str) else len(entries)
            raise self._refusal(f"{count} of them" if entries else "none")
        found = []
        for place, entry in enumerate(entries, 1):
            try:
                number = _NUMBERS[self.each].validate_python(_whole(entry) if self.each is int else entry)
            except ValidationError:
                number = None
            if number is None or isinstance(entry, bool) or not self.within(number):
                at = f" as entry {place}" if len(entries) > 1 else ""
                raise self._refusal((short(entry) or "nothing") + at)
            found.append(number)
        return tuple(found)

    def within(self, number: float) -> bool:
        """Tell whether a number, or an entry of a list, is within the bounds."""
        within = (
            number >= self._bounds.get("ge", number),
            number <= self._bounds.get("le", number),
            number > self._bounds.get("gt", float("-inf")),
            number < self._bounds.get("lt", float("inf")),
        )
        return all(within)

    def _refusal(self, given: str) -> PydanticCustomError:
        # half of a surrogate pair, which an address can hold, cannot be encoded
        given = given.encode("utf-8", "replace").decode()
        sentence = f"`{self.name}` must be {self.allowed}, got {given}."
        return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _whole(given: Any) -> Any:
    """Return the whole number in text such as 1e5, which pydantic does not read; return anything else unchanged."""
    if isinstance(given, str) and re.fullmatch(r"\s*[+-]?\d+(\.\d*)?[eE]\+?\d\d?\s*", given, flags=re.ASCII):
        number = Decimal(given.strip())
        return int(number) if number == int(number) else given
    return given


_NUMBERS: dict[Any, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (int, float)}


def show(value: Any) -> str:
    """Return a value as text for people.

    Numbers have all significant digits and no others, true and false are in lower case, lists have commas.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    if isinstance(value, tuple):
        return ",".join(map(show, value)) or EMPTY
    return str(value)
