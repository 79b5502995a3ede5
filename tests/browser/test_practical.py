"""The pages of the practical experiments in a real browser: they stream, their verdict is that of the numbers they give
away, they stop and keep what they have, and nothing is cut off."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from playwright.sync_api import expect

from harness.browser.parts import attribute, chart, download, nothing_cut_off, on_a_phone_in_the_dark, popover
from lazyrich import DeepMap, DeepNetwork, Grokking, Hierarchy, train

SMALL = {
    "deep-networks": DeepNetwork(alphas=(1.0, 10.0), depth=3, width=32, steps=40),
    "deep-networks?see=deep-map": DeepMap(alphas=(1.0, 10.0), taus=(0.3, 3.0), width=24, steps=40),
    "hierarchy": Hierarchy(alphas=(1.0, 4.0), sizes=(128, 256), steps=300),
    "grokking": Grokking(alphas=(1.0, 4.0), p=11, width=48, steps=600),
}
LONG = {
    "deep-networks": DeepNetwork(alphas=(0.1, 1.0, 3.0, 10.0), seeds=8),
    "hierarchy": Hierarchy(seeds=16),
    "grokking": Grokking(seeds=6, steps=10_000),
}


def address(page: str, config) -> str:
    """The address of a page with these settings."""
    texts = {
        name: ",".join(f"{entry:g}" for entry in value) if isinstance(value, tuple) else str(value)
        for name, value in config.settings().items()
    }
    query = "&".join(f"{name}={text}" for name, text in texts.items())
    return f"{page}{'&' if '?' in page else '?'}{query}"


@pytest.mark.parametrize("page_name", SMALL)
def test_a_run_is_that_of_python_a_control_starts_another_and_a_phone_in_the_dark_cuts_nothing_off(
    open_page, page_name
):
    config = SMALL[page_name]
    page = open_page(address(page_name, config))
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=60_000)
    chart(page).focus()
    page.keyboard.press("End")
    here = train(config)
    expect(page.locator("p.verdict")).to_have_text(here.frames[-1].verdict, timeout=15_000)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    pd.testing.assert_frame_equal(csv, here.curves, rtol=1e-5, check_dtype=False)
    page.keyboard.press("Escape")
    field = page.get_by_test_id("stSidebar").get_by_role("textbox", name=re.compile("α +balance of the layers"))
    field.fill("2, 5")
    field.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).get('alphas') === '2,5'", timeout=15_000)
    expect(page.get_by_role("button", name="Dismiss ghost")).to_be_visible(timeout=15_000)
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=60_000)
    on_a_phone_in_the_dark(page)
    nothing_cut_off(page)
    figures = page.locator(".live-run figure.chart").all()
    assert figures
    for figure in figures:
        box = figure.bounding_box()
        assert box["height"] > 100 and 250 < box["width"] < 390
        assert figure.locator("figcaption strong").inner_text()


@pytest.mark.parametrize("page_name", LONG)
def test_a_long_run_streams_and_a_stopped_one_keeps_what_it_has(open_page, page_name):
    page = open_page(address(page_name, LONG[page_name]))
    page.wait_for_function("() => Number(document.querySelector('[data-testid=live-run]').dataset.frames) > 2")
    assert attribute(page, "status") == "running"
    page.get_by_role("button", name="Stop").click()
    expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=15_000)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    assert len(csv) and {"alpha", "seed"} <= set(csv)
