"""A real server on loopback and a real Chromium, for the browser tests.

Every page of a test fails it on a console error, a failed request, or a request to anywhere but this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).parents[2]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """`streamlit run app.py` on a free port of loopback, in a process group of its own."""

    def __init__(self, log: Path, **settings: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true",
                 f"--server.port={self.port}", "--server.address=127.0.0.1"],
                cwd=ROOT, env={**os.environ, **settings}, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def wait(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urlopen(f"{self.url}_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the server did not come up:\n{self.log.read_text()}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server") / "log.txt", LAZYRICH_GRACE_SECONDS="1")
    try:
        server.wait()
        yield server
    finally:
        code = server.stop()
    assert code in (0, 143, -signal.SIGTERM), server.log.read_text()
    assert "Traceback" not in server.log.read_text(), server.log.read_text()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    browser = playwright.chromium.launch(executable_path=installed, args=QUIET)
    yield browser
    browser.close()


class Watched:
    """What went wrong in the pages of a context."""

    def __init__(self, context: BrowserContext):
        self.wrong: list[str] = []
        context.on("console", lambda m: self.wrong.append(f"console: {m.text}") if m.type == "error" else None)
        context.on("weberror", lambda e: self.wrong.append(f"error: {e.error}"))
        context.on("requestfailed", lambda r: self.wrong.append(f"failed: {r.url} {r.failure}"))
        context.on("response", lambda r: self.wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        context.on("request", self._stays_here)

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


@pytest.fixture
def open_page(browser: Browser, server: Server):
    """open_page(address="", **context settings) -> Page on the playground, watched until the test ends."""
    contexts: list[tuple[BrowserContext, Watched]] = []

    def open_one(address: str = "", wait: bool = True, **settings) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **settings})
        contexts.append((context, Watched(context)))
        page = context.new_page()
        page.goto(server.url + address)
        if wait:
            page.wait_for_selector('[data-testid="live-run"][data-frames]:not([data-frames="0"])', timeout=30_000)
        return page

    yield open_one
    for context, watched in contexts:
        context.close()
        # a page that is closed abandons what it was loading
        wrong = [line for line in watched.wrong if "ERR_ABORTED" not in line]
        assert not wrong, "\n".join(wrong)
