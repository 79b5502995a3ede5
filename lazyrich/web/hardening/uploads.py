"""Limit the number and size of uploaded files, for one visitor and for all together.

Streamlit accepts files from any visitor with an open page, even if no page asked for them and any number of times, and
keeps all of them in memory until the page is closed. `Uploads` filters requests to that address.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final
from weakref import WeakSet

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lazyrich.config.limits import MB, Limits
from lazyrich.own_data import Given
from lazyrich.serving.admission import Busy
from lazyrich.web.streamlit_compat.addresses import session_of_upload
from lazyrich.web.streamlit_compat.uploaded_files import bytes_of_files, number_of_files
from lazyrich.web.streamlit_compat.xsrf_cookie import has_xsrf_cookie

MAX_FILES: Final = 3
"""Largest number of files of one visitor: a page has one upload field, and a new file arrives before the old one is
removed."""

_held: WeakSet[Given] = WeakSet()
_lock = threading.Lock()


def cookies_are_blocked() -> bool:
    """Return whether this visitor's browser keeps no cookies here.

    Streamlit accepts a file only with the cookie that it has set, and shows "AxiosError 403" otherwise.
    """
    context = st.context
    came_by_browser = bool(context.headers)  # AppTest has no request
    protected = bool(st.get_option("server.enableXsrfProtection"))
    return came_by_browser and protected and not has_xsrf_cookie(context.cookies)


def hold(given: Given, limits: Limits) -> None:
    """Count a visitor's data as long as they are there. Raises Busy if there is no room for them."""
    with _lock:
        # data are held twice: as given and as prepared
        if bytes_of_files() + 2 * sum(one.nbytes for one in [*_held, given]) > limits.all_uploads_mb * MB:
            raise Busy(
                f"The server's memory for visitors' own data ({limits.all_uploads_mb:,} MB) is taken. Try again when "
                "others have closed their pages, or give a smaller file."
            )
        _held.add(given)


def is_upload(scope: Scope) -> bool:
    """Return whether a request uploads or removes a file."""
    brings = scope["type"] == "http" and scope["method"] in ("PUT", "DELETE")
    return brings and session_of_upload(scope["path"]) is not None


class Uploads:
    """ASGI middleware that refuses files beyond the limits of one visitor and of all together."""

    def __init__(self, app: ASGIApp, limits: Limits):
        self.app = app
        self._limits = limits
        self._coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on except files beyond the limits; see the class."""
        session = session_of_upload(scope["path"]) if is_upload(scope) else None
        if session is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        if refusal := self._refusal(session, Headers(scope=scope)):
            await refusal(scope, receive, send)
            return
        self._coming[session] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming -= Counter({session: 1})

    def _refusal(self, session: str, headers: Headers) -> PlainTextResponse | None:
        if number_of_files(session) + self._coming[session] >= MAX_FILES:
            return PlainTextResponse("This page has files enough: take one away first.", 429)
        most = self._limits.upload_mb * MB
        length = headers.get("content-length", "")
        size = int(length) if length.isdecimal() and len(length) < 12 else most
        coming = self._coming.total() * most
        if bytes_of_files() + coming + size > self._limits.all_uploads_mb * MB:
            return PlainTextResponse("The server has no room for this file now: try again later.", 503)
        return None
