"""Draw what all pages share: title, logo, and the spacing that fits a page on one screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_LOOK = Path(__file__).parent / "look"


def frame() -> None:
    """Set the page up; call it once, before the page runs."""
    st.set_page_config(page_title="lazyrich", page_icon=str(_LOOK / "icon.svg"), layout="wide")
    st.logo(str(_LOOK / "logo.svg"), size="medium")
    st.html(_LOOK / "layout.css")
