"""The app under its own Content Security Policy: injected scripts do not run, and foreign pages cannot frame it. That
its own parts work under it is tested in test_every_page.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from harness.server import Server
from tests.browser.conftest import Tabs

FOREIGN = """<!doctype html><title>foreign</title>
<script>window.injected = ["own"]; window.framed = "?";</script>
<iframe src="{framed}" onload="window.framed = 'loaded'"></iframe>"""

INJECT = """async (address) => {
  window.injected ??= [];
  const script = document.createElement("script");
  script.textContent = "window.injected.push('inline')";
  document.body.append(script);
  const image = document.createElement("div");
  image.innerHTML = "<img src='missing:' onerror=\\"window.injected.push('handler')\\">";
  const failed = new Promise((resolve) => image.firstChild.addEventListener("error", resolve));
  document.body.append(image);
  const link = document.createElement("a");
  link.href = "javascript:window.injected.push('link'),undefined";
  document.body.append(link);
  link.click();
  const other = document.createElement("script");
  other.src = address;
  const answered = new Promise((resolve) => (other.onload = other.onerror = resolve));
  document.body.append(other);
  await fetch(address, { mode: "no-cors" }).then(() => window.injected.push("sent away"), () => null);
  await Promise.all([failed, answered]);
  return window.injected;
}"""


class _Foreign(BaseHTTPRequestHandler):
    """Another site: a page that frames the app, and a script."""

    def __init__(self, framed: str, *rest: object):
        self._framed = framed
        super().__init__(*rest)

    def do_GET(self) -> None:
        script = self.path.endswith(".js")
        body = "window.injected.push('foreign')" if script else FOREIGN.format(framed=self._framed)
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def elsewhere(server: Server) -> Iterator[int]:
    """The port of another site on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Foreign, f"{server.url}?steps=80")) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site.server_port
        site.shutdown()


def test_an_injected_script_does_not_run_and_sends_nothing_away(open_page, tabs: Tabs, server: Server, elsewhere: int):
    script = f"http://127.0.0.1:{elsewhere}/other.js"
    page = open_page("_stcore/health", wait=False)
    page.goto(f"http://127.0.0.1:{elsewhere}/")
    # on a page without a policy, every kind of injection works
    assert sorted(page.evaluate(INJECT, script)) == ["foreign", "handler", "inline", "link", "own", "sent away"]
    page.goto(f"{server.url}my-runs")
    assert page.evaluate(INJECT, script) == []
    tabs.of().watched.wrong.clear()


def test_a_foreign_page_may_not_frame_the_app_and_a_named_one_may(open_page, tabs: Tabs, elsewhere: int):
    """The server allows http://course.localhost:*. Browsers resolve all names below localhost to this machine."""
    context = open_page("_stcore/health", wait=False).context
    page = context.new_page()  # shares a process with the other page of the app, which has compiled all scripts
    page.goto(f"http://127.0.0.1:{elsewhere}/")
    page.wait_for_function("() => window.framed === 'loaded'")
    assert page.frames[1].url.startswith("chrome-error:")
    page.goto(f"http://course.localhost:{elsewhere}/")
    framed = page.frame_locator("iframe").get_by_test_id("live-run")
    expect(framed).to_have_attribute("data-status", "finished", timeout=60_000)
    errors = tabs.of().watched.wrong
    allowed = ("frame-ancestors", "ERR_BLOCKED_BY_RESPONSE", "http://course.localhost:")
    assert [line for line in errors if not any(words in line for words in allowed)] == []
    errors.clear()
