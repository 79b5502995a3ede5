"""When runs are compared: at their end, at a time, or at an equal training loss. Fixed before they are computed.

ComparisonMoment.read(None)                       the end
ComparisonMoment.read(55.6)                       that flow time, or step where an experiment counts those
ComparisonMoment.read({"train_loss": 1e-3})       when the training loss first comes down to this
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from lazyrich.config.plain_values import short
from lazyrich.moment import significant
from lazyrich.studies.measure import Measure

__all__ = ["CLOCKS", "LEVELS", "ComparisonMoment", "value_at"]

CLOCKS: Final = ("time", "step", "at")
"""Columns that increase through a run."""

LEVELS: Final = ("train_loss", "loss")
"""Columns of training losses."""

SAME: Final = 1e-9
"""Relative difference below which two times are one."""


@dataclass(frozen=True)
class ComparisonMoment:
    """The moment at which runs are compared.

    column: one of CLOCKS or LEVELS, or "" for the clock of the experiment. value: of that column; None for the end.
    """

    column: str = ""
    value: float | None = None

    @classmethod
    def read(cls, given: Any) -> Self:
        """Read what users write: None, a number, or a mapping with one of CLOCKS or LEVELS.

        Raises:
            ValueError: If it is none of these.
        """
        if given is None or isinstance(given, cls):
            return given or cls()
        column, value = "", given
        if isinstance(given, Mapping):
            if len(given) != 1 or next(iter(given)) not in (*CLOCKS, *LEVELS):
                names = ", ".join((*CLOCKS, *LEVELS))
                raise ValueError(f"at must name one of {names}, such as {{'train_loss': 1e-3}}, got {short(given)}.")
            [(column, value)] = given.items()
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if isinstance(value, bool) or not 0 <= number < np.inf or (column in LEVELS and number == 0):
            allowed = "a number above 0" if column in LEVELS else "None for the end, or a number from 0 on"
            raise ValueError(f"{column or 'at'} must be {allowed}, got {short(value)}.")
        return cls(column, number)

    @property
    def level(self) -> bool:
        """Tell whether the moment is an equal training loss."""
        return self.column in LEVELS

    @property
    def json(self) -> dict[str, float] | float | None:
        """Return the JSON value that `read` reads."""
        return self.value if not self.column or self.value is None else {self.column: self.value}

    def words(self, clock: str) -> str:
        """Return the moment in words, for an experiment with this clock: `at t = 55.6`."""
        column = self.column or clock
        if self.value is None:
            return "at the end"
        if self.level:
            return f"at a training loss of {significant(self.value)}"
        return f"at t = {significant(self.value)}" if column == "time" else f"at step {self.value:,.10g}"

    def place(self, rows: Mapping[str, np.ndarray], clock: str) -> tuple[int, float] | None:
        """Find the place of this moment among the rows of one network.

        Args:
            rows: Columns (T,) of its curves, T at least 1.
            clock: The clock of its experiment; empty where it has one row, the end.

        Returns:
            The row at or before it, and the share of the way to the next one, 0 to 1. None where a training loss is
            never reached, or the time is past the last row.

        Raises:
            ValueError: If the experiment has no such column.
        """
        column = self.column or clock
        last = len(next(iter(rows.values()))) - 1
        if self.value is None:
            return last, 0.0
        if column not in rows or (column == "at" and clock != "at"):
            there = [name for name in (*CLOCKS, *LEVELS) if name in rows and (name != "time" or clock)]
            raise ValueError(f"at cannot be a {column or 'time'} in this experiment: {_instead(there, clock)}.")
        values = np.asarray(rows[column], dtype=np.float64)
        return self._level(values) if self.level else self._time(values, column)

    def _time(self, times: np.ndarray, column: str) -> tuple[int, float] | None:
        assert self.value is not None
        same = np.flatnonzero(np.isclose(times, self.value, rtol=SAME, atol=0))
        if len(same):
            return int(same[-1]), 0.0
        if column == "at":
            steps = ", ".join(f"{time:,.0f}" for time in times)
            raise ValueError(f"at must be one of the steps that a portrait records, {steps}, got {self.value:g}.")
        after = int(np.searchsorted(times, self.value))
        if after == len(times):
            return None
        if after == 0:
            return 0, 0.0
        before, here = times[after - 1], times[after]
        share = np.log(self.value / before) / np.log(here / before) if before > 0 else self.value / here
        return after - 1, float(share)

    def _level(self, losses: np.ndarray) -> tuple[int, float] | None:
        assert self.value is not None
        below = np.flatnonzero(losses <= self.value)
        if not len(below):
            return None
        after = int(below[0])
        if after == 0:
            return 0, 0.0
        before, here = losses[after - 1], max(losses[after], np.finfo(np.float64).tiny)
        return after - 1, float(np.log(self.value / before) / np.log(here / before))


def value_at(place: tuple[int, float], values: np.ndarray, measure: Measure) -> float:
    """Interpolate a column at a place between two rows: losses and errors in their logarithm, all else linearly."""
    row, share = place
    here = float(values[row])
    if not share:
        return here
    there = float(values[row + 1])
    if measure.ratio and here > 0 and there > 0 and measure.name not in CLOCKS:
        return float(np.exp((1 - share) * np.log(here) + share * np.log(there)))
    return (1 - share) * here + share * there


def _instead(there: list[str], clock: str) -> str:
    if not clock:
        return "each of its rows is the end of a training; leave at out"
    return f"give {' or '.join(there)}"
