"""Read a live chart on the page of live_chart_server, and wait for its states."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from harness.browser.live_chart_server import FRAMES

RUN = '[data-testid="live-run"]'
Open = Callable[..., Page]


def unmounted(page: Page) -> None:
    """Remove the chart from the page, and restore the page's state before it."""
    page.evaluate(
        """() => {
            unmount();
            document.getElementById("wrapper").classList.remove("dark");
            document.activeElement.blur();
            triggers.length = 0;
        }"""
    )
    page.mouse.move(0, 0)
    page.wait_for_function("(run) => !document.querySelector(run)", arg=RUN)


def data(page: Page, name: str) -> str:
    """Return an attribute that the chart sets for programs."""
    return page.locator(RUN).get_attribute(f"data-{name}") or ""


def wait_data(page: Page, name: str, test: str) -> None:
    """Wait until the attribute, as `value`, passes a test in JavaScript."""
    page.wait_for_function(f"((value) => {test})(document.querySelector('{RUN}')?.dataset.{name})")


def until(page: Page, holds: Callable[[], bool], seconds: float = 10) -> None:
    """Keep the page running until a condition outside of it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def at_rest(page: Page) -> None:
    """Wait until plotly has drawn what the canvases show."""
    page.wait_for_function("document.querySelector('.chart .main-svg') && !document.querySelector('.chart.painting')")


def to_the_end(page: Page) -> None:
    """Go to the last frame of a full run."""
    wait_data(page, "frames", "+value > 0")
    page.locator(RUN).press("End")
    wait_data(page, "frames", f"+value === {FRAMES}")
    at_rest(page)


def plot(page: Page, chart: str, expression: str) -> Any:
    """Return a JavaScript expression of `p`, a chart's plotly element."""
    return page.evaluate(f"((p) => {expression})(document.querySelector('[data-chart={chart}] .plot'))")


def inked(page: Page, chart: str) -> int:
    """Return the number of pixels of a chart's line canvas that are not transparent."""
    return int(
        page.evaluate(
            """(chart) => {
            const canvas = document.querySelector(`[data-chart=${chart}] canvas`);
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
            return count;
        }""",
            chart,
        )
    )
