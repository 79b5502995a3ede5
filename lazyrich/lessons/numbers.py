"""The numbers of runs that a lesson speaks of: the last row of their tables, and their settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from lazyrich.config.schema import Config
from lazyrich.frame import Frame
from lazyrich.lessons.expression import Unknown, Value

__all__ = ["RunNumbers"]


class RunNumbers:
    """Numbers of the runs on a page, as `lazyrich.lessons.expression.Numbers`.

    They are those of the table that the page offers for download: of its rows at the last step, or of all its rows
    where each is the end of a training of its own.

    Args:
        runs: Config and frames of the current run, then of those kept beside it.
    """

    def __init__(self, runs: Sequence[tuple[Config, Sequence[Frame]]]):
        self._runs = runs

    def values(self, run: int, name: str, where: Mapping[str, Value]) -> Sequence[float]:
        """Return the numbers of a column or setting; see `Numbers`."""
        if run >= len(self._runs):
            raise Unknown("it compares with a kept run that is not on the page.")
        config, frames = self._runs[run]
        table = _last_rows(config, frames)
        if name in table and table[name].dtype.kind in "biuf":
            chosen = np.ones(len(table[name]), dtype=bool)
            for column, value in where.items():
                if column not in table:
                    raise Unknown(f"the run has no column {column}.")
                chosen &= _equal(table[column], value)
            if not chosen.any():
                rows = ", ".join(f"{column} = {value}" for column, value in where.items())
                raise Unknown(f"the run has no row with {rows}.")
            return [float(value) for value in table[name][chosen]]
        setting = getattr(config, name, None) if name in config.parameters() else None
        if where or not isinstance(setting, (int, float)):
            raise Unknown(f"the run has no number {name}.")
        return [float(setting)]


def _last_rows(config: Config, frames: Sequence[Frame]) -> Mapping[str, np.ndarray]:
    if not frames:
        raise Unknown("the run has no results yet.")
    last = frames[-1]
    if last.table is None:
        row = {"step": last.step, "time": last.time, **last.metrics}
        return {name: np.array([value], dtype=float) for name, value in row.items()}
    if config.columns.clock:
        return {name: np.asarray(column) for name, column in last.table.items()}
    tables = [frame.table for frame in frames if frame.table is not None]
    return {name: np.concatenate([table[name] for table in tables]) for name in last.table}


def _equal(column: np.ndarray, value: Value) -> np.ndarray:
    if isinstance(value, str) or column.dtype.kind not in "biuf":
        return column == value
    return np.array([math.isclose(one, value, rel_tol=1e-6, abs_tol=1e-12) for one in column.astype(float)])
