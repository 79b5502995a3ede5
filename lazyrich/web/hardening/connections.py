"""Configure and supervise uvicorn, which serves the app and which Streamlit starts with its own settings.

Other servers have their own settings and are not changed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from weakref import WeakKeyDictionary

from lazyrich.web.hardening import fd_limit
from lazyrich.web.server.health import PULSE
from lazyrich.web.streamlit_compat.uvicorn_server import running_server

IDLE_SECONDS: Final = 10.0
"""Seconds that a connection may stay open without a request, at first or after an answer. Browsers open some in
advance, and open them again when needed."""

CHECK_SECONDS: Final = 2.0
"""Seconds between two checks of connections."""

OUT_OF_DESCRIPTORS: Final = "socket.accept() out of system resource"
"""Log message of asyncio, repeated thousands of times, when no file descriptor is free for a connection."""

ACCEPT_RETRY: Final = "_start_serving"
"""Name of the method that asyncio schedules a second later."""

logger = logging.getLogger(__name__)


def set_shutdown_timeout(seconds: int) -> None:
    """Set uvicorn's timeout_graceful_shutdown, which Streamlit leaves at "for ever".

    A browser that reads nothing, such as that of a closed laptop, would keep the server from ending.
    """
    server = running_server()
    if server is not None and server.config.timeout_graceful_shutdown is None:
        server.config.timeout_graceful_shutdown = seconds


@asynccontextmanager
async def supervised() -> AsyncIterator[None]:
    """While a server serves, raise its descriptor limit, close idle connections and measure the event loop's delay."""
    fd_limit.raise_limit()
    close_unacceptable_connections()
    tasks = [asyncio.create_task(work, name="lazyrich-upkeep") for work in (PULSE.beat(), close_idle_connections())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def close_idle_connections() -> None:
    """Until cancelled, close connections that hold a descriptor without a request."""
    server = running_server()
    since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
    """Connection, or its last answered request -> time when it was first seen."""
    while server is not None:
        await asyncio.sleep(CHECK_SECONDS)
        now = time.monotonic()
        for connection in list(server.server_state.connections):
            # `cycle` is a request and its answer; a connection has it from its first request on, sockets have none
            cycle = getattr(connection, "cycle", connection)
            answered = cycle is None or getattr(cycle, "response_complete", False)
            # an answer may be complete for uvicorn and not yet sent over a slow connection
            idle = answered and not connection.transport.get_write_buffer_size()
            if idle and now - since.setdefault(cycle or connection, now) > IDLE_SECONDS:
                connection.transport.abort()


def close_unacceptable_connections() -> None:
    """Close connections that cannot be accepted because no file descriptor is free, and log one line a minute about it.

    asyncio (until Python 3.12 at least) tries to accept each of up to 2048 waiting connections, and schedules as many
    further attempts for a second later: its loop does little else, and a server that is asked to end hangs. With a
    descriptor reserved for this case the queue is emptied instead. Use it within an event loop.
    """
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    kept: list[int] = []
    logged_at = -60.0

    def keep() -> None:
        with suppress(OSError):
            kept.append(os.open(os.devnull, os.O_RDONLY))

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal logged_at
        if context.get("message") == OUT_OF_DESCRIPTORS:
            while kept:
                os.close(kept.pop())
            _close_queued(context["socket"])
            keep()
            if time.monotonic() - logged_at >= 60:
                logged_at = time.monotonic()
                logger.error("Connections are hung up on: %s.", context.get("exception"))
        elif ACCEPT_RETRY in str(context.get("handle")) and isinstance(context.get("exception"), ValueError):
            pass  # attempt by a server that has ended meanwhile
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    keep()
    loop.set_exception_handler(handle)


def _close_queued(listening: Any) -> None:
    """Accept and close all connections in the queue of a listening socket."""
    with suppress(OSError, AttributeError):
        while True:
            connection, _ = listening._sock.accept()
            connection.close()
