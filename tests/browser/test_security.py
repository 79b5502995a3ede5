"""The app under its own Content Security Policy: all that it offers works, and what does not belong to it does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from harness.browser.axe import SCRIPT, load_axe, serious_findings
from harness.browser.parts import popover
from harness.server import ROOT, Server
from tests.browser.conftest import SCREEN, Watched, exceptions

PAGES = {
    "": 0,
    "playground?steps=400": 2,
    "playground?lesson=which-one-learns&step=1": 0,
    "exact-solutions?steps=400": 4,
    "linear-networks": 2,
    "which-solution?points=7": 2,
    "linear-or-relu?tau=1&points=3&seeds=1&seed=1&width=4&dimension=2&samples=5": 2,
    "phase-portrait": 0,
    "study?seeds=2": 2,
    "my-runs": 0,
    "deep-networks?depth=2&width=32&steps=40&alphas=1,10": 2,
    "filters?steps=40": 4,
    "hierarchy?sizes=128,256&steps=300&alphas=1,4": 2,
    "grokking?p=11&width=48&steps=60&alphas=1,4": 2,
}
"""Address -> pictures to save: PNG and SVG of a chart, of two where the first is a kind of its own."""

DRAWN = {
    "": ".live-run .js-plotly-plot",
    "playground?lesson=which-one-learns&step=1": '[data-testid="lesson"] button',
    "phase-portrait": ".js-plotly-plot",
}
"""What a page without pictures to save draws."""

KEEP_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
SAVE = '.live-run :is([aria-label^="Download as"], [data-title^="Download as"])'


@dataclass
class Seen:
    """What was seen of a page: the beginnings of its saved pictures, violations of the policy, findings of axe-core."""

    saved: list[bytes] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def visited(browser: Browser, server: Server) -> tuple[dict[str, Seen], list[str]]:
    """Every page in light and in the dark, by address, and what went wrong on them: one visit for several tests."""
    seen = {address: Seen() for address in PAGES}
    with browser.new_context(viewport=SCREEN) as context:
        watched = Watched(context)
        context.add_init_script(KEEP_VIOLATIONS)
        page = context.new_page()
        for address, pictures in PAGES.items():
            page.goto(server.url + address)
            shown = '[data-testid="live-run"][data-frames]:not([data-frames="0"])'
            page.locator(shown if pictures else DRAWN.get(address, "h1")).first.wait_for(timeout=60_000)
            page.locator("h1:visible").wait_for()
            for index in range(pictures):
                with page.expect_download() as saved:
                    page.locator(SAVE).nth(index).evaluate("button => button.click()")
                seen[address].saved.append(Path(saved.value.path()).read_bytes()[:4])
            load_axe(page)
            # what axe-core checks beside the contrast is the same in the dark
            for scheme, rules in (("dark", ["color-contrast"]), ("light", [])):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_function(
                    "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme", arg=scheme
                )
                seen[address].findings += [f"{scheme}: {one}" for one in serious_findings(page, *rules)]
            seen[address].violations = page.evaluate("violations")
            watched.wrong += exceptions(page)
        return seen, [line for line in watched.wrong if "ERR_ABORTED" not in line]


def test_every_page_draws_and_saves_its_pictures_within_the_policy(visited):
    """A violation is a console error as well."""
    seen, wrong = visited
    assert wrong == []
    assert {address: one.violations for address, one in seen.items() if one.violations} == {}
    for address, pictures in PAGES.items():
        assert seen[address].saved == [b"\x89PNG", b"<svg"] * (pictures // 2), address


def test_axe_core_finds_nothing_serious_on_any_page_in_light_and_in_the_dark(visited):
    seen, _ = visited
    assert SCRIPT.exists(), f"{SCRIPT} is not there: run `npm install`, as `make test` does"
    assert {address: one.findings for address, one in seen.items() if one.findings} == {}


def test_no_page_is_left_out():
    scripts = {path.stem.replace("_", "-") for path in (ROOT / "pages").glob("*.py")}
    assert {address.partition("?")[0] or "start" for address in PAGES} == scripts


def test_code_is_copied_to_the_clipboard(open_page):
    page = open_page("?steps=400", permissions=["clipboard-read", "clipboard-write"])
    code = popover(page, "Same in Python").get_by_test_id("stCode").first
    code.hover()
    code.get_by_role("button", name="Copy").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('lazyrich')")


# ---- what does not belong to the app

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
        """Quiet."""


@pytest.fixture(scope="module")
def elsewhere(server: Server) -> Iterator[int]:
    """The port of another site on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Foreign, f"{server.url}?steps=80")) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site.server_port
        site.shutdown()


def test_an_injected_script_does_not_run_and_sends_nothing_away(browser: Browser, server: Server, elsewhere: int):
    script = f"http://127.0.0.1:{elsewhere}/other.js"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere}/")
        # a page without a policy shows that each way is one
        assert sorted(page.evaluate(INJECT, script)) == ["foreign", "handler", "inline", "link", "own", "sent away"]
        page.goto(f"{server.url}playground")
        assert page.evaluate(INJECT, script) == []


def test_a_foreign_page_may_not_frame_the_app_and_a_named_one_may(browser: Browser, server: Server, elsewhere: int):
    """Its server names http://course.localhost:*; a browser takes all names below localhost for this machine."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere}/")
        page.wait_for_function("() => window.framed === 'loaded'")
        assert page.frames[1].url.startswith("chrome-error:")
        page.goto(f"http://course.localhost:{elsewhere}/")
        framed = page.frame_locator("iframe").get_by_test_id("live-run")
        expect(framed).to_have_attribute("data-status", "finished", timeout=60_000)
