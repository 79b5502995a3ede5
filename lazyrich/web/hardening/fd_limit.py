"""Manage file descriptors, of which each visitor takes five: the first resource that many visitors exhaust.

The limit is raised as far as the system allows. Before it is reached, new visitors get the busy page: those who are
connected continue, a worker that dies can be replaced, and the health address still answers.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from lazyrich.web.hardening.busy_page import busy_response, is_page

WANTED: Final = 65_536
"""Descriptors for ten thousand visitors, which no single process serves."""

KEPT_BACK: Final = 64
"""Descriptors withheld from new visitors: for workers, files and connected visitors. A fourth of a low limit."""

LAST: Final = 16
"""Part of them that is only for the health address and for workers."""

FRESH: Final = 0.2
"""Seconds for which a count is reused: counting lists all descriptors."""

WHY: Final = "This server has as many visitors as it can hold."

logger = logging.getLogger(__name__)


def raise_limit() -> int:
    """Let this process have as many descriptors as the system allows, up to WANTED. Returns how many it may have."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return limit()


def limit() -> int:
    """Return how many descriptors this process may have."""
    with suppress(ImportError, OSError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return WANTED if soft == resource.RLIM_INFINITY else soft
    return WANTED


class Count:
    """Return the number of descriptors in use; 0 if the system does not tell."""

    def __init__(self) -> None:
        self._counted = -FRESH
        self._used = 0

    @property
    def used(self) -> int:
        """Count of the descriptors in use, taken at most every FRESH seconds."""
        now = time.monotonic()
        if now - self._counted >= FRESH:
            self._counted = now
            self._used = _count(self._used)
        return self._used

    @property
    def left(self) -> int:
        """Return how many descriptors are free."""
        return limit() - self.used

    @property
    def crowded(self) -> bool:
        """Return whether there is no room for new visitors."""
        return self.left <= min(KEPT_BACK, limit() // 4)

    @property
    def full(self) -> bool:
        """Return whether the free descriptors suffice only for the health address and workers."""
        return self.left <= min(LAST, limit() // 16)


def _count(before: int) -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return len(os.listdir(folder)) - 1  # without the one that lists
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        except OSError:
            return limit()  # no descriptor is free for the listing
    return before


HERE: Final = Count()
"""Those of this process."""


class Room:
    """Middleware that refuses new visitors while too few descriptors are free. Open connections stay open."""

    def __init__(self, app: ASGIApp, spared: str, count: Count | None = None):
        """spared: path that is always answered. count: descriptor count, of this process if None."""
        self._app, self._spared, self._count = app, spared, count or HERE
        self._warned_at = -60.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or socket."""
        if scope["type"] not in ("http", "websocket") or scope["path"] == self._spared or not self._count.crowded:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            self._warn()
            await _turn_away(receive, send)
        elif self._count.full or is_page(scope):
            self._warn()
            await busy_response(WHY)(scope, receive, _once(send))
        else:
            await self._app(scope, receive, _once(send))

    def _warn(self) -> None:
        if time.monotonic() - self._warned_at >= 60:
            self._warned_at = time.monotonic()
            logger.warning(
                "%d of %d file descriptors are in use: new visitors are turned away", self._count.used, limit()
            )


async def _turn_away(receive: Receive, send: Send) -> None:
    """Close the socket before it opens, without a reason: a browser's script could not read one."""
    await receive()
    await send({"type": "websocket.close", "code": 1013})


def _once(send: Send) -> Send:
    """Have the connection closed after this answer, so that it frees its descriptor."""

    async def closing(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await send(message)

    return closing
