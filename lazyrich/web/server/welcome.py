"""What the server prints when it is ready: where the app is.

Streamlit's own message (logger.hideWelcomeMessage) comes before the app is loaded, so also when it never starts, and
asks a server on the internet for this machine's address.
"""

from __future__ import annotations

from streamlit import config

from lazyrich.web.components.assets import base_path


def address() -> str:
    """Return the address under which a browser on this machine finds the app."""
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    bound = config.get_option("browser.serverAddress") if config.is_manually_set("browser.serverAddress") else ""
    host = bound or config.get_option("server.address") or "localhost"
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{config.get_option('server.port')}{base_path()}/"


def welcome(notes: list[str]) -> None:
    """Print that the app is ready, and what there is to say of its settings."""
    for note in notes:
        print(f"Note: {note}", flush=True)
    print(f"\n  lazyrich is ready: {address()}    (Ctrl-C ends it)\n", flush=True)
