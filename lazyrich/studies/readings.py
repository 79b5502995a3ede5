"""Readings of the runs of one setting: a measure of each network and seed, and whether losses have settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from lazyrich.config.columns import Columns
from lazyrich.config.schema import Config
from lazyrich.ending import Ending, of_losses
from lazyrich.studies.at import LEVELS, ComparisonMoment, value_at
from lazyrich.studies.measure import FLOOR, Measure
from lazyrich.studies.runs.jobs import Finished

__all__ = ["Key", "Network", "Reading", "endings", "networks_of", "read"]

Network = tuple[object, ...]
"""Values of the columns that tell the networks of one seed apart; empty if there is one network."""

Key = tuple[Network, int]
"""A network and its seed."""

Rows = dict[str, np.ndarray]

T = TypeVar("T")

_KNOWN: WeakKeyDictionary[Finished, dict[Any, Any]] = WeakKeyDictionary()
"""Cache of the readings of each run: a growing study needs those of all runs after each further run."""


@dataclass(frozen=True)
class Reading:
    """A measure of one network of one seed.

    value: nan if there is none. floor: lower bound to which smaller values are raised. why: reason for a missing value,
    in a few words: `failed` or `did not come to a training loss of 0.001`.
    """

    value: float
    floor: float
    why: str = ""


def read(config: Config, parts: Sequence[Finished], measure: Measure, at: ComparisonMoment) -> dict[Key, Reading]:
    """Read a measure from the runs of one setting.

    Args:
        config: The setting.
        parts: Its runs.
        measure: A column of their curves.
        at: The moment.

    Returns:
        Network and seed -> reading.

    Raises:
        ValueError: If there is no such column, or `at` does not fit the experiment or lies past the end of its runs.
    """
    found: dict[Key, Reading] = {}
    for part in parts:
        found |= _once(part, (measure, at), partial(_readings, config, part, measure, at))
    return found


def endings(config: Config, parts: Sequence[Finished], at: ComparisonMoment) -> dict[Key, Ending]:
    """Return whether the losses of each network and seed have settled at a moment.

    Empty for a moment that is a training loss, which is no end, and for networks with one row. Arguments and errors are
    those of `read`.
    """
    found: dict[Key, Ending] = {}
    for part in parts:
        found |= _once(part, at, partial(_endings, config, part, at))
    return found


def networks_of(part: Finished, columns: Columns) -> Iterator[tuple[Key, Rows]]:
    """Yield the networks of a run, each with its rows."""
    names = ("seed", *columns.networks)
    places: dict[tuple[Any, ...], list[int]] = {}
    for row, key in enumerate(zip(*(part.rows[name].tolist() for name in names), strict=True)):
        places.setdefault(key, []).append(row)
    for (seed, *network), rows in places.items():
        yield (tuple(network), seed), {name: column[rows] for name, column in part.rows.items()}


def _once(part: Finished, key: Any, make: Callable[[], Iterator[tuple[Key, T]]]) -> dict[Key, T]:
    known = _KNOWN.setdefault(part, {})
    if key not in known:
        known[key] = dict(make())
    return known[key]


def _readings(config: Config, part: Finished, measure: Measure, at: ComparisonMoment) -> Iterator[tuple[Key, Reading]]:
    columns = config.columns
    _check(measure, part, columns)
    for key, rows in networks_of(part, columns):
        values = np.asarray(rows[measure.name], dtype=np.float64)
        floor = FLOOR * part.zero_losses.get(measure.name, _first(values)) if measure.ratio else 0.0
        place = _place(config, part, key, rows, at)
        if place is None:
            when = at.words(columns.clock).removeprefix("at ")
            why = "failed" if key[1] in part.failed else f"did not come to {when}"
            yield key, Reading(float("nan"), floor, why)
            continue
        value = value_at(place, values, measure)
        there = bool(np.isfinite(value))
        yield key, Reading(value if there else float("nan"), floor, "" if there else f"has no {measure.words}")


def _endings(config: Config, part: Finished, at: ComparisonMoment) -> Iterator[tuple[Key, Ending]]:
    columns = config.columns
    train = next((name for name in LEVELS if name in part.rows), None)
    if at.level or not columns.clock or train is None:
        return
    for key, rows in networks_of(part, columns):
        place = _place(config, part, key, rows, at)
        scale = part.zero_losses.get(train, _first(np.asarray(rows[train], dtype=np.float64)))
        if place is None or place[0] < 1 or not scale > 0:
            continue
        until = slice(place[0] + 1)
        losses = {
            name.replace("train", "training").replace("_", " "): rows[name][until]
            for name in (train, "test_loss")
            if name in rows
        }
        unit = "time" if columns.clock == "time" else "steps"
        yield key, of_losses(rows[columns.clock][until], losses, scale, getattr(config, "dtype", "float64"), unit)


def _place(config: Config, part: Finished, key: Key, rows: Rows, at: ComparisonMoment) -> tuple[int, float] | None:
    """Return the index of a moment among the rows of a network; None if it is never reached."""
    place = at.place(rows, config.columns.clock)
    failed = key[1] in part.failed
    if failed and at.value is None:
        return None
    if place is None and not failed and not at.level:
        return _at_the_last(config, rows, at)
    return place


def _check(measure: Measure, part: Finished, columns: Columns) -> None:
    keys = {"seed", *columns.networks}
    names = [name for name, column in part.rows.items() if name not in keys and column.dtype.kind in "biuf"]
    if measure.name not in names:
        raise ValueError(f"measure must be one of {', '.join(names)}, got {measure.name}.")


def _at_the_last(config: Config, rows: Rows, at: ComparisonMoment) -> tuple[int, float]:
    """Return the last row of a run that ended because its losses were flat. Raises ValueError for any other run."""
    column, last = at.column or config.columns.clock, len(rows["seed"]) - 1
    if "step" in rows and rows["step"][last] < getattr(config, "steps", 0):
        return last, 0.0
    raise ValueError(
        f"at lies past the end of a run, which is at {column} {rows[column][last]:,.6g}: choose an earlier one, or "
        "train for more steps."
    )


def _first(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite[0]) if len(finite) else 0.0
