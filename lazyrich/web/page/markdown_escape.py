"""Escape text from outside, so that Markdown shows it literally: no link, no picture, no emphasis."""

import re

_MEANINGFUL = re.compile(r"([\\`*_{}\[\]()<>#$~|:!])")


def plain(text: str) -> str:
    """Return the text with every character escaped that means something in Streamlit's Markdown."""
    return _MEANINGFUL.sub(r"\\\1", text)
