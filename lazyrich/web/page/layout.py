"""Draw what all pages share: title, logo, and the spacing that fits a page on one screen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lazyrich.web.page.share import page_view

_LOOK = Path(__file__).parent / "look"


def frame() -> None:
    """Set the page up; call it once, before the page runs."""
    st.set_page_config(page_title="lazyrich", page_icon=str(_LOOK / "icon.svg"), layout="wide")
    st.logo(str(_LOOK / "logo.svg"), size="medium")
    st.html(_LOOK / "layout.css")
    if is_bare():
        st.html(_LOOK / "bare.css")


def is_bare() -> bool:
    """Return whether the address asks for a figure or a slide, without what stands around them on a page."""
    return page_view.read(st.query_params).kind != "page"
