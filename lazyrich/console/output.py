"""Printing that never fails a run: in any encoding, with a closed pipe, on a full disk, or with closed streams.

    show("a summary")               standard output; raises CannotPrint if its disk is full, for example
    tell("a sentence")              standard error, or nowhere

If the reader of a pipe closes it, as `head -1` does, the rest is dropped silently.
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
    """Standard output cannot be written to; the message is a sentence for people."""


def show(text: str) -> None:
    """Print lines to standard output, and flush them.

    Args:
        text: The lines.

    Raises:
        CannotPrint: If they cannot be written; not if standard output or the pipe behind it is closed.
    """
    try:
        _write(sys.stdout, f"{text}\n")
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CannotPrint(f"Standard output could not be written to: {reason.lower()}.") from error


def tell(text: str) -> None:
    """Print lines to standard error, or drop them if it cannot be written to."""
    with suppress(OSError):
        _write(sys.stderr, f"{text}\n")


def prints_into(path: str) -> bool:
    """Return whether standard output goes into the file, pipe or device at `path`, other than the null device."""
    try:
        there, ours = os.stat(path), os.fstat(sys.stdout.fileno())
        return os.path.samestat(there, ours) and not os.path.samestat(there, os.stat(os.devnull))
    except (OSError, ValueError, AttributeError):
        return False


class StatusLine:
    """A changing line at the bottom of a terminal; without effect if standard error is not a terminal."""

    def __init__(self) -> None:
        self._shown = time.monotonic()
        try:
            self._terminal = sys.stderr.isatty()
        except (AttributeError, ValueError):  # closed
            self._terminal = False

    @property
    def due(self) -> bool:
        """Return whether the line is visible and its last change is long enough ago."""
        return self._terminal and time.monotonic() - self._shown >= PAUSE

    def change(self, text: str) -> None:
        """Replace the text."""
        self._shown = time.monotonic()
        self._write(f"{CLEAR}{text[:100]}")

    def clear(self) -> None:
        """Erase the line before other output."""
        self._write(CLEAR)

    def _write(self, text: str) -> None:
        if self._terminal:
            with suppress(OSError):
                _write(sys.stderr, text)


def _write(stream: TextIO | None, text: str) -> None:
    """Write and flush. If that fails, silence the stream and raise OSError, unless its reader has closed the pipe."""
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
    """Redirect a stream to the null device, so that Python can flush its buffer at exit."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, stream.fileno())
        finally:
            os.close(nothing)
        stream.flush()
