"""The finished parts of a phase portrait on disk, so that a run that is killed at any moment can go on.

One line of JSON for each part behind a line that says of which portrait, flushed to the disk before the next is asked
for. A line that was cut short is dropped when the journal is opened again, and its part is computed again.

    with Journal("portrait.parquet.parts", config) as journal:
        for finished in computed(config, pool, journal.done):
            journal.add(finished)
        table = in_order(config, journal.tables)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from lazyrich.experiments.phase_portrait import MEASURES, PhasePortrait
from lazyrich.experiments.phase_portrait_parts import coordinates, parts
from lazyrich.export import CannotWrite
from lazyrich.sweeps import Finished

__all__ = ["Journal"]


class Journal:
    """The parts of one portrait that are done.

    path: the file, made if it is not there. Raises ValueError when it holds another portrait, or is no journal;
    CannotWrite (an OSError) where the system does not allow it.
    """

    def __init__(self, path: str | os.PathLike[str], config: PhasePortrait):
        self.path, self._config, self._parts = Path(path), config, parts(config)
        self._done: dict[int, Mapping[str, np.ndarray]] = {}
        self.seconds = 0.0
        """Processor time of all parts."""
        self.environments: list[dict[str, str]] = []
        """What parts were computed with, each once."""
        try:
            self._file = open(self.path, "a+b")  # noqa: SIM115 (closed by __exit__)
            end = self._read()
            self._file.truncate(end)
            if not end:
                self._append({"portrait": self._key, "config": self._now})
        except OSError as error:
            raise self._cannot(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def done(self) -> set[int]:
        """Numbers of the parts that are here."""
        return set(self._done)

    @property
    def tables(self) -> Iterator[Mapping[str, np.ndarray]]:
        """Rows of the parts that are here, in the parts' own order."""
        return (self._done[number] for number in sorted(self._done))

    def add(self, finished: Finished) -> None:
        """Write down a part. On the disk when this returns. Raises CannotWrite when that is full, say."""
        line = {
            "part": finished.part.number,
            "seconds": finished.seconds,
            "environment": dict(finished.environment),
            # a float32 is a float64 too, and those are written with all their digits
            "columns": {name: finished.table[name].astype(float).tolist() for name in MEASURES},
        }
        try:
            self._append(line)
        except OSError as error:
            raise self._cannot(error) from error
        self._take(line)

    def remove(self) -> None:
        """The portrait is complete and elsewhere: the journal can go."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _append(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self) -> int:
        """Take in what is there; returns where the whole lines end."""
        self._file.seek(0)
        end = 0
        for text in self._file:
            try:
                line = json.loads(text) if text.endswith(b"\n") else None
            except ValueError:
                line = None
            if line is None:
                if end == 0 and text.endswith(b"\n"):
                    raise ValueError(f"{self.path} is no journal of a phase portrait: move it away.")
                break
            if end == 0:
                self._check(line)
            else:
                self._take(line)
            end += len(text)
        return end

    def _check(self, header: Any) -> None:
        if not isinstance(header, dict) or "portrait" not in header:
            raise ValueError(f"{self.path} is no journal of a phase portrait: move it away.")
        if header["config"] == self._now and header["portrait"] != self._key:
            raise ValueError(f"{self.path} was begun by another version, with other parts: delete it to begin anew.")
        if header["portrait"] != self._key:
            other = {name: value for name, value in header["config"].items() if value != self._now.get(name)}
            settings = ", ".join(f"{name}={value}" for name, value in other.items())
            raise ValueError(
                f"{self.path} holds parts of another portrait, with {settings}: ask for that one, or delete the file."
            )

    @property
    def _key(self) -> str:
        """The portrait and how it is divided, which another version may do in another way."""
        divided = hashlib.sha256(repr([(part.seed, part.cells) for part in self._parts]).encode()).hexdigest()
        return f"{self._config.key}-{divided[:16]}"

    @property
    def _now(self) -> dict[str, Any]:
        return self._config.model_dump(mode="json")

    def _take(self, line: Mapping[str, Any]) -> None:
        part = self._parts[line["part"]]
        measures = {name: np.array(line["columns"][name], dtype=self._config.dtype) for name in MEASURES}
        if part.number not in self._done:
            self.seconds += line["seconds"]
        self._done[part.number] = coordinates(self._config, part) | measures
        if line["environment"] not in self.environments:
            self.environments.append(line["environment"])

    def _cannot(self, error: OSError) -> CannotWrite:
        reason = (error.strerror or str(error)).lower()
        return CannotWrite(f"{self.path} could not be written: {reason}. Mend that or choose another place.")
