"""The dialog Share: the part of a page to show, and its address as link, frame and QR code."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from lazyrich.web.hardening.headers import FRAME_ANCESTORS, frame_ancestors
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.share.page_view import Kind, PageView
from lazyrich.web.page.share.qr_code import qr_code

KINDS: Final[Mapping[Kind, str]] = {"page": "Whole page", "figure": "Figure", "slide": "Slides"}

WHAT: Final[Mapping[Kind, str]] = {
    "page": "All of the page.",
    "figure": "The charts and their playback bar, for a frame on a course page.",
    "slide": "One chart at a time in large type, for a projector; Page Down and Page Up turn it.",
}

FRAME_HEIGHT: Final = 600
"""Height of the frame in the snippet, in px."""


@dataclass(frozen=True)
class Offer:
    """The parts of a page that can be shared, and their address.

    Attributes:
        key: Key of the dialog's widgets.
        title: Title of the frame for screen readers.
        charts: Id of each chart and its name.
        controls: Id of each control and its name.
        link: Function from a view to the address of the page in it; see url_state.link.
        note: Remark on all such links.
    """

    key: str
    title: str
    charts: Mapping[str, str]
    controls: Mapping[str, str]
    link: Callable[[PageView], str]
    note: str = ""


def share_button(offer: Callable[[], Offer], key: str) -> None:
    """Draw the button that opens the dialog. offer: called when it is pressed."""
    if st.button("Share", key=key, help="A link, a frame or a QR code of this page or parts of it."):
        _dialog(offer())


@st.dialog("Share", width="large")
def _dialog(offer: Offer) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        view = _choose(offer)
    address = offer.link(view)
    with left:
        st.markdown("**Link**")
        st.code(address, language=None, wrap_lines=True)
        if offer.note:
            st.caption(offer.note)
        st.markdown("**Frame on another page**")
        st.code(snippet(address, offer.title), language="html", wrap_lines=True)
        st.caption(plain(about_frames(frame_ancestors())))
    with right:
        st.markdown("**QR code**")
        try:
            picture = qr_code(address)
        except ValueError as error:
            st.caption(str(error))
            return
        st.image(picture, width=260)
        st.download_button(
            "QR code, SVG", picture, f"{offer.key.replace('.', '-')}.svg", "image/svg+xml", key=f"{offer.key}.svg",
            on_click="ignore",
        )  # fmt: skip


def _choose(offer: Offer) -> PageView:
    """Draw the choices, and return the chosen view."""
    asked: Kind | None = st.segmented_control(
        "Show", list(KINDS), format_func=KINDS.__getitem__, default="page", key=f"{offer.key}.kind", required=True
    )
    kind: Kind = asked or "page"
    st.caption(WHAT[kind])
    pictures: list[str] = []
    if kind != "page" and len(offer.charts) > 1:
        pictures = _ticks("Charts, all if none is ticked", offer.charts, f"{offer.key}.charts")
    every = kind == "page" and st.toggle("All controls", value=True, key=f"{offer.key}.every")
    if every:
        return PageView()
    controls = _ticks("Controls, none if none is ticked", offer.controls, f"{offer.key}.controls")
    return PageView(kind, frozenset(controls), tuple(pictures))


def _ticks(label: str, options: Mapping[str, str], key: str) -> list[str]:
    chosen: Any = st.pills(
        label, list(options), format_func=options.__getitem__, selection_mode="multi", key=key, wrap=True
    )
    # in the order of the page, not of the clicks
    return [name for name in options if name in (chosen or ())]


def snippet(address: str, title: str) -> str:
    """Return the HTML of a frame that shows an address.

    Args:
        address: Of the page.
        title: Name of the frame for screen readers.
    """
    src, name = html.escape(address), html.escape(title)
    return (
        f'<iframe src="{src}" title="{name}" width="100%" height="{FRAME_HEIGHT}" style="border: 0" '
        'loading="lazy" allow="fullscreen"></iframe>'
    )


def about_frames(ancestors: str) -> str:
    """Return a sentence on the pages that may show the app in a frame. ancestors: as in FRAME_ANCESTORS."""
    if not ancestors.split():
        return (
            "This server lets no other site show it in a frame. Who runs it allows a course page with "
            f"{FRAME_ANCESTORS}, its origin, such as https://course.example."
        )
    if "*" in ancestors.split():
        return "Any page may show this frame."
    return f"Pages of {' and '.join(ancestors.split())} may show this frame; {FRAME_ANCESTORS} names others."
