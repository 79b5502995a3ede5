"""The run that a worker computes now, in shared memory, so that its parent can read it even after a crash.

    current = CurrentRun()                       in the parent
    current = CurrentRun(descriptor)             in the worker, with the number that it was given
    current.write("some run"); current.write("")  a turn begins, and is over
    current.read()                              (number of the entry, run)

A message through the pipe could be lost when the worker dies; a page of shared memory is not, and costs nothing.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
from typing import Final

ENTRY: Final = struct.Struct("=Q32s")


class CurrentRun:
    """One entry, written by one process and read by another. Raises OSError if there is no room for it."""

    def __init__(self, descriptor: int | None = None):
        made = descriptor is None
        self.descriptor = _memory() if descriptor is None else descriptor
        try:
            if made:
                os.truncate(self.descriptor, ENTRY.size)
            self._page = mmap.mmap(self.descriptor, ENTRY.size)
        except OSError:
            os.close(self.descriptor)
            raise
        self._count = 0

    def write(self, run: str) -> None:
        """Record the run whose turn begins; empty at the end of a turn."""
        self._count += 1
        ENTRY.pack_into(self._page, 0, self._count, run.encode())

    def read(self) -> tuple[int, str]:
        """Return the last entry: its number, and the run."""
        count, run = ENTRY.unpack_from(self._page)
        # A read during a write may mix two entries: it then names no run, or differs at the next read.
        return count, run.rstrip(b"\0").decode(errors="replace")

    def close(self) -> None:
        """Release the memory."""
        self._page.close()
        os.close(self.descriptor)


def _memory() -> int:
    """Return a descriptor of anonymous memory."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("lazyrich-current-run")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
