"""Replays opened from the file system, without a network: they play, scrub and show the numbers of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from harness.browser.parts import chart, download, nothing_cut_off, number, popover, reading, trained
from harness.small_runs import SMALL
from lazyrich import StudentTeacher, train
from lazyrich.experiments import registry
from lazyrich.experiments.student_teacher.charts import readings
from lazyrich.results.result import Result

SCREEN = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

NEEDS_A_SERVER = ("Stop", "Same start again", "New seed", "Train on until flat", "lazy twin")


class Cut:
    """A browser without a network, and the requests and errors of its pages.

    Attributes:
        file: The replay that it opens. All have the same path, since the browser caches compiled code by address.
    """

    def __init__(self, browser: Browser, file: Path):
        self.file = file
        self.context = browser.new_context(viewport=SCREEN, offline=True)
        self.wrong: list[str] = []
        self.context.route(
            "**/*", lambda route: route.abort() if self._leaves(route.request.url) else route.continue_()
        )
        self.context.on("request", lambda r: self.wrong.append(r.url) if self._leaves(r.url) else None)
        self.context.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        self.context.on("weberror", lambda e: self.wrong.append(str(e.error)))
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)

    def _leaves(self, url: str) -> bool:
        return not url.startswith(("file:", "blob:", "data:"))

    def open(self, motion: bool = False) -> Page:
        """Open the file, and return its page once its run is painted."""
        self.page.emulate_media(reduced_motion="no-preference" if motion else "reduce")
        self.page.goto(self.file.as_uri())
        expect(chart(self.page)).not_to_have_attribute("data-painted", "0", timeout=30_000)
        return self.page


@pytest.fixture(scope="module")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cut]:
    cut = Cut(browser, tmp_path_factory.mktemp("replay") / "run.html")
    yield cut
    cut.context.close()


@pytest.fixture
def cut(shared: Cut) -> Iterator[Cut]:
    shared.wrong.clear()
    yield shared
    assert not shared.wrong, shared.wrong


@pytest.fixture(scope="module")
def result() -> Result:
    return train(StudentTeacher(tau=0.1, delta=1.0, steps=100, width=20))


def test_a_replay_on_a_phone_and_a_screen_plays_in_a_loop_and_shows_the_numbers_of_the_table(
    cut: Cut, result: Result
) -> None:
    result.to_html(cut.file, loop=True)
    cut.page.set_viewport_size(PHONE)
    page = cut.open(motion=True)
    parts = [one.bounding_box() for one in page.locator("figure.chart:visible .frame, .transport, footer").all()]
    assert len(parts) >= 5
    tops = sorted((box["y"], box["height"]) for box in parts)
    assert all(top + height <= below + 1 for (top, height), (below, _) in pairwise(tops)), tops
    nothing_cut_off(page)
    page.set_viewport_size(SCREEN)

    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=30_000)
    expect(chart(page)).to_have_attribute("data-step", "100")
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=30_000)

    last = len(result.frames) - 1
    scrubber = page.get_by_label("Frame")
    for frame in (0, last // 2, last):
        scrubber.fill(str(frame))
        row = result.curves.iloc[frame]
        expect(chart(page)).to_have_attribute("data-step", str(int(row["step"])))
        expect(page.locator(".verdict")).to_contain_text(result.frames[frame].verdict)
        for one in readings(result.config):
            shown, value = reading(page, one.label).removesuffix("%").strip(), one.scale * row[one.column]
            if np.isnan(value):
                assert shown == "–"
            else:
                assert number(shown) == pytest.approx(value, rel=0.06, abs=1e-6), one.column
    for name in NEEDS_A_SERVER:
        expect(chart(page).get_by_text(name)).to_have_count(0)
    nothing_cut_off(page)


def test_a_notebook_plays_it_to_its_end_in_its_frame(cut: Cut, result: Result) -> None:
    cut.page.emulate_media(reduced_motion="no-preference")
    cut.page.set_content(f"<!doctype html>{result.show()._repr_html_()}")
    frame = cut.page.frame_locator("iframe")
    expect(frame.get_by_test_id("live-run")).to_have_attribute("data-step", "100", timeout=30_000)
    expect(frame.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("name", registry)
def test_the_run_of_every_experiment_is_drawn(cut: Cut, name: str) -> None:
    config = registry[name](**SMALL.get(name, {}))
    train(config).to_html(cut.file)
    page = cut.open()
    trained(page)
    chart(page).focus()
    page.keyboard.press("End")
    expect(page.locator("figure.painting")).to_have_count(0)
    module = import_module(f"{type(config).__module__.removesuffix('.config')}.charts")
    assert page.locator("figure.chart").count() == len(module.charts(config))
    expect(page.locator(".banner")).to_be_hidden()
    nothing_cut_off(page)


def test_the_page_gives_a_replay_that_links_back_to_it(cut: Cut, open_page) -> None:
    page = open_page("exact-solutions?steps=50&delta=0.5&keep=delta%3D-0.5%26steps%3D50")
    trained(page)
    # the file includes a kept run only if the run has frames
    kept = page.locator(".live-run table tbody tr").nth(1)
    expect(kept.locator("td[data-label]").first).to_have_text(re.compile(r"\d"), timeout=30_000)
    popover(page, "Download")
    cut.file.write_bytes(download(page, "Replay, HTML"))
    replay = cut.open()
    address = replay.get_by_role("link", name="Open the page").get_attribute("href")
    assert "/exact-solutions?" in address and "steps=50" in address and "delta=0.5" in address
    assert "keep=delta%3D-0.5" in address
    rows = replay.locator(".live-run table tbody tr")
    expect(rows).to_have_count(2, timeout=30_000)
    assert ["δ 0.5" in rows.nth(0).inner_text(), "δ -0.5" in rows.nth(1).inner_text()] == [True, True]
    assert rows.get_by_role("button").count() == 0, "nothing is dropped from a file"
