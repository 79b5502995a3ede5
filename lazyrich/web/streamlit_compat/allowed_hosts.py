"""Check whether this server answers to the host that a browser asked for.

Private: `streamlit.web.server.starlette.starlette_websocket.is_host_allowed`.
Why: the app's own socket is to follow `server.allowedHosts` exactly as Streamlit's does.
Public way: none. Starlette's `TrustedHostMiddleware` has other rules for wildcards and ports.
"""

from __future__ import annotations

from streamlit.web.server.starlette import starlette_websocket


def host_is_allowed(host: str | None) -> bool:
    """Return whether `server.allowedHosts` lets this Host header in; every one if the setting is empty."""
    return starlette_websocket.is_host_allowed(host)
