"""`python -m benchmarks.page`: pages in headless Chromium, on a server started for it on loopback.

- Playground: painted frames a second in one tab and in each of two, rates and delays while a control moves
  (benchmarks.hand), the time from a control to the first picture of its setting, and from the address to the first
  paint and the first frame, with an empty browser cache.
- "Exact solutions": painted frames a second, with the picture in three dimensions, and the time from a control to its
  exact curves.
- "Phase portrait": the time from the click to the first coloured cells, to all of 9 x 9 and of 17 x 17, and painted
  frames a second of a playground in another tab meanwhile.
- Practical experiments with their default settings, one seed: the time from a click on "New seed" to the first frame of
  its run and to the end of training.
- "Study", with its first question: the same, to the first dots and to the verdict.

The numbers are absolute, so keep the machine idle. Always exits with 0.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.hand import hand_rows
from benchmarks.table import Row, print_heading, print_row
from harness.server import Server, chromium

PLAYED = "playground?tau=0.1&delta=1&eta_a=1&eta_w=1&seed={seed}"
OPENING = "playground"
"""The playground's first preset, by gradient flow; PLAYED is trained by descent."""
WITH_MORE = {"plain": "", "with its twin": "&twin=true", "eight seeds with their twins": "&twin=true&seeds=8"}
"""Additions to PLAYED, by name."""
PORTRAIT = "phase-portrait?see=phase-portrait&x_points={points}&y_points={points}&seeds=1&first_seed={seed}"
EXACT = "exact-solutions?delta=-3&angle=60&steps=50000"
PAINTED = "Number(document.querySelector('[data-testid=live-run]')?.dataset.painted ?? 0)"
FRAMES = "Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0)"
STATUS = "document.querySelector('[data-testid=live-run]')?.dataset.status"

PRACTICAL = {"grokking": 5.0, "hierarchy": 8.0, "deep-networks": 8.0, "filters": 35.0}
"""Seconds that a run of each page may take from the click on."""

# Watches for the first picture of other settings from inside the page, so that the browser's driver is not timed.
WATCH = """() => new Promise((done) => {
  const host = document.querySelector('[data-testid=live-run]');
  document.querySelector('[data-testid=stSidebar] input[type=range]').focus();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => done(performance.now() - window.pressed));
  }).observe(host, { attributes: true, attributeFilter: ['data-settings'] });
  window.addEventListener('keydown', () => { window.pressed = performance.now(); }, { once: true, capture: true });
})"""

# Starts a run of another seed; milliseconds until its first frame and until its training has ended.
ANEW = """() => new Promise((done) => {
  const host = document.querySelector('[data-testid=live-run]');
  const started = performance.now();
  let cleared = false;
  let first = null;
  new MutationObserver((_, observer) => {
    const { frames, status } = host.dataset;
    if (frames === '0') cleared = true;
    else if (cleared) first ??= performance.now() - started;
    if (first === null || status !== 'finished') return;
    observer.disconnect();
    done([first, performance.now() - started]);
  }).observe(host, { attributes: true, attributeFilter: ['data-frames', 'data-status'] });
  host.querySelector('.transport .seed').click();
})"""

# [first paint, first frame], milliseconds from the moment at which the address was asked for.
FIRST = """() => new Promise((done) => {
  const look = () => {
    const host = document.querySelector('[data-testid=live-run]');
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    if (paint && host && Number(host.dataset.frames) > 0) done([paint, performance.now()]);
    else requestAnimationFrame(look);
  };
  look();
})"""


def main() -> None:
    print_heading()
    with Server() as server, sync_playwright() as playwright:
        browser = chromium(playwright)
        _open(browser, server.url, seed=1).context.close()  # warms the server
        for row in _rows(browser, server.url):
            print_row(row)
        browser.close()


def _rows(browser: Browser, url: str) -> Iterator[Row]:
    firsts = [_first(browser, url, seed) for seed in range(10, 15)]
    for what, times, most in zip(("paint", "frame"), zip(*firsts, strict=True), (1.5, 3.5), strict=True):
        yield Row("page", f"first {what}, empty cache, s", statistics.median(times) / 1000, most, True)
    page = _open(browser, url, seed=20)
    yield Row("page", "painted frames/s, one tab", _rates([page])[0], 40.0)
    waits = [_control(page) for _ in range(9)]
    yield Row("page", "control to first picture, by descent, median, ms", statistics.median(waits), 250.0, True)
    page.context.close()
    for what, settings in WITH_MORE.items():
        page = _open(browser, url, seed=20, address=PLAYED + settings)
        yield Row("page", f"painted frames/s, {what}", _rates([page])[0], 55.0)
        wait = statistics.median(page.evaluate(ANEW)[0] for _ in range(5))
        yield Row("page", f"a new seed to the first frame of its run, {what}, ms", wait)
        page.context.close()
    page = _open(browser, url, seed=0, address=OPENING)
    page.wait_for_function(f"() => {STATUS} === 'finished'")
    waits = [_control(page) for _ in range(9)]
    yield Row("page", "control to first picture, by flow, median, ms", statistics.median(waits), 120.0, True)
    yield from hand_rows(page)
    page.context.close()
    page = _open(browser, url, seed=0, address=EXACT)
    yield Row("exact solutions", "painted frames/s, in three dimensions", _rates([page])[0], 15.0)
    waits = [_control(page) for _ in range(9)]
    yield Row("exact solutions", "control to exact curves, median, ms", statistics.median(waits), 300.0, True)
    page.context.close()
    yield from _portrait(browser, url)
    pages = [_open(browser, url, seed=30 + number) for number in range(2)]
    yield Row("page", "painted frames/s, the slower of two tabs", min(_rates(pages)), 25.0)
    for opened in pages:
        opened.context.close()
    for name, most in PRACTICAL.items():
        first, whole = _anew(browser, f"{url}{name}?seed=100")
        yield Row(name, "from a click to the first frame, median, s", first, 1.5, True)
        yield Row(name, "from a click to the end of training, median, s", whole, most, True)
    first, whole = _anew(browser, f"{url}study")
    yield Row("study", "from a click to the first dots of 2 x 20 seeds, median, s", first, 1.0, True)
    yield Row("study", "from a click to the verdict, median, s", whole, 15.0, True)


def _portrait(browser: Browser, url: str) -> Iterator[Row]:
    """Measure a portrait computed on the page, with the playground in another tab."""
    page = _open(browser, url, seed=40)
    portrait = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    portrait.goto(f"{url}phase-portrait")
    there = portrait.get_by_text("Compute it here")
    there.wait_for()
    clicked = time.monotonic()
    there.click()
    portrait.wait_for_function(f"() => {FRAMES} > 1", timeout=60_000)
    yield Row("phase portrait", "click to the first coloured cells, s", time.monotonic() - clicked, 2.0, True)
    portrait.wait_for_function(f"() => {STATUS} === 'finished'", timeout=300_000)
    yield Row("phase portrait", "click to all of 9 x 9, s", time.monotonic() - clicked, 25.0, True)
    portrait.goto(url + PORTRAIT.format(points=17, seed=200))
    portrait.wait_for_function(f"() => {FRAMES} > 1", timeout=60_000)
    began = time.monotonic()
    yield Row("phase portrait", "painted frames/s of a playground beside 17 x 17", _rates([page])[0], 10.0)
    portrait.wait_for_function(f"() => {STATUS} === 'finished'", timeout=300_000)
    yield Row("phase portrait", "all of 17 x 17, beside it, s", time.monotonic() - began, 90.0, True)
    portrait.context.close()
    page.context.close()


def _open(browser: Browser, url: str, seed: int, address: str = PLAYED) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(url + address.format(seed=seed))
    page.wait_for_function(f"() => {PAINTED} > 3")
    return page


def _first(browser: Browser, url: str, seed: int) -> tuple[float, float]:
    """Return the milliseconds from the address to the first paint and to the first frame."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(url + PLAYED.format(seed=seed), wait_until="commit")
    paint, frame = page.evaluate(FIRST)
    page.context.close()
    return paint, frame


def _anew(browser: Browser, address: str, count: int = 3) -> tuple[float, float]:
    """Return the median seconds from a click to the first frame and to the end, after a run that warms the server."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    page.wait_for_function("() => document.querySelector('[data-testid=live-run]')?.dataset.status === 'finished'")
    times = [page.evaluate(ANEW) for _ in range(count)]
    page.context.close()
    first, whole = (statistics.median(part) / 1000 for part in zip(*times, strict=True))
    return first, whole


def _rates(pages: list[Page], seconds: float = 4.0) -> list[float]:
    """Return the painted frames a second in each page over the same time, with their runs restarted."""
    for page in pages:
        page.get_by_role("button", name="Same start again").click()
    before = [(page.evaluate(PAINTED), time.monotonic()) for page in pages]
    time.sleep(seconds)
    return [
        (page.evaluate(PAINTED) - painted) / (time.monotonic() - started)
        for page, (painted, started) in zip(pages, before, strict=True)
    ]


def _control(page: Page) -> float:
    """Return the milliseconds from a key on the first slider to the first picture of the new setting.

    The picture includes the exact curves, if there are any."""
    waiting = page.evaluate_handle(f"() => ({{ done: ({WATCH})() }})")
    page.keyboard.press("ArrowRight")
    waited = float(page.evaluate("(handle) => handle.done", waiting))
    page.wait_for_timeout(700)
    return waited


if __name__ == "__main__":
    main()
