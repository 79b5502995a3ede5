"""Axes of a phase portrait: the parameters that can be an axis, their settings, and the points along them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from pydantic_core import PydanticCustomError

from lazyrich.config.plain_values import entries as sequence
from lazyrich.config.plain_values import short
from lazyrich.config.schema import MAX_ENTRIES, parameter, show
from lazyrich.experiments.student_teacher.config import StudentTeacher


class Axis(NamedTuple):
    """A parameter as an axis: its default range, with even steps or equal ratios."""

    low: float
    high: float
    logarithmic: bool
    symbol: str


AXES: Final = {
    "tau": Axis(0.1, 2.0, True, "τ"),
    "delta": Axis(-1.0, 1.0, False, "δ"),
    "eta_ratio": Axis(0.01, 100.0, True, "η_w/ηₐ"),
    "eta_a": Axis(0.1, 10.0, True, "ηₐ"),
    "eta_w": Axis(0.1, 10.0, True, "η_w"),
    "width": Axis(10, 200, True, "m"),
    "dimension": Axis(10, 200, True, "d"),
    "samples": Axis(100, 2000, True, "n"),
    "teacher_width": Axis(1, 9, False, "m*"),
    "leak": Axis(0.0, 1.0, False, "leak"),
}
"""Parameters that can be an axis."""

AxisName = Literal[
    "tau", "delta", "eta_ratio", "eta_a", "eta_w", "width", "dimension", "samples", "teacher_width", "leak"
]

RANGE = "One value, or from and to where it is an axis."
"""Description of every parameter that can be an axis."""


def setting(name: str, *default: float) -> Any:
    """Return the config field of a setting of StudentTeacher that may be an axis, with the same label and help."""
    there: Any = StudentTeacher.parameters()[name]
    return parameter(
        tuple(default),
        there.label,
        f"{there.help} {RANGE}",
        ge=there.low, le=there.high, scale=there.scale, step=there.step, symbol=there.symbol, entries=(1, 2),
    )  # fmt: skip


@lru_cache(maxsize=64, typed=True)
def spaced(name: str, low: float, high: float, points: int, even: bool = False) -> np.ndarray:
    """Return the points of an axis (points,), increasing. They are kept, and cannot be written to.

    For a whole-number parameter they are distinct whole numbers, and even ones if `even`.
    """
    logarithmic = AXES[name].logarithmic and low > 0
    values = np.geomspace(low, high, points) if logarithmic else np.linspace(low, high, points)
    # Powers differ in their last digit between processors: twelve digits are the same grid on every machine.
    values = np.array([float(f"{value:.12g}") for value in values])
    # the ends are exactly those asked for
    values[0], values[-1] = low, high
    if isinstance(low, int):
        unit = 2 if even else 1
        values = np.unique((unit * np.ceil(values / unit - 1e-9)).astype(np.int64))
    values.setflags(write=False)
    return values


def in_fields(given: Any) -> Any:
    """Return settings in which a base and ranges (low, high, points) are replaced by the fields that they stand for."""
    if not isinstance(given, Mapping):
        return given
    data = dict(given)
    based: dict[str, Any] = {}
    if "base" in data:
        based = {name: value for name, value in _from_base(data.pop("base")).items() if name not in data}
        data |= based
    # an iterator can be read only once
    data |= {name: listed(data[name]) for name in AXES if name in data and not isinstance(data[name], (str, bytes))}
    ranges = {name: found for name in AXES if name in data and len(found := listed(data[name])) > 1}
    free = {axis: usual for axis, usual in (("x", "tau"), ("y", "delta")) if axis not in data}
    unplaced = [name for name in ranges if name not in (data.get("x"), data.get("y"))]
    chosen = {axis: usual for axis, usual in free.items() if usual in unplaced}
    others = [name for name in unplaced if name not in chosen.values()]
    for axis in free:
        if axis not in chosen and others:
            chosen[axis] = others.pop(0)
    if others and free:
        raise PydanticCustomError(
            "sentence",
            "a portrait has two axes, but {names} were all given as ranges: give one value for all but two.",
            {"names": ", ".join(f"`{name}`" for name in ranges)},
        )
    data |= chosen
    # if one axis has the other's default parameter, swap them
    if "x" not in data and data.get("y") == "tau":
        data["x"] = "delta"
    if "y" not in data and data.get("x") == "delta":
        data["y"] = "tau"
    for axis, usual in (("x", "tau"), ("y", "delta")):
        for name, found in ranges.items():
            if name == data.get(axis, usual) and len(found) == 3:
                data[name], data[f"{axis}_points"] = tuple(found[:2]), found[2]
    # settings not given follow from the axes; those given are used unchanged or refused
    axes = [axis for axis in (data.get("x", "tau"), data.get("y", "delta")) if isinstance(axis, str)]
    for name in AXES:
        if name in axes and (name not in data or name in based):
            data[name] = (AXES[name].low, AXES[name].high)
        elif name in ("tau", "delta") and name not in axes and name not in data:
            data[name] = (StudentTeacher.parameters()[name].default,)
    return data


def refused(name: str, given: tuple[Any, ...], why: str, instead: str) -> PydanticCustomError:
    """Return the error for a value where a range is needed, or the other way round."""
    return PydanticCustomError(
        "sentence",
        "`{name}` {why}, got {given}: write {instead}.",
        {"name": name, "why": why, "given": show(given).replace(",", ", "), "instead": instead},
    )


def listed(value: Any) -> list[Any]:
    """Return the entries of a list in any notation; a list of one for any other value."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    found = sequence(value, MAX_ENTRIES)
    return [value] if found is None else found


def _from_base(base: Any) -> dict[str, Any]:
    """Return the settings of a portrait that follow from a base student."""
    if not isinstance(base, (StudentTeacher, Mapping)):
        raise PydanticCustomError(
            "sentence", "`base` must be a StudentTeacher or its settings by name, got {given}.", {"given": short(base)}
        )
    student = base if isinstance(base, StudentTeacher) else StudentTeacher.model_validate(base)
    if student.noise:
        raise PydanticCustomError(
            "sentence",
            "`base` must have noise 0, as a portrait's labels have none, got {noise}.",
            {"noise": student.noise},
        )
    found: dict[str, Any] = {name: (getattr(student, name),) for name in AXES if name != "eta_ratio"}
    found |= {name: getattr(student, name) for name in ("symmetrised", "test_samples")}
    if "dtype" in student.model_fields_set:
        found["dtype"] = student.dtype
    if "seed" in student.model_fields_set:
        found["first_seed"] = student.seed
    if student.device == "cuda":
        found["device"] = "cuda"
    return found
