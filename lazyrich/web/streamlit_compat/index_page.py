"""Read the scripts that stand in the HTML of Streamlit's page.

Private: the file static/index.html of the installed package, and that its inline scripts begin with `<script>`.
Why: a Content-Security-Policy that forbids inline scripts has to name these by their hashes.
Public way: none. A nonce or a policy that Streamlit itself sends would replace it.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit


def inline_scripts() -> list[str]:
    """Return the text of each inline script, exactly as a browser hashes it."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), flags=re.DOTALL)
