"""Read the HTML of Streamlit's page: the scripts that stand in it, and its title.

Private: the file static/index.html of the installed package, that its inline scripts begin with `<script>`, that its
title is TITLE, and that Streamlit answers every page with it.
Why: a Content-Security-Policy that forbids inline scripts has to name these by their hashes, and the preview of a link
shows the title and description of the HTML.
Public way: none. A nonce or a policy that Streamlit itself sends, and a description in `st.Page`, would replace it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import streamlit

TITLE: Final = "<title>Streamlit</title>"
"""Title of the HTML, until the browser knows the page's own."""


@cache
def index_page() -> str:
    """Return the HTML."""
    return (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


def inline_scripts() -> list[str]:
    """Return the text of each inline script, exactly as a browser hashes it."""
    return re.findall(r"<script>(.*?)</script>", index_page(), flags=re.DOTALL)
