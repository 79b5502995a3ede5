"""Touch gestures in addition to the taps of Playwright."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from playwright.sync_api import Page

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def swipe(page: Page, *points: tuple[float, float]) -> None:
    """Touch the screen, move along the points, and release."""
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *at: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in at]})

    send("touchStart", points[0])
    for (x0, y0), (x1, y1) in pairwise(points):
        for share in np.linspace(0.1, 1, 10):
            send("touchMove", (x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    send("touchEnd")


def tap(page: Page, x: float, y: float) -> None:
    """Touch the screen and release, also on a page that is not told of a touch screen."""
    swipe(page, (x, y))


def come_to_rest(page: Page) -> None:
    """Wait until the page has stopped scrolling after a swipe."""
    page.evaluate(
        """() => new Promise((done) => {
            let [before, still] = [NaN, 0];
            const look = () => {
                still = scrollY === before ? still + 1 : 0;
                before = scrollY;
                if (still < 15) requestAnimationFrame(look);
                else done();
            };
            look();
        })"""
    )
