"""Read the address that the administrator has set for the app.

Private: `streamlit.config.is_manually_set`.
Why: `st.get_option("browser.serverAddress")` has a default, "localhost", that cannot be told from a setting.
Public way: `st.get_option` alone, if the default were None.
"""

from __future__ import annotations

import streamlit as st
from streamlit import config


def configured_address() -> str | None:
    """Return `browser.serverAddress` if somebody has set it; None if it has its default."""
    return st.get_option("browser.serverAddress") if config.is_manually_set("browser.serverAddress") else None
