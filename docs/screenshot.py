"""Makes docs/playground.png, the picture in the README, from the app as it is: python docs/screenshot.py

Starts the app on loopback, opens it in headless Chromium and waits until the first preset has played to its end.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from shutil import which
from urllib.request import urlopen

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[1]


def main() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}",
         "--server.address=127.0.0.1"],
        cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        with sync_playwright() as playwright:
            installed = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
            browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
            page.goto(f"http://127.0.0.1:{port}/")
            chart = page.get_by_test_id("live-run")
            expect(chart).to_have_attribute("data-status", "finished", timeout=60_000)
            expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=60_000)
            page.mouse.move(5, 795)
            page.wait_for_timeout(1000)
            page.screenshot(path=ROOT / "docs" / "playground.png")
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=2):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
