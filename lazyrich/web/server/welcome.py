"""Print the address of the app once the server is ready.

Streamlit's own message (logger.hideWelcomeMessage) is printed before the app is loaded, even if the app never starts,
and requests this machine's address from a server on the internet.
"""

from __future__ import annotations

import streamlit as st

from lazyrich.web.components.assets import base_path
from lazyrich.web.streamlit_compat.server_address import configured_address


def address() -> str:
    """Return the address under which a browser on this machine finds the app."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    host = configured_address() or st.get_option("server.address") or "localhost"
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{st.get_option('server.port')}{base_path()}/"


def welcome(notes: list[str]) -> None:
    """Print that the app is ready, and remarks on its settings."""
    for note in notes:
        print(f"Note: {note}", flush=True)
    print(f"\n  lazyrich is ready: {address()}    (Ctrl-C ends it)\n", flush=True)
