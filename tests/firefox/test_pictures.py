"""Pictures saved in Firefox. Where it hides the pixels of a canvas (privacy.resistFingerprinting), there is a sentence
instead of a PNG, and the SVG has the same pixels as elsewhere."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from harness.browser.chart_samples import MAP, map_run
from harness.browser.filter_images import Run
from harness.browser.live_chart_server import LiveChartServer
from harness.browser.one_chart import show
from harness.browser.space_chart import SCENE
from harness.server import Server
from tests.firefox.marionette import Firefox

PICTURE = re.compile(r'<image [^>]*href="data:image/png;base64,([^"]+)"')


def heat(page: Any) -> None:
    show(page, MAP, map_run())


def images(page: Any) -> None:
    Run(3).show(page, 3)


def space(page: Any) -> None:
    page.evaluate(f"async () => {{ {SCENE} chart.paint(scene(59)); }}")


def plotly(page: Any) -> None:
    page.evaluate(
        """async () => {
            const {baseLayout} = await import("/static/core/figure.js");
            const {saveFigure} = await import("/static/export/figure_file.js");
            const {loadPlotly} = await import("/static/entry/load.js");
            const {toolbar} = await import("/static/shell/toolbar.js");
            const Plotly = await loadPlotly("/plotly.min.js");
            const theme = {text: "rgb(0, 0, 0)", muted: "rgb(90, 90, 90)", background: "rgb(255, 255, 255)",
                grid: "rgb(230, 230, 230)", line: "rgb(160, 160, 160)", font: "sans-serif"};
            const traces = [{x: [0, 1], y: [0, 1], name: "line", line: {color: "#0072b2", width: 40}}];
            const save = (format) => saveFigure(Plotly, {traces, layout: () => baseLayout(theme), theme,
                title: "A line", lines: [], name: "line", size: [400, 300]}, format);
            document.body.replaceChildren(toolbar({save}));
        }"""
    )


KINDS = {"heat": heat, "images": images, "space": space, "plotly": plotly}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with LiveChartServer() as server:
        yield server.address


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def opened(request: pytest.FixtureRequest, firefox: Firefox, address: str) -> Callable[[bool], Firefox]:
    """Open a page with a chart of the kind, in a Firefox that hides the pixels of canvases or shows them."""

    def open_one(hiding: bool) -> Firefox:
        firefox.prefer("privacy.resistFingerprinting", hiding)
        firefox.goto(address)
        request.param(firefox)
        return firefox

    return open_one


def press(firefox: Firefox, format: str) -> None:
    """Click a button of the toolbar, which works without a pointer above the chart."""
    firefox.evaluate(f"() => document.querySelector('[aria-label=\"Download as {format}\"]').click()")


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"), dtype=int)


def pictures(svg: Path) -> list[np.ndarray]:
    """Return the pictures within an SVG, (height, width, 4) each."""
    return [pixels(base64.b64decode(found)) for found in PICTURE.findall(svg.read_text())]


def without_pictures(svg: Path) -> str:
    """Return the text of an SVG without its pictures, and without the random names of plotly."""
    return re.sub(r"(clip|defs-|trace|legend)[0-9a-f]{6}", "", PICTURE.sub("", svg.read_text()))


def test_a_png_is_offered_only_if_pixels_are_readable_and_otherwise_an_equal_svg(opened) -> None:
    page = opened(hiding=False)
    png = pixels(page.download(lambda: press(page, "PNG")).read_bytes())
    # mostly background, so the pixels are no noise
    assert (np.abs(png[..., :3] - 255).max(axis=-1) == 0).mean() > 0.2
    assert page.evaluate("document.querySelector('dialog') === null")
    right = page.download(lambda: press(page, "SVG"))

    page = opened(hiding=True)
    press(page, "PNG")
    message = page.wait("document.querySelector('dialog[open] p')?.textContent")
    assert "a PNG would be noise: save the chart as SVG" in message
    names = "[...document.querySelectorAll('dialog[open] button')].map((node) => node.textContent)"
    assert page.evaluate(names) == ["Save as SVG", "Close"]
    pngs = list(page.downloads.glob("*.png"))
    svg = page.download(lambda: page.click("dialog button"))
    assert list(page.downloads.glob("*.png")) == pngs
    assert svg.suffix == ".svg" and page.evaluate("document.querySelector('dialog') === null")
    here, there = pictures(svg), pictures(right)
    assert [one.shape for one in here] == [one.shape for one in there]
    for one, other in zip(here, there, strict=True):
        # transparent pixels have no colour; an edge between two pixels may be in either of them
        differ = np.abs(one * (one[..., 3:] > 0) - other * (other[..., 3:] > 0)).max(axis=-1) > 3
        assert differ.mean() < 0.005
    assert without_pictures(svg) == without_pictures(right)


def test_the_papers_map_is_drawn_without_reading_a_canvas(firefox: Firefox, server: Server) -> None:
    firefox.prefer("privacy.resistFingerprinting", True)
    firefox.goto(server.url + "phase-portrait")
    bands = "[...document.querySelectorAll('[data-testid=picker] .contourfill path')].map((one) => one.style.fill)"
    firefox.wait(f"{bands}.length > 0")
    # the map has filled paths in the colours of viridis, and no picture that was read from a canvas
    colours = np.array([[int(part) for part in re.findall(r"\d+", fill)] for fill in firefox.evaluate(bands) if fill])
    assert len(np.unique(colours, axis=0)) > 10
    assert np.abs(colours - [68, 1, 84]).max(axis=1).min() < 25
    assert firefox.evaluate("document.querySelectorAll('[data-testid=picker] .main-svg image').length") == 0
