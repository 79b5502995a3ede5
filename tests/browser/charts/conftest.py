"""One tab for all tests of charts, on a server for charts alone: plotly takes seconds to start in a new tab.

Each worker has one such server, so that all its tests use what the tab has compiled.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from harness.browser.live_chart import Open, unmounted
from harness.browser.live_chart_server import LiveChartServer
from harness.browser.parts import watched
from harness.browser.touch import as_phone, as_screen

SCREEN = {"viewport": {"width": 1280, "height": 800}}


class Pages:
    """The tab, and the errors in it."""

    def __init__(self, browser: Browser, address: str):
        self._browser, self._address = browser, address
        self._tab: Page | None = None
        self._phone: CDPSession | None = None
        self._mounts = False  # whether the tab has a page that a live chart can be mounted on
        self._wrong: list[str] = []

    def tab(self) -> Page:
        """Return the tab in its present state."""
        if self._tab is None:
            context = self._browser.new_context(**SCREEN)
            wrong = self._wrong
            context.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
            context.on("weberror", lambda e: wrong.append(str(e.error)))
            context.on("requestfailed", lambda r: wrong.append(r.url))
            self._tab = context.new_page()
            self._tab.set_default_timeout(15_000)
        return self._tab

    def fresh(self, phone: bool = False) -> Page:
        """Load the page again, and return it."""
        page = self.tab()
        if phone:
            self._phone = as_phone(page)
        page.goto(self._address)
        page.wait_for_function("window.harness")
        if not self._mounts:
            self._wrong.clear()  # errors of the previous page, which another fixture has checked
        self._mounts = True
        return page

    def to_mount_on(self) -> Page:
        """Return a page of desktop size without a chart, on which a live chart can be mounted."""
        return self.tab() if self._mounts else self.fresh()

    def bare(self) -> Page:
        """Return a page of desktop size for a test that replaces all its contents."""
        page = self.fresh()
        self._mounts = False
        return page

    def leave(self) -> list[str]:
        """Remove the live charts of a test, and return the errors in them."""
        if self._mounts:
            unmounted(self.tab())
        found, self._wrong[:] = ([*self._wrong] if self._mounts else []), []
        if self._phone is not None:
            as_screen(self.tab(), self._phone, SCREEN["viewport"])
            self._phone, self._mounts = None, False
        return found

    def close(self) -> None:
        if self._tab is not None:
            self._tab.context.close()


@pytest.fixture(scope="session")
def served() -> Iterator[LiveChartServer]:
    with LiveChartServer() as server:
        yield server


@pytest.fixture(scope="session")
def pages(browser: Browser, served: LiveChartServer) -> Iterator[Pages]:
    pages = Pages(browser, served.address)
    yield pages
    pages.close()


@pytest.fixture
def open_chart(pages: Pages) -> Iterator[Open]:
    """open_chart(current, kept, labels) -> Page; any warning or error on its console fails the test.

    The newest frame is shown at once, since playing takes seconds. motion: plays instead. phone: loads the page anew,
    with the screen of a phone.
    """

    def open_one(
        current: str,
        kept: list[str] | None = None,
        labels: list[str] | None = None,
        motion: bool = False,
        phone: bool = False,
    ) -> Page:
        page = pages.fresh(phone) if phone else pages.to_mount_on()
        page.emulate_media(reduced_motion="no-preference" if motion else "reduce")
        page.evaluate("([a, b, c]) => show(a, b, c)", [current, kept or [], labels or []])
        return page

    yield open_one
    wrong = pages.leave()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def bare(pages: Pages) -> Page:
    return pages.bare()


@pytest.fixture
def page(bare: Page) -> Iterator[Page]:
    """The same page for all tests of a file; each test puts its own chart on it."""
    with watched(bare):
        yield bare
