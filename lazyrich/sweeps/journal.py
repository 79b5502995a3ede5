"""Keep the finished parts of a long computation on disk, so that one killed at any moment can be resumed.

The first line identifies the computation; each part adds one line of JSON, flushed to the disk before the next part is
requested. When the journal is opened again, truncated and damaged lines are dropped and their parts computed again.
"""

from __future__ import annotations

import json
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import IO, Any, ClassVar, Self

from lazyrich.results.atomic_write import CannotWrite, reason_of

__all__ = ["InUse", "Journal", "in_use"]


class InUse(ValueError):
    """Raised when another process writes to a journal, with a sentence for users."""


def in_use(path: str | os.PathLike[str]) -> bool:
    """Return whether another process writes to the journal at `path`; False if there is no journal."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return not _lock(file, exclusive=False)
    except OSError:
        return False


class Journal(ABC):
    """The finished parts of one computation.

    One process at a time holds it, until it closes the journal or ends in any way. A subclass defines the parts.
    """

    kind: ClassVar[str]
    """Name of the computation, with its article: `a phase portrait`."""

    def __init__(self, path: str | os.PathLike[str]):
        """Open the file at `path`, or create it.

        Raises:
            ValueError: If it holds parts of something else, or is no journal.
            InUse: If another process writes to it.
            CannotWrite: If the system does not allow it.
        """
        self.path = Path(path)
        try:
            self._file = self._open()
        except OSError as error:
            raise self._cannot(error) from error
        try:
            self._end = self._read()
            self._file.truncate(self._end)
            if not self._end:
                self._append(self.header)
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
    @abstractmethod
    def header(self) -> dict[str, Any]:
        """Return the first line, which identifies the computation."""

    @property
    @abstractmethod
    def done(self) -> set[int]:
        """Return the numbers of the parts in the journal."""

    @abstractmethod
    def check(self, header: Any) -> None:
        """Raise ValueError if the first line of an existing journal identifies another computation."""

    @abstractmethod
    def take(self, line: Any) -> None:
        """Add a part read from its line. Raises any error, and adds nothing, for a line that is not such a part."""

    def write(self, line: Mapping[str, Any]) -> None:
        """Write a part; it is on the disk when this returns. Raises CannotWrite, for example when the disk is full."""
        try:
            self._append(line)
        except OSError as error:
            raise self._cannot(error) from error
        self.take(line)

    def remove(self) -> None:
        """Remove the journal, because the complete result is written elsewhere."""
        if os.name == "nt":  # on systems that cannot remove an open file
            self.close()
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Close the journal, so that other processes can open it."""
        self._file.close()

    def wrong_kind_error(self) -> ValueError:
        """Return the error for a file that is no journal of this kind."""
        return ValueError(f"{self.path} is no journal of {self.kind}: move it away.")

    def _open(self) -> FileIO:
        """Open the file for this process alone."""
        while True:
            if self.path.exists() and not self.path.is_file():
                raise self.wrong_kind_error()
            # unbuffered: bytes that the disk refused must not be written again when the file is closed
            file = open(self.path, "a+b", buffering=0)  # noqa: SIM115 (closed by `close`)
            if not _lock(file, exclusive=True):
                file.close()
                raise InUse(f"{self.path} is written to by another process: wait until that has ended.")
            # the process that held it may have removed it meanwhile
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), os.stat(self.path)):
                    return file
            file.close()

    def _append(self, line: Mapping[str, Any]) -> None:
        """Write a whole line or nothing. Raises OSError."""
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
        """Read the existing lines; return where the complete lines end."""
        end = 0
        with open(self.path, "rb") as file:
            for text in file:
                if not text.endswith(b"\n"):
                    if end == 0 and not _written(self.header).startswith(text):
                        raise self.wrong_kind_error()
                    break  # cut short
                line = _read_line(text)
                if end == 0:
                    self.check(line)
                else:
                    # damaged, or of an unknown part: it is computed again
                    with suppress(KeyError, TypeError, ValueError, IndexError, AttributeError):
                        self.take(line)
                end += len(text)
        return end

    def _cannot(self, error: OSError) -> CannotWrite:
        kept = f" The {len(self.done):,} parts before are kept." if self.done else ""
        return CannotWrite(
            f"{self.path} could not be written: {reason_of(error)}.{kept} Mend that or choose another place."
        )


def _lock(file: IO[bytes], exclusive: bool) -> bool:
    """Lock a file until it is closed; False if another process holds the lock. True if the file system has no locks."""
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
    """Return the value of a line; None if it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
