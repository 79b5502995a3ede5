"""Rates and delays of the playground's picture while a control moves, in headless Chromium, for `benchmarks.page`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

from playwright.sync_api import Locator, Page

from benchmarks.table import Row

SECONDS: Final = 4.0
RATE: Final = 60
"""Moves of the pointer a second."""

REPEATS: Final = 30
"""Repetitions a second of a key that is held down."""

# Notes each event of a slider with the value that it sets, written by the time the event bubbles up to the document,
# and each picture with the value that it shows, at the end of its paint. The settings of a picture identify it.
WATCH = """() => {
  const host = document.querySelector('[data-testid=live-run]');
  window.hand = { moves: [], pictures: [] };
  document.addEventListener('input', ({ target, timeStamp }) => {
    window.hand.moves.push([timeStamp, Number(target.ariaValueText)]);
  });
  new MutationObserver(() => {
    const settings = JSON.parse(host.dataset.settings);
    requestAnimationFrame(() => setTimeout(() => window.hand.pictures.push([performance.now(), settings])));
  }).observe(host, { attributes: true, attributeFilter: ['data-settings'] });
}"""

PRESETS: Final = ("Downstream", "Balanced", "Lazy", "Sizes = rates", "Lazy twin")

# Milliseconds from a click on a preset to the end of the paint of the first picture of its settings.
PRESET = """(name) => new Promise((done) => {
  const host = document.querySelector('[data-testid=live-run]');
  const button = [...document.querySelectorAll('.st-key-student-teacher-preset button')]
    .find((one) => one.textContent.trim() === name);
  const clicked = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - clicked)));
  }).observe(host, { attributes: true, attributeFilter: ['data-settings'] });
  button.click();
})"""


def hand_rows(page: Page) -> Iterator[Row]:
    """Drag each control of an open playground for some seconds, hold a key down, and click presets."""
    page.evaluate(WATCH)
    waits: list[float] = []
    anew: list[float] = []
    for name in ("tau", "delta", "eta_w"):
        control = page.locator(f"[data-testid=stSidebar] [data-name={name}] input[type=range]")
        found = _watched(page, _drag, control, 0.5)
        yield Row("hand", f"settings painted/s, {name}", _rate(found, name), 12.0)
        of_control = _waits(found, name)
        waits += [wait for _, wait in of_control]
        anew += _of_new_values(of_control)
        page.wait_for_timeout(2500)
    dot = page.locator("[data-testid=stSidebar] [data-testid=picker] .surface")
    found = _watched(page, _drag, dot, 0.4)
    yield Row("hand", "settings painted/s, the dot on the map", _rate(found, "tau", "delta"), 12.0)
    page.wait_for_timeout(2500)
    page.locator("[data-testid=stSidebar] [data-name=delta] input[type=range]").focus()
    found = _watched(page, _hold)
    yield Row("hand", "settings painted/s, arrow key", _rate(found, "delta"), 20.0)
    yield Row("hand", "pointer to picture, median, ms", statistics.median(waits), 80.0, True)
    yield Row("hand", "pointer to picture, 95 of 100, ms", statistics.quantiles(waits, n=20)[-1], 160.0, True)
    # a pointer that moves to and fro returns to values whose pictures are kept
    yield Row("hand", "pointer to picture, values not seen before, median, ms", statistics.median(anew))
    yield Row("hand", "pointer to picture, values not seen before, 95 of 100, ms", statistics.quantiles(anew, n=20)[-1])
    # A browser keeps pictures until its page is reloaded. The server keeps them for all visitors, and computes those of
    # presets ahead.
    for visitor in ("the first visitor", "the next one"):
        page.reload()
        page.wait_for_selector("[data-testid=live-run][data-status=finished]")
        yield Row(
            "hand", f"preset to first picture, {visitor}, median, ms", statistics.median(_clicks(page)), 120.0, True
        )


def _clicks(page: Page) -> Iterator[float]:
    """Yield the milliseconds from a click on each of some presets to the first picture of its settings."""
    for name in PRESETS:
        page.wait_for_timeout(2500)
        yield page.evaluate(PRESET, name)


def _watched(page: Page, act: Callable[..., None], *how: Any) -> dict[str, Any]:
    page.evaluate("() => { window.hand.moves.length = window.hand.pictures.length = 0 }")
    act(page, *how)
    found: dict[str, Any] = page.evaluate("() => window.hand")
    return found


def _drag(page: Page, control: Locator, start: float) -> None:
    """Press at a share of its width, move to and fro twice, and release."""
    box: Any = control.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    began = time.monotonic()
    count = int(SECONDS * RATE)
    for k in range(count):
        share = 4 * abs((k / count) % 0.5 - 0.25)  # 1, 0, 1, 0, 1 over the drag
        page.mouse.move(box["x"] + (start + 0.3 * (1 - share)) * box["width"], y)
        time.sleep(max(0.0, began + (k + 1) / RATE - time.monotonic()))
    page.mouse.up()


def _hold(page: Page) -> None:
    began = time.monotonic()
    count = int(2 * REPEATS)
    for k in range(count):
        page.keyboard.down("ArrowLeft" if k < count // 2 else "ArrowRight")
        time.sleep(max(0.0, began + (k + 1) / REPEATS - time.monotonic()))
    page.keyboard.up("ArrowLeft")
    page.keyboard.up("ArrowRight")


def _rate(found: dict[str, Any], *names: str) -> float:
    """Return the number of distinct settings painted a second."""
    shown = [tuple(settings[name] for name in names) for _, settings in found["pictures"]]
    times = [at for at, _ in found["pictures"]]
    changes = sum(one != other for one, other in pairwise(shown))
    return 1000 * changes / (times[-1] - times[0]) if len(times) > 1 else 0.0


def _waits(found: dict[str, Any], name: str) -> list[tuple[float, float]]:
    """Return the value of each move and the milliseconds from it to the first picture of it or of a later move."""
    moves = found["moves"]
    pictures = []
    for at, settings in found["pictures"]:
        of = [k for k, (moved, value) in enumerate(moves) if value == settings[name] and moved < at]
        pictures.append((of[-1] if of else -1, at))
    waits = []
    for k, (moved, value) in enumerate(moves):
        after = [at - moved for of, at in pictures if of >= k]
        if after:
            waits.append((value, min(after)))
    return waits


def _of_new_values(waits: list[tuple[float, float]]) -> list[float]:
    """Return the waits after moves to values that had not been set before."""
    first: dict[float, float] = {}
    for value, wait in waits:
        first.setdefault(value, wait)
    return list(first.values())
