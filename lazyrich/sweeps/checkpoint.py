"""Keep the finished parts of a phase portrait on disk, so that a run killed at any moment can be resumed.

with Checkpoint("portrait.parquet.parts", config) as journal:
    for finished in computed(config, pool, journal.done):
        journal.add(finished)
    table = in_order(config, journal.tables)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from lazyrich.experiments.phase_portrait.config import MEASURES, PhasePortrait
from lazyrich.experiments.phase_portrait.parts import coordinates, parts
from lazyrich.sweeps.journal import Journal
from lazyrich.sweeps.portrait import Finished

__all__ = ["Checkpoint"]


class Checkpoint(Journal):
    """The finished parts of one portrait."""

    kind: ClassVar[str] = "a phase portrait"

    def __init__(self, path: str | os.PathLike[str], config: PhasePortrait):
        """Open the journal of a portrait, or create it. Raises as Journal does."""
        self._config, self._parts = config, parts(config)
        self._done: dict[int, Mapping[str, np.ndarray]] = {}
        self.seconds = 0.0
        """Processor seconds of all parts."""
        self.environments: list[dict[str, str]] = []
        """Versions and devices with which parts were computed, each once."""
        super().__init__(path)

    @property
    def header(self) -> dict[str, Any]:
        """Return the portrait that the parts belong to."""
        return {"portrait": self._key, "config": self._now}

    @property
    def done(self) -> set[int]:
        """Return the numbers of the parts in the journal."""
        return set(self._done)

    @property
    def tables(self) -> Iterator[Mapping[str, np.ndarray]]:
        """Yield the rows of the parts in the journal, by number."""
        return (self._done[number] for number in sorted(self._done))

    def add(self, finished: Finished) -> None:
        """Append a part to the file. Raises CannotWrite as `write` does."""
        self.write(
            {
                "part": finished.part.number,
                "seconds": finished.seconds,
                "environment": dict(finished.environment),
                # converted to float64, whose text has all digits
                "columns": {name: finished.table[name].astype(float).tolist() for name in MEASURES},
            }
        )

    def check(self, header: Any) -> None:
        """Raise ValueError if the file is of another portrait."""
        if not isinstance(header, dict) or "portrait" not in header:
            raise self.wrong_kind_error()
        if header["portrait"] == self._key:
            return
        config = header.get("config")
        if not isinstance(config, dict) or config == self._now or config.keys() != self._now.keys():
            raise ValueError(f"{self.path} was begun by another version, with other parts: delete it to begin anew.")
        other = {name: value for name, value in config.items() if value != self._now[name]}
        settings = ", ".join(f"{name}={value}" for name, value in other.items())
        raise ValueError(
            f"{self.path} holds parts of another portrait, with {settings}: ask for that one, or delete the file."
        )

    def take(self, line: Any) -> None:
        """Add a part that the file holds already."""
        number, seconds, environment = line["part"], float(line["seconds"]), dict(line["environment"])
        if not isinstance(number, int) or number < 0:
            raise ValueError(f"part {number}")
        part = self._parts[number]
        table = coordinates(self._config, part)
        rows = len(next(iter(table.values())))
        for name in MEASURES:
            table[name] = np.array(line["columns"][name], dtype=self._config.dtype)
            if table[name].shape != (rows,):
                raise ValueError(f"{name} of shape {table[name].shape}")
        if number not in self._done:
            self.seconds += seconds
        self._done[number] = table
        if environment not in self.environments:
            self.environments.append(environment)

    @property
    def _key(self) -> str:
        """Return a key of the portrait and of its division into parts, which can differ between versions."""
        divided = hashlib.sha256(repr([(part.seed, part.cells) for part in self._parts]).encode()).hexdigest()
        return f"{self._config.key}-{divided[:16]}"

    @property
    def _now(self) -> dict[str, Any]:
        return self._config.model_dump(mode="json")
