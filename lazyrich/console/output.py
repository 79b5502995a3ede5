"""Printing that never costs a run: in any encoding, to a reader who leaves, to a full disk, to nobody.

    show("a summary")               standard output; raises CannotPrint where that is full, say
    tell("a sentence")              standard error, or nowhere

A reader who leaves, as `head -1` does, has seen what they wanted: the rest is dropped without a word.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import suppress
from typing import Final, TextIO

from lazyrich.console.readable import readable

__all__ = ["CannotPrint", "StatusLine", "prints_into", "show", "tell"]

PAUSE: Final = 0.1
"""Seconds between two changes of a status line."""

CLEAR: Final = "\r\x1b[K"


class CannotPrint(Exception):
    """Standard output takes no more, with a sentence for people."""


def show(text: str) -> None:
    """Print lines to standard output, at once.

    Raises:
        CannotPrint: If it cannot be written to, for another reason than that its reader has left or it is closed.
    """
    try:
        _write(sys.stdout, f"{text}\n")
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CannotPrint(f"Standard output could not be written to: {reason.lower()}.") from error


def tell(text: str) -> None:
    """Print lines to standard error; where nobody can be told, nobody is."""
    with suppress(OSError):
        _write(sys.stderr, f"{text}\n")


def prints_into(path: str) -> bool:
    """Tell whether standard output goes into the file, pipe or device at `path`, other than the null device."""
    try:
        there, ours = os.stat(path), os.fstat(sys.stdout.fileno())
        return os.path.samestat(there, ours) and not os.path.samestat(there, os.stat(os.devnull))
    except (OSError, ValueError, AttributeError):
        return False


class StatusLine:
    """A line at the bottom of a terminal that changes; nothing where standard error is no terminal."""

    def __init__(self) -> None:
        self._shown = time.monotonic()
        try:
            self._terminal = sys.stderr.isatty()
        except (AttributeError, ValueError):  # closed
            self._terminal = False

    @property
    def due(self) -> bool:
        """Tell whether the line is visible and has not changed for a while."""
        return self._terminal and time.monotonic() - self._shown >= PAUSE

    def change(self, text: str) -> None:
        """Show another text."""
        self._shown = time.monotonic()
        self._write(f"{CLEAR}{text[:100]}")

    def clear(self) -> None:
        """Make room for what is printed next."""
        self._write(CLEAR)

    def _write(self, text: str) -> None:
        if self._terminal:
            with suppress(OSError):
                _write(sys.stderr, text)


def _write(stream: TextIO | None, text: str) -> None:
    """Raises OSError, with the stream silenced, if it takes no more; not if its reader has left."""
    if stream is None or stream.closed:
        return
    try:
        stream.write(readable(text, stream.encoding))
        stream.flush()
    except OSError as error:
        _silence(stream)
        if not isinstance(error, ConnectionError) and error.errno != errno.EPIPE:
            raise


def _silence(stream: TextIO) -> None:
    """Lead a stream to where everything vanishes, so that Python can flush what it still holds when it ends."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, stream.fileno())
        finally:
            os.close(nothing)
        stream.flush()
