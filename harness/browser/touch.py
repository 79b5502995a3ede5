"""Touch gestures, and a switch of an open page to the screen of a phone and back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from playwright.sync_api import CDPSession, Locator, Page, ViewportSize

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def as_phone(page: Page) -> CDPSession:
    """Give a page the screen of a phone, as `new_context(**PHONE)` does. Scripts detect touch after a reload.

    Returns:
        The argument of `as_screen`.
    """
    page.set_viewport_size(PHONE["viewport"])
    devtools = page.context.new_cdp_session(page)
    screen = {**PHONE["viewport"], "deviceScaleFactor": 1, "mobile": True}
    devtools.send("Emulation.setDeviceMetricsOverride", screen)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    return devtools


def as_screen(page: Page, phone: CDPSession, viewport: ViewportSize) -> None:
    """Give a page with the screen of a phone its screen without touch back."""
    phone.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    phone.detach()
    page.set_viewport_size(viewport)


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
    """Touch the screen and release, also on a page without a touch screen."""
    swipe(page, (x, y))


def tap_on(part: Locator) -> None:
    """Touch the middle of a part of a page and release."""
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    assert box is not None
    tap(part.page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


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
