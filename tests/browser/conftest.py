"""A real server on loopback and a real Chromium, for the browser tests.

Every page of a test fails it on a console error, a failed request, or a request to anywhere but this machine.
"""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.serving import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with Server(log, LAZYRICH_GRACE_SECONDS="1", LAZYRICH_FRAME_ANCESTORS="http://course.localhost:*") as server:
        yield server
    assert server.process.returncode in (0, 143, -signal.SIGTERM), log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


PROBE = re.compile(r"/[a-z-]+/_stcore/(health|host-config)$")
"""At an address below the root Streamlit's browser side first asks whether the server's root is there."""


class Watched:
    """What went wrong in the pages of a context."""

    def __init__(self, context: BrowserContext):
        self.wrong: list[str] = []
        context.on("console", self._said)
        context.on("weberror", lambda e: self.wrong.append(f"error: {e.error}"))
        context.on("requestfailed", lambda r: self.wrong.append(f"failed: {r.url} {r.failure}"))
        context.on("response", self._answered)
        context.on("request", self._stays_here)

    def _said(self, message) -> None:
        if message.type == "error" and not PROBE.search(message.location.get("url", "")):
            self.wrong.append(f"console: {message.text}")

    def _answered(self, response) -> None:
        if response.status >= 400 and not PROBE.search(urlsplit(response.url).path):
            self.wrong.append(f"{response.status}: {response.url}")

    def _stays_here(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.wrong.append(f"left this machine: {request.url}")


@pytest.fixture
def active_runs(server: Server):
    """active_runs() -> how many runs train now; active_runs(wait_for=n) waits up to 10 s until it is n."""

    def count(wait_for: int | None = None) -> int:
        end = time.monotonic() + 10
        while True:
            with urlopen(f"{server.url}lazyrich/health", timeout=5) as answer:
                active = int(json.load(answer)["active"])
            if wait_for is None or active == wait_for or time.monotonic() > end:
                return active
            time.sleep(0.2)

    return count


SCREEN = {"width": 1280, "height": 800}


class Tab:
    """The tab of all tests that need no browser of their own: plotly and Streamlit take seconds to start in a new one.

    Each test begins with a page of its own, on a screen of the usual size, with nothing stored.
    """

    def __init__(self, browser: Browser):
        self.context = browser.new_context(viewport=SCREEN)
        self.watched = Watched(self.context)
        self.page = self.context.new_page()
        self.taken = False

    def take(self, viewport: dict[str, int] = SCREEN, color_scheme: str = "light") -> Page:
        """The page, for one test."""
        self.taken = True
        if self.page.is_closed():
            self.page = self.context.new_page()
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=color_scheme)
        self.page.mouse.move(0, 0)
        return self.page

    def leave(self) -> list[str]:
        """After the test. Returns what went wrong in it."""
        for page in self.context.pages:
            if page is not self.page:
                page.close()
        if not self.page.is_closed():
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self.page.goto("about:blank")
        self.context.clear_cookies()
        self.taken = False
        wrong, self.watched.wrong = self.watched.wrong, []
        return wrong


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Tab]:
    tab = Tab(browser)
    yield tab
    tab.context.close()


@pytest.fixture
def open_page(browser: Browser, server: Server, tab: Tab):
    """open_page(address="", **context settings) -> Page on the playground or another page, watched until the test ends.

    address: what follows the server's own, like "exact-solutions?delta=1". own: in a browser of its own, as are pages
    beside the first one and those with settings other than viewport and color_scheme.
    """
    contexts: list[tuple[BrowserContext, Watched]] = []

    def open_one(address: str = "", wait: bool = True, own: bool = False, **settings) -> Page:
        if own or tab.taken or settings.keys() - {"viewport", "color_scheme"}:
            context = browser.new_context(**{"viewport": SCREEN, **settings})
            contexts.append((context, Watched(context)))
            page = context.new_page()
        else:
            page = tab.take(**settings)
        page.goto(server.url + address)
        if wait:
            page.wait_for_selector('[data-testid="live-run"][data-frames]:not([data-frames="0"])', timeout=30_000)
        return page

    yield open_one
    wrong = tab.leave() if tab.taken else []
    for context, watched in contexts:
        context.close()
        wrong += watched.wrong
    # a page that is closed abandons what it was loading
    wrong = [line for line in wrong if "ERR_ABORTED" not in line]
    assert not wrong, "\n".join(wrong)
