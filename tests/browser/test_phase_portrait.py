"""The page "Phase portrait" in a real browser: the shipped map, a click through to the playground, a portrait computed
while one watches."""

from __future__ import annotations

import io

import pandas as pd
from playwright.sync_api import expect

from lazyrich import PhasePortrait, phase_portrait
from tests.browser.parts import attribute, chart, download, nothing_cut_off, popover

SMALL = "phase-portrait?see=phase-portrait&x_points=5&y_points=5&seeds=1&at=100,1000&dimension=10&samples=50&width=20"
CONFIG = PhasePortrait(
    x_points=5, y_points=5, seeds=1, at=(100, 1000), dimension=(10,), samples=(50,), width=(20,)
)  # fmt: skip


def test_a_click_on_the_papers_map_leads_to_that_student_in_the_playground(open_page):
    page = open_page("phase-portrait", wait=False)
    plot = page.get_by_test_id("picker").get_by_role("application")
    plot.wait_for(timeout=30_000)
    box = plot.bounding_box()
    # the lower left corner: the smallest scale, the most downstream
    plot.click(position={"x": 2, "y": box["height"] - 2})
    link = page.get_by_role("link", name="Open τ = 0.1, δ = −1 in the playground")
    link.wait_for(timeout=15_000)
    link.click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('delta') === '-1'", timeout=15_000)
    page.wait_for_function("() => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0) > 0")
    expect(page.get_by_text("d = 100: shown in the plane")).to_be_visible(timeout=15_000)


def test_a_portrait_fills_in_and_its_table_is_that_of_python(open_page):
    page = open_page(SMALL)
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=60_000)
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    here = phase_portrait(CONFIG)
    order = ["tau", "delta", "seed", "at"]
    pd.testing.assert_frame_equal(
        csv.sort_values(order, ignore_index=True)[list(here)], here, check_dtype=False, rtol=1e-5
    )


def test_a_portrait_can_be_stopped_and_keeps_what_it_has(open_page):
    page = open_page("phase-portrait?see=phase-portrait&seeds=1&x_points=17&y_points=17")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-testid=live-run]').dataset.frames) > 2", timeout=60_000
    )
    page.get_by_role("button", name="Stop").click()
    expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=30_000)
    assert int(attribute(page, "frames")) > 2


def test_on_a_phone_in_the_dark_nothing_is_cut_off(open_page):
    page = open_page("phase-portrait", wait=False, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.get_by_test_id("picker").get_by_role("application").wait_for(timeout=30_000)
    nothing_cut_off(page)
