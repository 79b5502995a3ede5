"""Draw the frame of every page: the top bar, the title of the tab, the heading, and the spacing of one screen."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from lazyrich.web.page.share import page_view
from lazyrich.web.page.site.entry import Entry, Site

_LOOK = Path(__file__).parents[1] / "look"


def show(site: Site) -> None:
    """Draw the top bar and the frame of a page, then run the page that the address asks for."""
    entries = {entry.path: entry for section in site.values() for entry in section}
    bare = is_bare()
    pages = {name: [_page(entry) for entry in section] for name, section in site.items()}
    page = st.navigation(pages, position="hidden" if bare else "top")
    entry = entries[page.url_path]
    st.set_page_config(page_title=entry.tab, page_icon=str(_LOOK / "icon.svg"), layout="wide")
    st.logo(str(_LOOK / "logo.svg"), size="medium")
    st.html(_LOOK / "layout.css")
    st.html(_LOOK / "print.css")
    if bare:
        st.html(_LOOK / "bare.css")
    elif not entry.start:
        st.html(heading(entry))
    page.run()


def is_bare() -> bool:
    """Return whether the address asks for a figure or a slide, without the frame of a page."""
    return page_view.read(st.query_params).kind != "page"


def _page(entry: Entry) -> st.Page:
    return st.Page(f"pages/{entry.script}.py", title=entry.title, url_path=entry.path or None, default=entry.start)


def heading(entry: Entry) -> str:
    """Return the heading of a page as HTML: its title, its question, and where upstream is, with a folded reason."""
    upstream = ""
    if entry.upstream:
        where, why = escape(entry.upstream.where), escape(entry.upstream.why)
        upstream = f"<details><summary>Upstream: {where}</summary><p>{why}</p></details>"
    return (
        f'<header class="page-heading"><h1>{escape(entry.title)}</h1><p>{escape(entry.question)}</p>{upstream}</header>'
    )
