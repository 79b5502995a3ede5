"""The finished parts of a phase portrait on disk, so that a run that is killed at any moment can go on.

One line of JSON for each part behind a line that says of which portrait, flushed to the disk before the next is asked
for. A line that was cut short is dropped when the journal is opened again, one that was damaged is passed over, and the
parts of both are computed again.

    with Checkpoint("portrait.parquet.parts", config) as journal:
        for finished in computed(config, pool, journal.done):
            journal.add(finished)
        table = in_order(config, journal.tables)
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import IO, Any, Self

import numpy as np

from lazyrich.experiments.phase_portrait.config import MEASURES, PhasePortrait
from lazyrich.experiments.phase_portrait.parts import coordinates, parts
from lazyrich.results.atomic_write import CannotWrite, reason_of
from lazyrich.sweeps.portrait import Finished

__all__ = ["Checkpoint", "InUse", "in_use"]


class InUse(ValueError):
    """Another process writes to a journal, with a sentence for people."""


def in_use(path: str | os.PathLike[str]) -> bool:
    """Whether another process writes to the journal at `path`; False if there is none."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return not _lock(file, exclusive=False)
    except OSError:
        return False


class Checkpoint:
    """The parts of one portrait that are done.

    It belongs to one process at a time, until that closes it or ends, however it ends.

    path: the file, made if it is not there. Raises ValueError when it holds another portrait, or is no journal; InUse
    (a ValueError) when another process writes to it; CannotWrite (an OSError) where the system does not allow it.
    """

    def __init__(self, path: str | os.PathLike[str], config: PhasePortrait):
        self.path, self._config, self._parts = Path(path), config, parts(config)
        self._done: dict[int, Mapping[str, np.ndarray]] = {}
        self.seconds = 0.0
        """Processor time of all parts."""
        self.environments: list[dict[str, str]] = []
        """What parts were computed with, each once."""
        try:
            self._file = self._open()
        except OSError as error:
            raise self._cannot(error) from error
        try:
            self._end = self._read()
            self._file.truncate(self._end)
            if not self._end:
                self._append(self._header)
        except OSError as error:
            self._file.close()
            raise self._cannot(error) from error
        except ValueError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
        if os.name == "nt":  # where an open file cannot be removed
            self.close()
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Leave the journal to others."""
        self._file.close()

    def _open(self) -> FileIO:
        """The file, for this process alone."""
        while True:
            if self.path.exists() and not self.path.is_file():
                raise self._none()
            # without a buffer: what the disk did not take must not be tried again when the file is closed
            file = open(self.path, "a+b", buffering=0)  # noqa: SIM115 (closed by `close`)
            if not _lock(file, exclusive=True):
                file.close()
                raise InUse(f"{self.path} is written to by another process: wait until that has ended.")
            # the one who had it may have removed it meanwhile
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), os.stat(self.path)):
                    return file
            file.close()

    @property
    def _header(self) -> dict[str, Any]:
        return {"portrait": self._key, "config": self._now}

    def _append(self, line: Mapping[str, Any]) -> None:
        """Write a line whole or not at all. Raises OSError."""
        text = _written(line)
        try:
            left = memoryview(text)
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise
        self._end += len(text)

    def _read(self) -> int:
        """Take in what is there; returns where the whole lines end."""
        end = 0
        with open(self.path, "rb") as file:
            for text in file:
                if not text.endswith(b"\n"):
                    if end == 0 and not _written(self._header).startswith(text):
                        raise self._none()
                    break  # cut short
                line = _read_line(text)
                if end == 0:
                    self._check(line)
                else:
                    # damaged, or of a part that there is not: its part is computed again
                    with suppress(KeyError, TypeError, ValueError, IndexError, AttributeError):
                        self._take(line)
                end += len(text)
        return end

    def _none(self) -> ValueError:
        return ValueError(f"{self.path} is no journal of a phase portrait: move it away.")

    def _check(self, header: Any) -> None:
        if not isinstance(header, dict) or "portrait" not in header:
            raise self._none()
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

    @property
    def _key(self) -> str:
        """The portrait and how it is divided, which another version may do in another way."""
        divided = hashlib.sha256(repr([(part.seed, part.cells) for part in self._parts]).encode()).hexdigest()
        return f"{self._config.key}-{divided[:16]}"

    @property
    def _now(self) -> dict[str, Any]:
        return self._config.model_dump(mode="json")

    def _take(self, line: Any) -> None:
        """Raises one of many errors, and takes nothing, if the line is no part of this portrait."""
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

    def _cannot(self, error: OSError) -> CannotWrite:
        kept = f" The {len(self._done):,} parts before are kept." if self._done else ""
        return CannotWrite(
            f"{self.path} could not be written: {reason_of(error)}.{kept} Mend that or choose another place."
        )


def _lock(file: IO[bytes], exclusive: bool) -> bool:
    """Lock a file until it is closed; False if another process has it. Where a file system has no locks, nobody has."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _written(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _read_line(text: bytes) -> Any:
    """What a line says; None if it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
