"""Ignore a browser's request to clear the server's caches.

Private: `AppSession._handle_clear_cache_request` is replaced.
Why: any visitor can send the message, and Streamlit then clears the caches of all visitors: one holds their tokens.
Public way: none. A setting that refuses the message (the menu's entry is all that `client.toolbarMode` takes away)
would replace it.
"""

from __future__ import annotations

from streamlit.runtime.app_session import AppSession


def ignore_clear_cache_requests() -> None:
    """Ignore these requests of every session from now on; may be called again."""
    AppSession._handle_clear_cache_request = lambda self: None  # type: ignore[method-assign]
