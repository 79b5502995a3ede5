"""Finished runs of a comparison, stored in the arrays of its frames, and the Comparison of them.

Each run is computed once: a stopped comparison that goes on and the tables read it from the frames.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from lazyrich.frame import Frame
from lazyrich.studies.comparison import Comparison
from lazyrich.studies.ensemble import Ensemble
from lazyrich.studies.live.config import SeedComparison
from lazyrich.studies.runs.jobs import Finished, Job

__all__ = ["arrays_of", "comparison", "finished"]

ABOUT = "about"
"""Name of the array that holds the other fields of a run, as JSON."""


def arrays_of(parts: Iterable[Finished]) -> dict[str, np.ndarray]:
    """Return finished runs as arrays: `NUMBER.COLUMN` (rows,) and `NUMBER.about`.

    The duration of a run is left out: it differs between computations, and equal settings must give equal frames.
    """
    found: dict[str, np.ndarray] = {}
    for part in parts:
        about = {
            "failed": {str(seed): why for seed, why in part.failed.items()},
            "zero_losses": dict(part.zero_losses),
            "fingerprints": dict(part.fingerprints),
            "environment": dict(part.environment),
        }
        number = part.job.number
        for name, column in part.rows.items():
            found[f"{number}.{name}"] = column if column.dtype.kind in "biuf" else np.array(column, dtype=str)
        found[f"{number}.{ABOUT}"] = np.array(json.dumps(about, ensure_ascii=False))
    return found


def finished(jobs: Sequence[Job], frames: Sequence[Frame]) -> Iterator[Finished]:
    """Yield the runs in these frames, in the order in which they were computed."""
    for frame in frames:
        columns: dict[int, dict[str, np.ndarray]] = {}
        for key, array in frame.arrays.items():
            of, _, name = key.partition(".")
            columns.setdefault(int(of), {})[name] = array
        for number, rows in columns.items():
            yield _part(jobs[number], rows)


def comparison(config: SeedComparison, parts: Sequence[Finished]) -> Comparison:
    """Return the Comparison of the finished runs."""
    seeds = range(config.seed, config.seed + config.seeds)
    A, B = (
        Ensemble(side, seeds, [part for part in parts if part.job.cell == cell])
        for cell, side in enumerate(config.sides)
    )
    return Comparison(A, B, config.compared_measure, config.compared_moment)


def _part(job: Job, columns: Mapping[str, np.ndarray]) -> Finished:
    rows = dict(columns)
    about = json.loads(str(rows.pop(ABOUT)))
    failed = {int(seed): str(why) for seed, why in about["failed"].items()}
    return Finished(job, rows, failed, about["zero_losses"], about["fingerprints"], 0.0, about["environment"])
