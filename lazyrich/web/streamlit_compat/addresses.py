"""Tell Streamlit's own addresses apart: its socket, where files are uploaded, and the parts of its pages.

Private: the routes `_stcore/stream`, `_stcore/upload_file/{session}/{file}`, and the folders `_stcore`, `static`,
`media` and `component`, below the base path and below pages.
Why: the middleware that limits visitors and uploads stands before these routes and has only their paths to go by.
Public way: none. Hooks of `st.App` for a new session and for an upload would replace it.
"""

from __future__ import annotations

import re
from typing import Final

PARTS: Final = ("/_stcore/", "/static/", "/media/", "/component/")
"""Addresses of Streamlit's responses that are no pages."""

_STREAM: Final = "/_stcore/stream"
_UPLOAD: Final = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")


def is_stream(path: str) -> bool:
    """Return whether a socket's path is that of Streamlit's own, of which there is one for each open page."""
    return path.endswith(_STREAM)


def session_of_upload(path: str) -> str | None:
    """Return the id of the session that an uploaded file belongs to; None if the path is not for uploads."""
    found = _UPLOAD.search(path)
    return found[1] if found else None
