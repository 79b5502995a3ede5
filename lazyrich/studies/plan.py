"""Plan of a study: its settings, their axes and the reference, validated before any run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from pydantic import ValidationError

from lazyrich.config.schema import Config, complaints, show, unknown
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.ensemble import check_config, check_seeds
from lazyrich.studies.measure import measure_of
from lazyrich.studies.runs.jobs import Job, first_seed, jobs

__all__ = ["Cell", "Plan"]

Cell = tuple[Any, ...]
"""A value for each axis."""

MAX_CELLS = 400
"""Settings of a study."""

SEED_FIELDS = ("seed", "first_seed", "seeds")


class Plan:
    """Plan of a study: the settings, their axes, and the jobs.

    Raises TypeError and ValueError as `study` does.
    """

    def __init__(
        self,
        config: Config,
        over: Mapping[str, Sequence[Any]],
        seeds: int,
        measure: str | None = None,
        at: Any = None,
        reference: Mapping[str, Any] | None = None,
    ):
        check_config(config, "config")
        check_seeds(seeds, 1)
        self.config, self.at = config, ComparisonMoment.read(at)
        self.measure = measure_of(measure or config.columns.outcome)
        self.axes = {name: _values(config, name, values) for name, values in _axes(config, over).items()}
        self.cells: list[Cell] = list(product(*self.axes.values()))
        if len(self.cells) > MAX_CELLS:
            raise ValueError(f"over must make at most {MAX_CELLS} settings, got {len(self.cells)}: name fewer values.")
        self.configs = [_changed(config, dict(zip(self.axes, cell, strict=True))) for cell in self.cells]
        self.reference = self._reference(reference)
        first = first_seed(config)
        self.seeds = range(first, first + seeds)
        self.jobs: tuple[Job, ...] = jobs(self.configs, first, seeds)

    def reference_of(self, cell: Cell) -> Cell:
        """Return the setting that a setting is compared with: the same, with the values of the reference."""
        return tuple(self.reference.get(name, value) for name, value in zip(self.axes, cell, strict=True))

    def named(self, cell: Cell) -> str:
        """Return a setting in words: `δ 1, τ 0.3`."""
        parameters = self.config.parameters()
        return ", ".join(parameters[name].labelled(value) for name, value in zip(self.axes, cell, strict=True))

    def _reference(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        if given is None:
            name, values = next(iter(self.axes.items()))
            return {name: values[0]}
        found = {}
        for name, value in given.items():
            if name not in self.axes:
                raise ValueError(f"reference must name {' or '.join(self.axes)}, which the study varies, got {name}.")
            [found[name]] = _values(self.config, name, [value])
            if found[name] not in self.axes[name]:
                there = ", ".join(map(show, self.axes[name]))
                raise ValueError(f"reference must have a value of {name} that is studied, {there}, got {show(value)}.")
        if not found:
            raise ValueError(f"reference must name a value of {' or '.join(self.axes)}, got none.")
        return found


def _axes(config: Config, over: Any) -> Mapping[str, Sequence[Any]]:
    if not isinstance(over, Mapping) or not 1 <= len(over) <= 2:
        raise ValueError("over must name one or two settings, each with its values, such as {'delta': [0, 1]}.")
    if others := [str(name) for name in over if name not in config.parameters()]:
        raise ValueError(unknown(type(config), others))
    parameters, own = config.parameters(), config.columns.networks
    if taken := [name for name in over if name in own or parameters[name].of_settings]:
        raise ValueError(f"over cannot name {taken[0]}, which {config.name} varies by itself.")
    if seeds := [name for name in over if name in SEED_FIELDS]:
        raise ValueError(f"over cannot name {seeds[0]}: every setting is run over seeds, and `seeds` says how many.")
    return over


def _values(config: Config, name: str, values: Any) -> tuple[Any, ...]:
    """Return the values of an axis as the config stores them; each may occur once."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise ValueError(f"over must have a list of values for {name}, got {show(values)}.")
    found = [getattr(_changed(config, {name: value}), name) for value in values]
    if not found:
        raise ValueError(f"over must have a value for {name} at least, got none.")
    if twice := [value for value in found if found.count(value) > 1]:
        raise ValueError(f"over must name each value of {name} once, got {show(twice[0])} more than once.")
    return tuple(found)


def _changed(config: Config, values: Mapping[str, Any]) -> Config:
    try:
        return config.changed(**values)
    except ValidationError as error:
        raise ValueError(" ".join(complaints(type(config), error))) from None
