"""The app on loopback and a headless Chromium, for browser tests, benchmarks and the screenshot.

with Server() as server, sync_playwright() as playwright:
    page = chromium(playwright).new_page()
    page.goto(server.url)
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import urlopen

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).parents[1]

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # this machine is all there is
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
    # Chromium would prepare the pages of its address bar in each new window, which takes a second. The other features
    # are from playwright's list, which this one replaces.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch",
]
"""Flags of a headless Chromium that sends no requests to other machines."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """`streamlit run app.py` on loopback.

    log: file for its output; discarded if None. port: 0 for a free one. base: path below which it is served, like
    "lab/". under: words before the command, such as `prlimit --nofile=128`. app: another script. root: another copy of
    the project. settings: environment variables to set.
    """

    def __init__(
        self,
        log: Path | None = None,
        port: int = 0,
        base: str = "",
        under: Sequence[str] = (),
        app: str = "app.py",
        root: Path = ROOT,
        **settings: str,
    ):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/{base}"
        self.log = log
        command = [*under, sys.executable, "-m", "streamlit", "run", app, "--server.headless=true"]
        command += [f"--server.port={self.port}", "--server.address=127.0.0.1", f"--server.baseUrlPath={base}"]
        with (log or Path(os.devnull)).open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=root, env={**os.environ, **settings}, stdout=out, stderr=subprocess.STDOUT
            )

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
        raise RuntimeError(f"the server did not come up:\n{self.log.read_text() if self.log else ''}")

    def health(self) -> dict[str, Any]:
        """Return the content of the health address, of a healthy server (code 200) or not (503). Raises OSError."""
        try:
            with urlopen(f"{self.url}lazyrich/health", timeout=20) as answer:
                return {"code": answer.status, **json.load(answer)}
        except HTTPError as error:
            return {"code": error.code, **json.load(error)}

    def __enter__(self) -> Self:
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextmanager
def quick_server(log: Path, **settings: str) -> Iterator[Server]:
    """Serve the app with runs that are there as soon as they are computed, for tests that need their end.

    There is one process that trains, as each takes seconds to import torch. When the context ends, the server must have
    ended as asked and have logged no traceback.
    """
    quick = {"WORKERS": "1", "GRACE_SECONDS": "1", "RUN_FRAMES": "1200", "ALL_FRAMES": "3000"}
    framed = {"FRAME_ANCESTORS": "http://course.localhost:*"}
    given = {f"LAZYRICH_{name}": value for name, value in (quick | framed).items()}
    with Server(log, **given | settings) as server:
        yield server
    assert server.process.returncode in (0, 143, -signal.SIGTERM), log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


def chromium_path() -> str | None:
    """Return the path of the system's Chromium, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def chromium(playwright: Playwright) -> Browser:
    """Start the system's Chromium, or else the one that playwright installs."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
