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

TARGET_LIMIT: Final = 65_536
"""Descriptors for ten thousand visitors, which no single process serves."""

RESERVED: Final = 64
"""Descriptors withheld from new visitors: for workers, files and connected visitors. A fourth of a low limit."""

RESERVED_FOR_HEALTH: Final = 16
"""Part of them that is only for the health address and for workers."""

COUNT_TTL: Final = 0.2
"""Seconds for which a count is reused: counting lists all descriptors."""

WHY: Final = "This server has as many visitors as it can hold."

logger = logging.getLogger(__name__)


def raise_limit() -> int:
    """Raise the descriptor limit of this process as far as the system allows, up to TARGET_LIMIT. Return the limit."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = TARGET_LIMIT if hard == resource.RLIM_INFINITY else min(TARGET_LIMIT, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return limit()


def limit() -> int:
    """Return how many descriptors this process may have."""
    with suppress(ImportError, OSError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return TARGET_LIMIT if soft == resource.RLIM_INFINITY else soft
    return TARGET_LIMIT


class DescriptorCount:
    """Return the number of descriptors in use; 0 if the system does not tell."""

    def __init__(self) -> None:
        self._counted = -COUNT_TTL
        self._used = 0

    @property
    def used(self) -> int:
        """Count of the descriptors in use, taken at most every COUNT_TTL seconds."""
        now = time.monotonic()
        if now - self._counted >= COUNT_TTL:
            self._counted = now
            self._used = _count(self._used)
        return self._used

    @property
    def free(self) -> int:
        """Return how many descriptors are free."""
        return limit() - self.used

    @property
    def crowded(self) -> bool:
        """Return whether there is no room for new visitors."""
        return self.free <= min(RESERVED, limit() // 4)

    @property
    def full(self) -> bool:
        """Return whether the free descriptors suffice only for the health address and workers."""
        return self.free <= min(RESERVED_FOR_HEALTH, limit() // 16)


def _count(before: int) -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return len(os.listdir(folder)) - 1  # without the one that lists
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        except OSError:
            return limit()  # no descriptor is free for the listing
    return before


PROCESS_COUNT: Final = DescriptorCount()
"""Descriptors of this process."""


class DescriptorLimit:
    """Middleware that refuses new visitors while too few descriptors are free. Open connections stay open."""

    def __init__(self, app: ASGIApp, spared: str, count: DescriptorCount | None = None):
        """spared: path that is always answered. count: descriptor count, of this process if None."""
        self._app, self._spared, self._count = app, spared, count or PROCESS_COUNT
        self._warned_at = -60.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or socket."""
        if scope["type"] not in ("http", "websocket") or scope["path"] == self._spared or not self._count.crowded:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            self._warn()
            await _refuse_socket(receive, send)
        elif self._count.full or is_page(scope):
            self._warn()
            await busy_response(WHY)(scope, receive, _closing_after(send))
        else:
            await self._app(scope, receive, _closing_after(send))

    def _warn(self) -> None:
        if time.monotonic() - self._warned_at >= 60:
            self._warned_at = time.monotonic()
            logger.warning(
                "%d of %d file descriptors are in use: new visitors are turned away", self._count.used, limit()
            )


async def _refuse_socket(receive: Receive, send: Send) -> None:
    """Close the socket before it opens, without a reason: a browser's script could not read one."""
    await receive()
    await send({"type": "websocket.close", "code": 1013})


def _closing_after(send: Send) -> Send:
    """Have the connection closed after this answer, so that it frees its descriptor."""

    async def closing(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await send(message)

    return closing
