"""Turn the table of a phase portrait into maps over its two axes: mean, lowest and highest over the seeds so far.

    maps = Maps(config)
    maps.add(table)
    maps.mean["test_loss"]        (T, ny, nx)

It does without torch, so that a page can draw an existing portrait.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lazyrich.experiments.phase_portrait.config import MEASURES, PhasePortrait

__all__ = ["Maps"]

SAME = 1e-9
"""Largest difference of equal values relative to the largest value. Powers differ in their last digit between
processors, and a table may have been made on another one."""


class Maps:
    """Maps of a portrait, each (T, ny, nx), by the names of MEASURES; nan for missing values.

    low, high: the lowest and highest over seeds. students: number of students added.
    """

    def __init__(self, config: PhasePortrait):
        self._config = config
        self._places = [np.array(config.at), config.y_values, config.x_values]
        shape = tuple(map(len, self._places))
        self.students = 0
        self._count = {name: np.zeros(shape) for name in MEASURES}
        self._sum = {name: np.zeros(shape) for name in MEASURES}
        self.low = {name: np.full(shape, np.nan) for name in MEASURES}
        self.high = {name: np.full(shape, np.nan) for name in MEASURES}

    def add(self, rows: Mapping[Any, Any]) -> None:
        """Add rows of the portrait's table, from `phase_portrait` or a frame, with all times of each student.

        Values of nan are ignored.

        Raises:
            ValueError: If a row does not belong to this portrait.
        """
        columns = [np.asarray(rows[name]) for name in ("at", self._config.y, self._config.x)]
        where = tuple(_nearest(place, column) for place, column in zip(self._places, columns, strict=True))
        for place, index, column in zip(self._places, where, columns, strict=True):
            if not np.allclose(place[index], column, rtol=SAME, atol=SAME * np.abs(place).max()):
                raise ValueError("rows must be of the portrait that the maps are of: their times or values are others.")
        for name in MEASURES:
            values = np.asarray(rows[name], dtype=np.float64)
            np.add.at(self._count[name], where, np.isfinite(values))
            np.add.at(self._sum[name], where, np.nan_to_num(values))
            np.fmin.at(self.low[name], where, values)
            np.fmax.at(self.high[name], where, values)
        self.students += len(columns[0]) // len(self._config.at)

    @property
    def mean(self) -> dict[str, np.ndarray]:
        """Return the means over the seeds so far."""
        with np.errstate(invalid="ignore"):
            return {name: self._sum[name] / self._count[name] for name in MEASURES}


def _nearest(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the index of the nearest place for each value; `places` increase."""
    after = np.clip(np.searchsorted(places, values), 1, max(1, len(places) - 1))
    if len(places) == 1:
        return np.zeros_like(after)
    return after - (values - places[after - 1] < places[after] - values)
