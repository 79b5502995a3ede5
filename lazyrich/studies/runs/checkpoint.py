"""The finished runs of a study on disk, so that a study killed at any moment can be resumed."""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from lazyrich.studies.runs.jobs import Finished, Job
from lazyrich.sweeps.journal import Journal

__all__ = ["StudyCheckpoint"]


class StudyCheckpoint(Journal):
    """The finished runs of one study.

    The journal holds runs and not the measure of the study, so another measure can be read from the same runs.
    """

    kind: ClassVar[str] = "a study"

    def __init__(self, path: str | os.PathLike[str], jobs: Sequence[Job]):
        """Open the journal of these runs, or create it. Raises as Journal does."""
        self._jobs = tuple(jobs)
        self._done: dict[int, Finished] = {}
        super().__init__(path)

    @property
    def header(self) -> dict[str, Any]:
        """The runs that this journal may hold."""
        keys = [(job.config.key, job.seeds) for job in self._jobs]
        settings = [{"experiment": c.name, **c.model_dump(mode="json")} for c in (job.config for job in self._first())]
        last = self._jobs[-1].seeds[-1]
        return {
            "study": hashlib.sha256(repr(keys).encode()).hexdigest()[:16],
            "configs": settings,
            "seeds": [self._jobs[0].seeds[0], last],
        }

    @property
    def done(self) -> set[int]:
        """Numbers of the jobs in the journal."""
        return set(self._done)

    @property
    def finished(self) -> list[Finished]:
        """The jobs in the journal, by number."""
        return [self._done[number] for number in sorted(self._done)]

    def add(self, finished: Finished) -> None:
        """Append a run to the file. Raises CannotWrite as `write` does."""
        self.write(
            {
                "job": finished.job.number,
                "seconds": finished.seconds,
                "environment": dict(finished.environment),
                "failed": {str(seed): why for seed, why in finished.failed.items()},
                "zero_losses": dict(finished.zero_losses),
                "fingerprints": dict(finished.fingerprints),
                "rows": {name: _packed(column) for name, column in finished.rows.items()},
            }
        )

    def check(self, header: Any) -> None:
        """Raise ValueError if the file is of another study."""
        if not isinstance(header, dict) or "study" not in header:
            raise self.wrong_kind_error()
        own = self.header
        if header["study"] == own["study"]:
            return
        if header.get("seeds") != own["seeds"]:
            there, here = _span(header.get("seeds")), _span(own["seeds"])
            raise ValueError(
                f"{self.path} holds runs of the seeds {there}, not {here}: ask for those, or delete the file."
            )
        raise ValueError(f"{self.path} holds runs with other settings: ask for those, or delete the file.")

    def take(self, line: Any) -> None:
        """Add a run that the file holds already."""
        number = line["job"]
        if not isinstance(number, int) or number < 0:
            raise ValueError(f"job {number}")
        job = self._jobs[number]
        rows = {str(name): _unpacked(column) for name, column in line["rows"].items()}
        if len({len(column) for column in rows.values()}) != 1 or not set(rows["seed"].tolist()) <= set(job.seeds):
            raise ValueError("rows that do not fit")
        self._done[number] = Finished(
            job,
            rows,
            {int(seed): str(why) for seed, why in line["failed"].items()},
            {str(name): float(loss) for name, loss in line["zero_losses"].items()},
            {str(name): str(one) for name, one in line["fingerprints"].items()},
            float(line["seconds"]),
            {str(name): str(text) for name, text in line["environment"].items()},
        )

    def _first(self) -> list[Job]:
        """The first job of each cell."""
        return list({job.cell: job for job in reversed(self._jobs)}.values())[::-1]


def _packed(column: np.ndarray) -> Any:
    """Return a column as JSON: text as it is, numbers as their exact bytes, a third of the space of digits."""
    if column.dtype.kind not in "biuf":
        return [str(value) for value in column]
    data = base64.b64encode(zlib.compress(np.ascontiguousarray(column).tobytes(), 1)).decode()
    return {"dtype": column.dtype.str, "data": data}


def _unpacked(given: Any) -> np.ndarray:
    if isinstance(given, list):
        return np.array([str(value) for value in given], dtype=object)
    dtype = np.dtype(given["dtype"])
    if dtype.kind not in "biuf":
        raise ValueError(f"dtype {dtype}")
    return np.frombuffer(zlib.decompress(base64.b64decode(given["data"])), dtype=dtype).copy()


def _span(seeds: Any) -> str:
    return f"{seeds[0]} to {seeds[1]}" if isinstance(seeds, list) and len(seeds) == 2 else "of another version"
