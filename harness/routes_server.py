"""Minimal real server on loopback, and the browser's side of the socket."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from streamlit.web.server.starlette.starlette_app import create_streamlit_middleware
from websockets.sync.client import connect

from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from lazyrich.web.server.sessions import Sessions
from lazyrich.web.stream.routes import lifespan, routes, socket_path


class Server:
    """The app's routes behind Streamlit's own middleware, served on a thread by uvicorn as Streamlit configures it."""

    def __init__(self, limits: Limits):
        self.pool, self.sessions = RunPool(limits), Sessions(limits)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.listening.getsockname()[1]}"
        app = Starlette(
            routes=routes(self.pool, self.sessions),
            middleware=create_streamlit_middleware(),
            lifespan=lambda app: self._lifespan(app),
        )
        self._lifespan = lifespan(self.pool)
        config = uvicorn.Config(app, ws="websockets-sansio", ws_per_message_deflate=False, log_level="info")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),))

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self.listening])

    def start(self) -> None:
        self._thread.start()
        eventually(lambda: self._server.started)
        self.idle_tasks = self.tasks()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not end"

    def tasks(self) -> int:
        """Return the number of tasks of the server's event loop."""

        async def count() -> int:
            return len(asyncio.all_tasks()) - 1

        return asyncio.run_coroutine_threadsafe(count(), self.loop).result(5)

    def visit(self, *configs: Any) -> SimpleNamespace:
        """Return a session that requested these runs: token and runs."""
        token = self.sessions.open()
        runs = [self.pool.request(config) for config in configs]
        for run in runs:
            self.sessions.allow(token, run.id)
        return SimpleNamespace(token=token, runs=runs)

    @contextmanager
    def viewer(self, token: str, origin: str | None = "same") -> Iterator[Subscriber]:
        """Open a socket as a browser does."""
        origin = f"http://{self.place}" if origin == "same" else origin
        url = f"ws://{self.place}{socket_path()}"
        # a server that is still sending does not answer a closing handshake: cut the connection
        options = {"origin": origin, "max_size": None, "compression": None, "close_timeout": 0.5}
        with connect(url, **options) as connection:
            connection.send(json.dumps({"token": token}))
            yield Subscriber(connection)


@dataclass
class Entry:
    """Entry of one run in one answer."""

    header: dict[str, Any]
    rows: np.ndarray


class Subscriber:
    """The browser's side: sends requests and reads answers, written from the description of the format alone."""

    def __init__(self, connection: Any):
        self.connection = connection
        self.widths: dict[str, int] = {}

    def ask(self, after: dict[str, int]) -> None:
        self.connection.send(json.dumps({"after": after}))

    def stop(self, run: str) -> None:
        self.connection.send(json.dumps({"stop": run}))

    def request_preview(self, run: str, serial: int = 1, **settings: Any) -> None:
        """Ask for a preview of this run with some settings changed."""
        self.connection.send(json.dumps({"preview": run, "with": settings, "serial": serial}))

    def preview(self, timeout: float = 15) -> SimpleNamespace:
        """Return the next message, which is a preview: serial, why, entry (None for none) and rows."""
        message = self.connection.recv(timeout)
        (length,) = struct.unpack_from("<I", message)
        header = json.loads(message[4 : 4 + length])
        assert set(header) == {"runs", "preview", "serial", "why"} and header["runs"] == [] and length % 4 == 0
        entry, rows = header["preview"], np.frombuffer(message, "<f4", offset=4 + length)
        if entry is None:
            assert not len(rows) and header["why"]
        else:
            rows = rows.reshape(entry["count"], -1)
            layout = entry["header"]
            assert rows.shape[1] == len(layout["columns"]) + sum(int(np.prod(shape)) for _, shape in layout["arrays"])
        return SimpleNamespace(serial=header["serial"], why=header["why"], entry=entry, rows=rows)

    def read(self, timeout: float = 15) -> dict[str, Entry]:
        message = self.connection.recv(timeout)
        (length,) = struct.unpack_from("<I", message)
        assert length % 4 == 0
        header = json.loads(message[4 : 4 + length])
        floats = np.frombuffer(message, "<f4", offset=4 + length)
        entries = {}
        for entry in header["runs"]:
            if "header" in entry:
                header = entry["header"]
                sizes = [int(np.prod(shape)) for _, shape in header["arrays"]]
                self.widths[entry["id"]] = len(header["columns"]) + sum(sizes)
            size = entry["count"] * self.widths.get(entry["id"], 0)
            entries[entry["id"]] = Entry(entry, floats[:size].reshape(entry["count"], -1) if size else floats[:0])
            floats = floats[size:]
        assert len(floats) == 0, "more floats than the header tells"
        return entries

    def follow(self, run: str, held: int = 0, until: Any = None) -> list[Entry]:
        """Send requests, as a browser does, until the run is over and all its frames have come (or `until(entry)`)."""
        answers = []
        while True:
            self.ask({run: held})
            entry = self.read()[run]
            assert entry.header["first"] == held, "frames must follow on those held"
            held += entry.header["count"]
            answers.append(entry)
            if until is not None and until(entry):
                return answers
            if entry.header["status"] in ("finished", "stopped", "failed") and not entry.header["count"]:
                return answers
