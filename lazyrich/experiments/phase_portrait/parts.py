"""Order in which a phase portrait is computed: coarse first, in parts of a few students that share a task.

A part is the unit of work. The students of each part depend on the config alone, so that equal portraits are equal to
the last bit however the parts are distributed over processes and machines.

    for part in parts(PhasePortrait(seeds=1)):
        print(part.seed, part.cells)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.cost import hardness

__all__ = ["Part", "coordinates", "count", "parts"]

COARSEST = 5
"""Largest number of points along an axis in the first picture."""

PART_ENTRIES = 400_000
"""Number of pre-activations of the students of a part on a CPU: twice as many as flow computes side by side, so that
the last student rarely runs alone. Measured; parts of fewer students are no slower."""

PART_ENTRIES_CUDA = 30_000_000
"""The same on a graphics card."""

MAX_PART_STUDENTS = 64
"""Largest number of students of a part; more would only delay its result."""


Chunk = tuple[int, float, tuple[tuple[int, int], ...]]
"""Level, weight and cells of a part, the same for every seed."""


@dataclass(frozen=True)
class Part:
    """Some students of one seed and one task.

    number: its place in the order. cells: (index across, index up) of each student. weight: its cost in units of an
    easy student.
    """

    number: int
    seed: int
    cells: tuple[tuple[int, int], ...]
    weight: float


@lru_cache(maxsize=4)
def parts(config: PhasePortrait) -> tuple[Part, ...]:
    """Return all parts in the order of computing: seed after seed, each from its coarsest grid to the finest.

    In the first grid easy students come first, so that a result appears at once. In all others hard students come
    first, so that none is left for the end.
    """
    return tuple(_numbered(_chunks(_of_one_seed(config)), range(config.first_seed, config.first_seed + config.seeds)))


def count(config: PhasePortrait) -> int:
    """Return the number of parts without making them, as there may be a hundred thousand."""
    return config.seeds * len(_chunks(_of_one_seed(config)))


def _of_one_seed(config: PhasePortrait) -> PhasePortrait:
    """Return the config with one seed only, so that the order within a seed is computed once."""
    return config.model_copy(update={"seeds": 1, "first_seed": 0, "at": (1,), "test_samples": 1})


@lru_cache(maxsize=64)
def _chunks(config: PhasePortrait) -> tuple[Chunk, ...]:
    """Return the parts of one seed."""
    x, y = config.x_values, config.y_values
    first, second = _strides(len(x)), _strides(len(y))
    levels = max(len(first), len(second))
    groups: dict[tuple[int, tuple[float, ...]], list[tuple[float, tuple[int, int]]]] = {}
    for i, across in enumerate(x):
        for j, up in enumerate(y):
            level = max(_level(i, first, levels), _level(j, second, levels))
            setting = config.settings_at(across, up)
            task = tuple(value for name, value in setting.items() if name not in ("tau", "delta"))
            groups.setdefault((level, task), []).append((hardness(setting["tau"], setting["delta"]), (i, j)))
    chunks: list[Chunk] = []
    for (level, _), members in groups.items():
        # students of similar hardness end together
        members.sort(key=lambda member: (-member[0], member[1]))
        setting = config.settings_at(x[members[0][1][0]], y[members[0][1][1]])
        size = _together(config, setting["width"] * setting["samples"], level)
        cost = setting["width"] * setting["samples"] * setting["dimension"] / 5e6
        for start in range(0, len(members), size):
            chunk = members[start : start + size]
            weight = cost * sum(hardness for hardness, _ in chunk)
            chunks.append((level, weight, tuple(cell for _, cell in chunk)))
    chunks.sort(key=lambda chunk: (chunk[0], chunk[1] if chunk[0] == 0 else -chunk[1], chunk[2]))
    return tuple(chunks)


def coordinates(config: PhasePortrait, part: Part) -> dict[str, np.ndarray]:
    """Return the keys of a part's rows, one for each student and time: the parameters of the two axes, seed and at."""
    across, up = (list(indices) for indices in zip(*part.cells, strict=True))
    each, rows = len(config.at), len(config.at) * len(part.cells)
    return {
        config.x: np.repeat(config.x_values[across], each),
        config.y: np.repeat(config.y_values[up], each),
        "seed": np.full(rows, part.seed, dtype=np.int64),
        "at": np.tile(np.array(config.at, dtype=np.int64), len(part.cells)),
    }


def _numbered(chunks: tuple[Chunk, ...], seeds: range) -> Iterator[Part]:
    for turn, seed in enumerate(seeds):
        for place, (_, weight, cells) in enumerate(chunks):
            yield Part(turn * len(chunks) + place, seed, cells, weight)


def _strides(points: int) -> list[int]:
    """Return the distances between the points of ever finer grids, halved until 1: 4, 2, 1 for 17 points."""
    strides = [1]
    while (points - 1) / (2 * strides[0]) >= COARSEST - 1:
        strides.insert(0, 2 * strides[0])
    return strides


def _level(index: int, strides: list[int], levels: int) -> int:
    """Return the number of the first nested grid that contains this index."""
    own = next(level for level, stride in enumerate(strides) if index % stride == 0)
    # an axis with fewer grids uses its coarsest one in the first grids, too
    return 0 if own == 0 else own + levels - len(strides)


def _together(config: PhasePortrait, entries: int, level: int) -> int:
    """Return the number of students in a part, each with this many pre-activations."""
    room = (PART_ENTRIES_CUDA if config.device == "cuda" else PART_ENTRIES) // entries
    return max(1, min(MAX_PART_STUDENTS, room if level or config.device == "cuda" else room // 2))
