"""Checks of saved pictures as independent files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

LOOK = """(text) => {
    const host = document.createElement("div");
    host.style.cssText = "position: fixed; left: 0; top: 0; visibility: hidden";
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    if (parsed.querySelector("parsererror")) return null;
    host.append(document.importNode(parsed.documentElement, true));
    document.body.append(host);
    const whole = host.firstChild.getBoundingClientRect();
    const texts = [...host.querySelectorAll("text")].filter((node) => node.textContent).map((node) => {
        const {left, right, top, bottom} = node.getBoundingClientRect();
        const out = Math.max(whole.left - left, right - whole.right, whole.top - top, bottom - whole.bottom);
        return [node.textContent, out];
    });
    const fonts = [...host.querySelectorAll("text")].map((node) => getComputedStyle(node).fontFamily);
    host.remove();
    return {texts, fonts: [...new Set(fonts)]};
}"""


SAVE = '[data-title="Download as {0}"], [aria-label="Download as {0}"]'


def saved(figure: Locator, format: str) -> bytes:
    """Return the file that a figure's button saves: PNG or SVG.

    Clicks the button, since a browser stops a page that saves more than ten files by script.
    """
    with figure.page.expect_download() as file:
        figure.locator(SAVE.format(format)).first.click()
    return Path(file.value.path()).read_bytes()


def texts_of(page: Page, svg: str) -> list[str]:
    """Return the texts in a saved SVG, and check that they lie within it and need no font of the page."""
    seen = page.evaluate(LOOK, svg)
    assert seen is not None, "it is no XML"
    assert [text for text, out in seen["texts"] if out > 1] == []
    assert all(font.startswith("Helvetica") for font in seen["fonts"]), seen["fonts"]
    return [text for text, _ in seen["texts"]]


def check_png(content: bytes) -> tuple[int, int]:
    """Check that nothing is cut off at the edge of a saved PNG, which has one colour. Returns its width and height."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    pixels = np.asarray(image)
    for edge in (pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:]):
        assert (edge == pixels[0, 0]).all()
    return image.size
