"""Limit how many visitors are served at once, and what they may upload.

Streamlit has no limit on its sessions. Beyond this limit a new visitor gets a page of one sentence that reloads
automatically, instead of an overloaded app; and only data files can be sent: see lazyrich.web.hardening.uploads.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from lazyrich.web.hardening.busy_page import busy_response, is_page
from lazyrich.web.hardening.uploads import is_upload
from lazyrich.web.streamlit_compat.addresses import is_stream

SOCKETS_PER_PAGE: Final = 1.1
"""Admitted sockets per admitted page, so that later visitors cannot shut out those who have their page."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class VisitorLimit:
    """ASGI middleware around the whole application. most: pages that may be open at the same time."""

    def __init__(self, app: ASGIApp, most: int):
        self.app = app
        self.most = most
        self.open_pages = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a request, or answer with the reason for refusing it."""
        if scope["type"] == "websocket" and is_stream(scope["path"]):
            await self._page(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not is_upload(scope):
            await PlainTextResponse("Nothing can be sent to this app.", 405)(scope, receive, send)
        elif self.open_pages >= self.most and is_page(scope):
            why = f"As many pages are open as this server takes, {self.most:,}."
            await busy_response(why)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one open page, from its handshake to its end."""
        if self.open_pages >= self.most * SOCKETS_PER_PAGE:
            socket = WebSocket(scope, receive, send)
            await socket.send_denial_response(PlainTextResponse("Full for the moment.", 503, {"retry-after": "20"}))
            return
        self.open_pages += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open_pages -= 1
