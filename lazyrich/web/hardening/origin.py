"""Check that a page which opens a WebSocket belongs to this server. Browsers let any page try, and send its origin."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lazyrich.web.streamlit_compat.allowed_hosts import host_is_allowed
from lazyrich.web.streamlit_compat.server_address import configured_address


def allowed(headers: Headers) -> bool:
    """Return whether the request's Origin is its Host, or one that Streamlit's configuration names.

    This is the rule of Streamlit's own socket (server.allowedHosts, server.enableCORS, server.corsAllowedOrigins,
    browser.serverAddress), without its last step of asking a server on the internet for the machine's address. A client
    that sends no Origin is not a browser, and still needs a token.
    """
    host, origin = headers.get("host"), headers.get("origin")
    if not host_is_allowed(host):
        return False
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    if host is not None and _place(origin) == host.lower():
        return True
    if origin in (named.strip() for named in st.get_option("server.corsAllowedOrigins")):
        return True
    # Behind a proxy that does not pass the Host on, the configured address is the only way to know.
    own = configured_address()
    return own is not None and _name(origin) == _name(own if "://" in own else f"//{own}")


class OwnOrigin:
    """ASGI middleware that refuses foreign pages any socket, including Streamlit's own.

    Streamlit refuses them too, but first asks a server on the internet for the machine's address: until the answer, for
    seconds without internet access, all other requests wait.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on; see the class."""
        if scope["type"] == "websocket" and not allowed(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.app(scope, receive, send)


def _place(url: str) -> str | None:
    """Return host and port of an address; None if it is not an address, such as the Origin `null`."""
    try:
        return urlsplit(url).netloc.lower() or None
    except ValueError:
        return None


def _name(url: str) -> str | None:
    """Return the host's name alone."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
