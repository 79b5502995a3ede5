"""Numbers of runs for the text of a lesson: the last row of each seed in their tables, and their settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from lazyrich.config.schema import Config
from lazyrich.frame import Frame
from lazyrich.lessons.expression import Rows, Unknown, Value

__all__ = ["RunNumbers"]


class RunNumbers:
    """Numbers of the runs on a page, as `lazyrich.lessons.expression.Numbers`.

    They come from the table that the page offers for download: from the last row of each network and seed, or from all
    rows if each is the end of a training. A seed that trained until its losses were flat may end before the others; a
    failed seed is left out.

    Args:
        runs: Config and frames of the current run, then of those kept beside it.
    """

    def __init__(self, runs: Sequence[tuple[Config, Sequence[Frame]]]):
        self._runs = runs
        self._table = cache(lambda run: _last_rows(*runs[run]))  # `count` reads it for each seed

    def rows(self, run: int, name: str, where: Mapping[str, Value]) -> Rows:
        """Return the numbers of a column or setting; see `Numbers`."""
        if run >= len(self._runs):
            raise Unknown("it compares with a kept run that is not on the page.")
        config, table = self._runs[run][0], self._table(run)
        if name in table and table[name].dtype.kind in "biuf":
            chosen = np.ones(len(table[name]), dtype=bool)
            for column, value in where.items():
                if column not in table:
                    raise Unknown(f"the run has no column {column}.")
                chosen &= _equal(table[column], value)
            if not chosen.any():
                rows = ", ".join(f"{column} = {value}" for column, value in where.items())
                raise Unknown(f"the run has no row with {rows}.")
            seeds = table.get("seed", np.full(len(chosen), getattr(config, "seed", 0)))
            return Rows(table[name][chosen].astype(float).tolist(), seeds[chosen].astype(int).tolist())
        setting = getattr(config, name, None) if name in config.parameters() else None
        if where or not isinstance(setting, (int, float)):
            raise Unknown(f"the run has no number {name}.")
        return Rows([float(setting)], None)


def _last_rows(config: Config, frames: Sequence[Frame]) -> Mapping[str, np.ndarray]:
    if not frames:
        raise Unknown("the run has no results yet.")
    last = frames[-1]
    if last.table is None:
        row = {"step": last.step, "time": last.time, **last.metrics}
        return {name: np.array([value], dtype=float) for name, value in row.items()}
    tables = [frame.table for frame in frames if frame.table is not None]
    table = {name: np.concatenate([table[name] for table in tables]) for name in last.table}
    places = np.arange(len(next(iter(table.values()))))
    if config.columns.clock:
        keys = [table[name].tolist() for name in (*config.columns.networks, "seed") if name in table]
        # of rows with equal keys, the last one stays
        places = np.array(list(dict(zip(zip(*keys, strict=True), places.tolist(), strict=True)).values()), dtype=int)
    if failed := [seed for frame in frames for seed in frame.failed]:
        places = places[~np.isin(table["seed"][places], failed)]
    return {name: column[places] for name, column in table.items()}


def _equal(column: np.ndarray, value: Value) -> np.ndarray:
    if isinstance(value, str) or column.dtype.kind not in "biuf":
        return column == value
    return np.array([math.isclose(one, value, rel_tol=1e-6, abs_tol=1e-12) for one in column.astype(float)])
