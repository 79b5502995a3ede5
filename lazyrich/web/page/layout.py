"""What all pages share around their contents: title, logo, and the spacing that puts a page on one screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_LOOK = Path(__file__).parent / "look"


def frame() -> None:
    """Call once, before the page runs."""
    st.set_page_config(page_title="lazyrich", page_icon=str(_LOOK / "icon.svg"), layout="wide")
    st.logo(str(_LOOK / "logo.svg"), size="medium")
    st.html(_LOOK / "layout.css")
