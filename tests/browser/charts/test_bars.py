"""Bar charts show the numbers of their frame, and mark the numbers that are not known yet."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from harness.browser.chart_samples import BARS, DELAY, bars_run
from harness.browser.one_chart import LIGHT, Run, apart, near, pixel, show, texts, traces
from lazyrich.palette import NETWORK_COLOURS


def test_bars_stand_on_their_base_with_whiskers_and_mark_missing_numbers(page: Page) -> None:
    show(page, BARS, bars_run())
    feet, bars = traces(page)
    assert feet["y"] == bars["base"] == [300, 350, 500, 0]
    assert bars["y"] == [900, 400, None, None]
    assert bars["error_y"]["array"][:2] == [300, 100]
    assert bars["error_y"]["arrayminus"][:2] == [200, 50]
    assert bars["marker"]["color"] == feet["marker"]["color"] == list(NETWORK_COLOURS[:4])
    assert feet["marker"]["opacity"] < 0.5
    notes = page.evaluate("chart.plot.layout.annotations.map(({x, y, text}) => [x, y, text])")
    assert notes == [[2, 500, "not yet"], [3, 0, "not yet"]]
    expect(page.locator("figcaption")).to_contain_text("to 95 % train")
    assert page.evaluate("chart.plot.layout.yaxis.range[1]") >= 1500, "the axis ends below the highest whisker"


def test_while_playing_the_bars_are_pixels_and_plotlys_are_hidden(page: Page) -> None:
    show(page, BARS, bars_run())
    page.evaluate("show(makeScene(2), false)")
    assert near(pixel(page, 0.2, 1100), NETWORK_COLOURS[0])
    assert near(pixel(page, 1.2, 700), NETWORK_COLOURS[1])
    assert pixel(page, 0.2, 1250)[3] == 0
    assert pixel(page, 0.2, 150)[3] == pytest.approx(0.3 * 255, abs=3)
    assert pixel(page, 2.2, 250)[3] == pytest.approx(0.3 * 255, abs=3)
    assert near(pixel(page, 0, 1450), LIGHT["text"]), "no whisker is drawn"
    for layer in (".barlayer", ".annotation"):
        assert page.locator(f".plot {layer}").first.evaluate("(node) => getComputedStyle(node).visibility") == "hidden"
    page.evaluate("show(makeScene(1), false)")
    assert pixel(page, 0.2, 1100)[3] == 0
    page.evaluate("show(makeScene(1))")
    expect(page.locator(".plot .barlayer")).to_be_visible()


@pytest.mark.parametrize("width", [230, 500])
def test_labels_below_six_bars_do_not_touch(page: Page, width: int) -> None:
    names = ["α 0.25", "α 0.5", "α 1", "α 1.5", "α 2", "α 14.5"]
    run = Run({"delay": np.repeat(DELAY[None, :2], 3, axis=1)}, spread=("delay",))
    show(page, {**BARS, "labels": names, "under": None}, run, size=(width, 260))
    assert texts(page, ".xtick text") == (names if width == 500 else [name[2:] for name in names])
    assert texts(page, ".xtitle") == ([] if width == 500 else ["α"])
    assert apart(page, ".xtick text")


def test_bars_on_a_logarithmic_axis_start_at_its_foot(page: Page) -> None:
    show(page, {**BARS, "y": {"log": True, "title": "steps"}}, bars_run(), rest=False)
    bottom, top = page.evaluate("chart.plot.layout.yaxis.range")
    assert 10**bottom < 300 and 10**top > 1500
    assert pixel(page, 0.2, 1.02 * 10**bottom)[3] == pytest.approx(0.3 * 255, abs=3)
    assert near(pixel(page, 0.2, 1100), NETWORK_COLOURS[0])
