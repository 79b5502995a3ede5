"""A real server and a real Chromium, for the browser tests.

A test fails if one of its pages has a console error, a failed request, or a request to another machine.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page

from harness.browser.parts import go_to_page
from harness.browser.touch import PHONE, as_phone, as_screen
from harness.server import Server

PROBE = re.compile(r"/[a-z-]+/_stcore/(health|host-config)$")
"""Requests with which Streamlit's page, opened below the root, looks for the server's root. They may fail."""


LOST = "addEventListener('contextlost', () => window.mayLoseCanvases || console.error('a canvas was lost'), true)"
"""A script that reports a canvas whose context the browser has taken away, as it does with one that is too large."""


class Watched:
    """Records the errors in the pages of a context.

    Chromium reports error responses on the console, and can reach no other machine.
    """

    def __init__(self, context: BrowserContext):
        self.wrong: list[str] = []
        context.add_init_script(LOST)
        context.on("console", self._logged)
        context.on("weberror", lambda e: self.wrong.append(f"error: {e.error}"))
        context.on("requestfailed", lambda r: self.wrong.append(f"failed: {r.url} {r.failure}"))
        context.on("page", lambda page: page.on("crash", lambda _: self.wrong.append("the page has crashed")))

    def _logged(self, message) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not PROBE.search(url):
            self.wrong.append(f"console: {message.text} {url}")


@pytest.fixture
def active_runs(server: Server):
    """active_runs() -> number of runs in training; active_runs(wait_for=n) waits up to 10 s until it is n."""

    def count(wait_for: int | None = None) -> int:
        end = time.monotonic() + 10
        while True:
            active = int(server.health()["active"])
            if wait_for is None or active == wait_for or time.monotonic() > end:
                return active
            time.sleep(0.2)

    return count


SCREEN = {"width": 1280, "height": 800}

TOUCH = {name: value for name, value in PHONE.items() if name != "viewport"}

LOOKS = ("viewport", "color_scheme", "permissions")
"""Settings of a context that can be changed later."""


def exceptions(page: Page) -> list[str]:
    """Return the Python exceptions that Streamlit shows on a page."""
    return [] if page.is_closed() else page.get_by_test_id("stException").all_inner_texts()


class Tab:
    """A tab that tests use one after the other: plotly and Streamlit take seconds to start in a new tab.

    Each test begins with an empty page of the usual size and empty storage, or continues the visit of the previous
    tests in its file. settings: of the context, the same for all tests.
    """

    def __init__(self, browser: Browser, **settings: Any):
        self._browser, self._settings = browser, settings
        self.taken = False
        self.visit = ""
        """Name of the current visit, mostly that of its file; empty if there is none."""
        self._open()

    def _open(self) -> None:
        self.context = self._browser.new_context(viewport=SCREEN, **self._settings)
        self.watched = Watched(self.context)
        self.page = self.context.new_page()
        self._phone: CDPSession | None = None

    def take(
        self,
        viewport: dict[str, int] = SCREEN,
        color_scheme: str = "light",
        reduced_motion: str = "reduce",
        permissions: Sequence[str] = (),
        phone: bool = False,
        visit: str = "",
    ) -> Page:
        """Return the page for one test."""
        if self.visit and visit != self.visit:
            self._empty()
        self.taken = True
        if self.page.is_closed():
            self.page = self.context.new_page()
        if phone:
            self._phone = as_phone(self.page)
        else:
            self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        self.context.grant_permissions(permissions)
        self.page.mouse.move(0, 0)
        return self.page

    def leave(self, visit: str = "") -> list[str]:
        """Empty the tab after a test, and return the errors of the test. A tab that cannot be emptied is replaced.

        visit: name of a visit. The next test that takes the tab with the same name continues on the page.
        """
        self.taken, self.visit = False, visit
        watched, shown = self.watched, []
        with suppress(Error):
            shown = exceptions(self.page)
            self.context.clear_permissions()
        if not visit:
            self._empty()
        wrong, watched.wrong = [*watched.wrong, *shown], []
        return wrong

    def _empty(self) -> None:
        self.visit = ""
        try:
            for page in self.context.pages:
                if page is not self.page:
                    page.close()
            if self._phone is not None:
                as_screen(self.page, self._phone, SCREEN)
                self._phone = None
            if not self.page.is_closed():
                self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
                self.page.goto("about:blank")
            self.context.clear_cookies()
        except Error:
            with suppress(Error):
                self.context.close()
            self._open()


class Tabs:
    """The shared tabs, one for each kind of device that tests ask for."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._tabs: dict[str, Tab] = {}

    def of(self, **settings: Any) -> Tab:
        """Return the tab whose context has these settings; settings that are off may be left out."""
        settings = {name: value for name, value in sorted(settings.items()) if value}
        key = repr(settings)
        if key not in self._tabs:
            self._tabs[key] = Tab(self._browser, **settings)
        return self._tabs[key]

    def leave(self) -> list[str]:
        """Empty the tabs of a test, and return its errors."""
        return [line for tab in self._tabs.values() if tab.taken for line in tab.leave()]

    def close(self) -> None:
        """Close all tabs, after the last test."""
        for tab in self._tabs.values():
            tab.context.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Iterator[Tabs]:
    tabs = Tabs(browser)
    yield tabs
    tabs.close()


@pytest.fixture
def open_page(browser: Browser, server: Server, tabs: Tabs):
    """open_page(address="", **context settings) -> Page of the app, watched for errors until the test ends.

    address: path and query, such as "exact-solutions?delta=1"; "/" is Start; a query alone, or nothing, opens the
    playground. A second page with the same settings gets a context of its own. motion: plays the run; without it the
    newest frame is shown at once, since playing takes seconds.
    """
    contexts: list[tuple[BrowserContext, Watched]] = []

    def open_one(address: str = "", wait: bool = True, motion: bool = False, **settings) -> Page:
        place = address.partition("?")[0]
        looks = {name: settings.pop(name) for name in LOOKS if name in settings}
        looks["reduced_motion"] = "no-preference" if motion else "reduce"
        phone = settings == TOUCH
        tab = tabs.of(**({} if phone else settings))
        if tab.taken:
            context = browser.new_context(**{"viewport": SCREEN, **looks, **settings})
            contexts.append((context, Watched(context)))
            page = context.new_page()
        else:
            page = tab.take(**looks, phone=phone)
        page.goto(server.url + (address.removeprefix("/") if place else f"playground{address}"))
        if wait:
            page.wait_for_selector('[data-testid="live-run"][data-frames]:not([data-frames="0"])', timeout=30_000)
        return page

    yield open_one
    wrong = tabs.leave()
    for context, watched in contexts:
        with suppress(Error):  # raised by a page that has crashed
            for page in context.pages:
                wrong += exceptions(page)
        context.close()
        wrong += watched.wrong
    # closing a page aborts its requests
    wrong = [line for line in wrong if "ERR_ABORTED" not in line]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def visited(tabs: Tabs) -> Iterator[Tab]:
    """The tab for the visit of a file. The visit ends with the last test of the file."""
    yield tabs.of()
    tabs.of().leave()


@pytest.fixture
def visit(request: pytest.FixtureRequest, server: Server, visited: Tab):
    """visit(address, **looks) -> Page at an address of the app ("" for Start), watched for errors until the test ends.

    All tests of a file with this fixture share one visit: each changes the address within the app, as Back and Forward
    do, which takes a third of the time of opening a page.
    """
    tab, file = visited, request.node.path.name

    def go_there(address: str, motion: bool = False, **looks) -> Page:
        assert not tab.taken
        begun = tab.visit == file
        page = tab.take(reduced_motion="no-preference" if motion else "reduce", visit=file, **looks)
        place = f"/{address.partition('?')[0]}"
        if not begun:
            page.goto(f"{server.url}{address}")
            page.locator("h1:visible").wait_for(timeout=30_000)
        else:
            if urlsplit(page.url).path == place:
                go_to_page(page, "/my-runs")
            go_to_page(page, f"/{address}")
        return page

    yield go_there
    wrong = [line for line in tab.leave(file) if "ERR_ABORTED" not in line]
    assert not wrong, "\n".join(wrong)
