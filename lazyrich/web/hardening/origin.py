"""Whether a page that opens a WebSocket is a page of this server. Browsers let any page try and say which it is."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from lazyrich.web.streamlit_compat.allowed_hosts import host_is_allowed
from lazyrich.web.streamlit_compat.server_address import configured_address


def allowed(headers: Headers) -> bool:
    """Whether the request's Origin is its Host, or one that Streamlit's configuration names.

    The rule of Streamlit's own socket (server.allowedHosts, server.enableCORS, server.corsAllowedOrigins,
    browser.serverAddress), without what it does when none of these fits: ask the internet for the machine's address.
    A client that sends no Origin is no browser, and has to know a token all the same.
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
    """ASGI middleware: no socket for foreign pages, Streamlit's own included.

    Streamlit would refuse them too, but not before it has asked the internet for the machine's address: until that is
    answered, for seconds where there is no internet, nobody else is served.
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
    """Host and port as they stand in the address; None for what is no address, such as the Origin `null`."""
    try:
        return urlsplit(url).netloc.lower() or None
    except ValueError:
        return None


def _name(url: str) -> str | None:
    """The host's name alone."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
