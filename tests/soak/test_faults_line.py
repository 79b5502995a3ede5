"""A cut connection and a restarted server as a visitor sees them, and visitors who vanish as the server sees them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from harness.faults.line import Line
from harness.server import QUIET, Server, chromium_path
from harness.waiting import eventually
from lazyrich import StudentTeacher

CONFIG = StudentTeacher(steps=150_000, seed=11)
ADDRESS = "?seed=11&steps=150000"
FRAMES = CONFIG.expected_frames


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with Server(log, LAZYRICH_GRACE_SECONDS="20", LAZYRICH_WORKERS="1") as server:
        yield server
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[[int, str], Page]]:
    """look(port, address): open a page, and wait until it has painted some frames."""
    contexts = []

    def open_one(port: int, address: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        page = contexts[-1].new_page()
        page.goto(f"http://127.0.0.1:{port}/{address}")
        painted(page, 10)
        return page

    yield open_one
    for context in contexts:
        context.close()


def painted(page: Page, frames: int) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0) >= least",
        arg=frames,
        timeout=60_000,
    )


def test_a_cut_line_is_reported_and_after_its_return_no_frame_is_missing(server, look):
    with Line(server.port) as line:
        page = look(line.port, ADDRESS)
        line.cut()
        banner = page.locator(".live-run .banner")
        expect(banner).to_contain_text("The line to the server is cut", timeout=30_000)
        expect(page.locator(".live-run .status")).to_contain_text("connection lost")
        line.restore()
        expect(banner).to_be_hidden(timeout=30_000)
        painted(page, FRAMES)
        expect(page.get_by_test_id("live-run")).to_have_attribute("data-status", "finished")
        assert page.get_by_test_id("live-run").get_attribute("data-frames") == str(FRAMES)


@pytest.mark.long  # takes as long as the browser waits for an answer
def test_a_silent_line_is_noticed_without_an_error_from_the_network(server, look):
    with Line(server.port) as line:
        page = look(line.port, "?seed=12&steps=3000000")
        line.die()
        banner = page.locator(".live-run .banner")
        expect(banner).to_contain_text("The line to the server is cut", timeout=60_000)
        line.restore()
        expect(banner).to_be_hidden(timeout=60_000)
        painted(page, 60)


def test_killed_browsers_and_closed_tabs_leave_no_viewers_on_the_server(server, look, playwright: Playwright, tmp_path):
    page = look(server.port, ADDRESS)
    words = [
        chromium_path() or playwright.chromium.executable_path,
        *QUIET,
        "--headless=new",
        f"--user-data-dir={tmp_path}",
        f"{server.url}playground?seed=13&steps=300000",
    ]
    with subprocess.Popen(
        words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            eventually(lambda: server.health()["viewers"] >= 2, seconds=60)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    eventually(lambda: server.health()["viewers"] == 1)
    page.close()
    eventually(lambda: server.health()["viewers"] == 0)
    eventually(lambda: server.health()["trouble"] == [], seconds=60)


def test_after_a_restart_of_the_server_the_page_requests_its_run_again(server, look, tmp_path):
    """Runs last, since it ends the server of this file."""
    # long enough that frames are missing when the line is cut: a page with all frames does not ask again
    page = look(server.port, "?seed=11&steps=3000000")
    server.stop()
    banner = page.locator(".live-run .banner")
    expect(banner).to_contain_text("The line to the server is cut", timeout=30_000)
    page.wait_for_timeout(3000)  # the remaining time counts down meanwhile
    expect(banner).to_be_visible()
    with Server(tmp_path / "log.txt", port=server.port, LAZYRICH_WORKERS="1") as second:
        eventually(lambda: second.health()["runs"] >= 1, seconds=120)
        expect(banner).to_be_hidden(timeout=60_000)
        painted(page, 40)
        assert "seed=11" in page.url
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
