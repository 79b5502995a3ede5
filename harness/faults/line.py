"""Connection between a browser and a server that can be cut, fail silently, and be restored.

with Line(server.port) as line:
    page.goto(f"http://127.0.0.1:{line.port}/")
    line.cut()          every connection breaks, and new ones are refused
    line.die()          all data are dropped without an error, as when a cable is pulled
    line.restore()
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self


class Line:
    """A TCP relay on a port of its own."""

    def __init__(self, to: int):
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._whole = threading.Event()
        self._whole.set()
        self._open: set[socket.socket] = set()
        self._is_cut = self._ended = False
        threading.Thread(target=self._take, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self.cut()
        self._whole.set()
        self._listening.close()

    def cut(self) -> None:
        """Break open connections, and refuse new ones."""
        self._is_cut = True
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def die(self) -> None:
        """Drop all data in both directions, without an error."""
        self._whole.clear()

    def restore(self) -> None:
        """Let new connections through. Connections open at a failure stay lost, as after a change of network."""
        for end in list(self._open) if not self._whole.is_set() else ():
            self._open.discard(end)  # its thread stays, and drops all data from now on
        self._is_cut = False
        self._whole.set()

    def _take(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self._whole.wait()
            if self._is_cut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._to), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            self._open |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    def _relay(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                if not self._whole.is_set() or one not in self._open:
                    # drop this and all later data
                    while not self._ended and one.recv(1 << 16):
                        pass
                    return
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self._open.discard(end)
            end.close()
