"""Find the uvicorn server that Streamlit has started in this process.

Private: that Streamlit serves with a `uvicorn.Server` on the main thread, and that this server's own method is the
handler of SIGTERM while it serves.
Why: Streamlit hands on neither the server nor its settings (timeout_graceful_shutdown), and has no limit on
connections that ask for nothing.
Public way: `uvicorn app:app` with an `st.App`, in place of `streamlit run`, takes uvicorn's settings from its command
line; the server as an attribute of `st.App` would replace the rest.
"""

from __future__ import annotations

import signal

import uvicorn


def running_server() -> uvicorn.Server | None:
    """Return the server that serves this process; None where there is none or another kind of server."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return server if isinstance(server, uvicorn.Server) else None
