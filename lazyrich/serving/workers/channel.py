"""The parent's end of a worker's pipe. Reading and writing never block, whatever the worker does.

    pipe = Channel(most_bytes=100_000_000)
    pipe.theirs                                     a socket to hand to the worker, then closed here
    pipe.send(("ping",))                            bytes that the worker does not take yet are kept for flush()
    pipe.read()                                     the complete messages that have arrived

The worker's end is a blocking `multiprocessing.connection.Connection`. Here one thread reads for all workers, and
callers write while they hold the pool's lock: with blocking calls, a worker that stops in the middle of a message, or
stops reading, would stop the server.
"""

from __future__ import annotations

import pickle
import socket
import struct
import threading
from contextlib import suppress
from typing import Any, Final

HEADER: Final = struct.Struct("!i")
"""The length before each message, as `Connection` writes and reads it up to 2 GB."""

CHUNK: Final = 1 << 18
"""Bytes read at a time, about what a pipe holds: a worker that sends without pause delays the others by one chunk."""


class MalformedMessage(RuntimeError):
    """The bytes read from the pipe are not a message."""


class Channel:
    """A two-way pipe of pickled messages.

    most_bytes: of one message; a longer one raises MalformedMessage. Raises OSError without a free descriptor.
    """

    def __init__(self, most_bytes: float):
        self._most = most_bytes
        self._ours, self.theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._sending = threading.Lock()

    def fileno(self) -> int:
        """Return the descriptor, for selectors."""
        return self._ours.fileno()

    def read(self) -> list[Any]:
        """Return the complete messages. Raises EOFError if the other end is closed, MalformedMessage for others."""
        try:
            chunk = self._ours.recv(CHUNK)
        except BlockingIOError:
            return []
        except OSError as error:
            raise EOFError(str(error)) from error
        if not chunk:
            raise EOFError("closed by the other end")
        self._incoming += chunk
        messages = []
        start = 0
        while len(self._incoming) - start >= HEADER.size:
            (length,) = HEADER.unpack_from(self._incoming, start)
            if not 0 <= length <= self._most:
                raise MalformedMessage(f"a message of {length} bytes")
            end = start + HEADER.size + length
            if len(self._incoming) < end:
                break
            try:
                messages.append(pickle.loads(bytes(self._incoming[start + HEADER.size : end])))
            except Exception as error:
                raise MalformedMessage(f"{type(error).__name__}: {error}") from error
            start = end
        del self._incoming[:start]
        return messages

    def send(self, message: Any) -> None:
        """Send a message as far as the other end takes it; do nothing if it is closed, as `read` reports that."""
        body = pickle.dumps(message)
        with self._sending:
            self._outgoing += HEADER.pack(len(body)) + body
            self._flush()

    @property
    def has_unsent(self) -> bool:
        """Return whether bytes are kept that the other end did not take."""
        return bool(self._outgoing)

    def flush(self) -> None:
        """Send the bytes that the other end did not take before."""
        with self._sending:
            self._flush()

    def _flush(self) -> None:
        with suppress(OSError):  # the other end accepts no more now, or is closed
            while self._outgoing:
                del self._outgoing[: self._ours.send(self._outgoing)]

    def close(self) -> None:
        """Close both ends that are here."""
        self.theirs.close()
        with self._sending:
            self._ours.close()
            self._outgoing.clear()
