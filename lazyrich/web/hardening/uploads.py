"""Files that visitors bring: how many and how large they may be, for one visitor and for all together.

Streamlit takes a file of any visitor whose page is open, also one that no page asked for, as often as it is sent, and
keeps all of them in memory until the page is closed. `Uploads` stands before that address.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Final
from weakref import WeakSet

import streamlit as st
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.stats import CacheStat

from lazyrich.config.limits import MB, Limits
from lazyrich.own_data import Given
from lazyrich.serving.admission import Busy

XSRF: Final = "_streamlit_xsrf"
"""The cookie without which Streamlit takes no file."""

MOST_FILES: Final = 3
"""Of one visitor: a page has one place for a file, and a new one comes before the old one goes."""

_ADDRESS: Final = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")

_held: WeakSet[Given] = WeakSet()
_lock = threading.Lock()


def take_no_more_than(megabytes: int) -> None:
    """Streamlit's own limit on the size of a file, which its upload address enforces while the file comes in."""
    config.set_option("server.maxUploadSize", megabytes)
    # a container with a read-only file system has no place for what starlette would put into a temporary file
    MultiPartParser.spool_max_size = megabytes * 1024 * 1024


def cookies_are_blocked() -> bool:
    """Return whether this visitor's browser keeps no cookies here: Streamlit takes a file only with the cookie that it
    has set, and shows "AxiosError 403" otherwise."""
    context = st.context
    came_by_browser = bool(context.headers)  # AppTest has no request
    return came_by_browser and bool(config.get_option("server.enableXsrfProtection")) and XSRF not in context.cookies


def hold(given: Given, limits: Limits) -> None:
    """Count a visitor's data as long as they are there. Raises Busy if there is no room for them."""
    with _lock:
        # they are held twice: as they were given and as they were prepared
        if _bytes_of_files() + 2 * sum(one.nbytes for one in [*_held, given]) > limits.all_uploads_mb * MB:
            raise Busy(
                f"The server's memory for visitors' own data ({limits.all_uploads_mb:,} MB) is taken. Try again when "
                "others have closed their pages, or give a smaller file."
            )
        _held.add(given)


def is_upload(scope: Scope) -> bool:
    """Whether a request brings a file or takes one away."""
    brings = scope["type"] == "http" and scope["method"] in ("PUT", "DELETE")
    return brings and _ADDRESS.search(scope["path"]) is not None


class Uploads:
    """ASGI middleware: refuses files beyond what one visitor may bring, and beyond what there is room for."""

    def __init__(self, app: ASGIApp, limits: Limits):
        self.app = app
        self._limits = limits
        self._coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but files that are too many; see the class."""
        found = _ADDRESS.search(scope["path"]) if is_upload(scope) else None
        if found is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        session = found[1]
        if refusal := self._refusal(session, Headers(scope=scope)):
            await refusal(scope, receive, send)
            return
        self._coming[session] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming -= Counter({session: 1})

    def _refusal(self, session: str, headers: Headers) -> PlainTextResponse | None:
        if _number_of_files(session) + self._coming[session] >= MOST_FILES:
            return PlainTextResponse("This page has files enough: take one away first.", 429)
        most = self._limits.upload_mb * MB
        told = headers.get("content-length", "")
        size = int(told) if told.isdecimal() and len(told) < 12 else most
        coming = self._coming.total() * most
        if _bytes_of_files() + coming + size > self._limits.all_uploads_mb * MB:
            return PlainTextResponse("The server has no room for this file now: try again later.", 503)
        return None


def _bytes_of_files() -> int:
    if not runtime.exists():
        return 0
    stats = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(stat.byte_length for family in stats.values() for stat in family if isinstance(stat, CacheStat))


def _number_of_files(session: str) -> int:
    files = getattr(runtime.get_instance().uploaded_file_mgr, "file_storage", {}) if runtime.exists() else {}
    return len(files.get(session, ()))
