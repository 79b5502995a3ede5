"""Check whether a browser has the cookie without which Streamlit accepts no file.

Private: the cookie's name, `_streamlit_xsrf`.
Why: where a browser keeps no cookies, as in a frame of another site, `st.file_uploader` shows "AxiosError 403" and
nothing else; the page says what to do instead.
Public way: none. A message of `st.file_uploader` itself, or the name among the public settings beside
`server.enableXsrfProtection`, would replace it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

XSRF: Final = "_streamlit_xsrf"
"""The cookie's name."""


def has_xsrf_cookie(cookies: Mapping[str, str]) -> bool:
    """Return whether the cookie is among those that a browser sent."""
    return XSRF in cookies
