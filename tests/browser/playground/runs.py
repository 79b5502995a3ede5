"""A short run of the playground, and a function that waits for its end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from harness.browser import parts

SHORT = "playground?tau=0.1&delta=1&eta_a=1&eta_w=1&steps=100"
"""A run that ends after about a second: the server sends 120 frames a second."""


def finished(page: Page) -> None:
    """Wait until the run is trained to its end and painted to its last frame."""
    parts.finished(page, int(parse_qs(urlsplit(page.url).query).get("steps", ["100000"])[0]))
