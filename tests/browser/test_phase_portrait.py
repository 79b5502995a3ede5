"""The page "Phase portrait" in a real browser: the shipped map, links from it, and a portrait computed live."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from harness.browser.parts import attribute, chart, download, nothing_cut_off, popover, trained
from harness.browser.touch import PHONE, swipe
from lazyrich import PhasePortrait, phase_portrait

SMALL = "phase-portrait?see=phase-portrait&x_points=5&y_points=5&seeds=1&at=100,1000&dimension=10&samples=50&width=20"
LONGER = "phase-portrait?see=phase-portrait&x_points=9&y_points=9&seeds=1&at=100,1000&dimension=50&samples=500"
CONFIG = PhasePortrait(
    x_points=5, y_points=5, seeds=1, at=(100, 1000), dimension=(10,), samples=(50,), width=(20,)
)  # fmt: skip


def test_the_papers_map_draws_curves_of_cells_and_links_to_their_students(visit):
    page = visit("phase-portrait")
    curves_of_cells_fit_the_page_keep_their_zoom_and_share_plotly(page)
    pinned_cells_become_kept_runs_of_the_playground(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.go_back()
    a_click_on_the_map_leads_to_that_student_in_the_playground(page)


def curves_of_cells_fit_the_page_keep_their_zoom_and_share_plotly(page: Page) -> None:
    """Ends with two cells, one pinned and one chosen, in a narrow window with the dark theme."""
    figure = page.get_by_role("figure", name="Kernel distance over training time")
    plots = figure.locator(".legend .traces")
    expect(plots).to_have_count(1, timeout=30_000)
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_test_id("picker").get_by_role("application").focus()
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    expect(plots).to_have_count(2, timeout=15_000)
    page.get_by_role("radio", name="Test loss").click()
    figure = page.get_by_role("figure", name="Test loss over training time")
    expect(figure).to_be_visible(timeout=15_000)
    for width in (700, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            """() => {
                const host = document.querySelector('[data-testid=figure]').getBoundingClientRect();
                const drawn = document.querySelector('[data-testid=figure] .main-svg').getBoundingClientRect();
                return Math.abs(host.width - drawn.width) < 1.5 && host.right <= innerWidth;
            }"""
        )
    scripts = page.evaluate("() => performance.getEntriesByType('resource').map((one) => one.name)")
    large = [name.rpartition("/")[2] for name in scripts if "lotly" in name and "plotly_internals" not in name]
    assert large == ["plotly.min.js"]
    figure.scroll_into_view_if_needed()
    ranges = """() => {
        const {width, font, xaxis, yaxis} = document.querySelector('[data-testid=figure]')._fullLayout;
        return {width, ink: font.color, axes: [...xaxis.range, ...yaxis.range]};
    }"""
    before = page.evaluate(ranges)
    box = figure.locator(".nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()
    zoomed = page.evaluate(ranges)["axes"]
    assert zoomed[0] > before["axes"][0] and zoomed[3] < before["axes"][3]
    page.set_viewport_size({"width": 700, "height": 800})
    page.wait_for_function(f"(before) => ({ranges})().width < before", arg=before["width"])
    assert page.evaluate(ranges)["axes"] == zoomed
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(before) => ({ranges})().ink !== before", arg=before["ink"])
    assert page.evaluate(ranges)["axes"] == zoomed
    box = figure.locator(".nsewdrag").bounding_box()
    page.mouse.dblclick(box["x"] + 30, box["y"] + 30)
    wider = "(({axes}) => [0, 2].every((k) => axes[k] < zoomed[k] && axes[k + 1] > zoomed[k + 1]))"
    page.wait_for_function(f"(zoomed) => {wider}(({ranges})())", arg=zoomed)
    figure.locator(".main-svg").first.hover()
    with page.expect_download() as waiting:
        figure.get_by_role("button", name="Download as SVG").click()
    assert waiting.value.suggested_filename == "lazyrich-portrait-test_loss-cells.svg"
    assert "Test loss over training time" in Path(waiting.value.path()).read_text()


def pinned_cells_become_kept_runs_of_the_playground(page: Page) -> None:
    page.get_by_role("link", name="Open these 2 side by side").click(timeout=15_000)
    page.wait_for_function("() => new URLSearchParams(location.search).getAll('keep').length === 1", timeout=15_000)
    kept = parse_qs(parse_qs(urlsplit(page.url).query)["keep"][0])
    assert (kept["tau"], kept["delta"], kept["seed"], kept["dimension"]) == (["0.1"], ["0"], ["100"], ["100"])
    page.wait_for_function("() => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0) > 0")


def a_click_on_the_map_leads_to_that_student_in_the_playground(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Phase portrait", timeout=15_000)
    plot = page.get_by_test_id("stMain").get_by_test_id("picker").get_by_role("application")
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


def test_a_portrait_is_read_by_keys_has_pythons_table_and_opens_cells_in_the_playground(visit):
    page = visit(SMALL)
    trained(page)
    expect(page.locator(".transport .where span").first).to_have_text("25 of 25 students")
    here = phase_portrait(CONFIG)
    plot = page.locator(".portrait-chart .plot")
    page.get_by_label("Measure").select_option("Test loss")
    page.get_by_label("Training time").focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("at t = 0.5/τ² (100 steps)")).to_be_visible()
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    tau, delta = CONFIG.x_values[1], CONFIG.y_values[1]
    (loss,) = here[(here["tau"] == tau) & (here["delta"] == delta) & (here["at"] == 100)]["test_loss"]
    words = plot.get_attribute("aria-label")
    assert words.startswith("Test loss at t = 0.5/τ² (100 steps): 25 cells")
    shown_loss = words.rpartition(": ")[2].rstrip(".")
    assert float(shown_loss) == pytest.approx(loss, rel=0.01)
    heard = page.locator(".portrait-chart").get_by_role("status").text_content()
    assert float(heard.rpartition(": ")[2]) == pytest.approx(loss, rel=0.01)
    expect(page.locator(".portrait-chart .tip")).to_be_visible()
    expect(page.locator(".portrait-chart .tip")).to_have_text(heard)
    expect(plot).to_have_accessible_description("Arrow keys choose a cell, Enter picks it.")
    page.keyboard.press("Enter")
    name = f"Open τ = {tau:.3g}, δ = −0.5 in the playground"
    page.get_by_role("link", name=name).wait_for(timeout=15_000)
    page.keyboard.press("Tab")
    expect(page.locator(".portrait-chart .tip")).to_be_hidden()
    popover(page, "Download")
    csv = pd.read_csv(io.BytesIO(download(page, "Curves, CSV")))
    order = ["tau", "delta", "seed", "at"]
    pd.testing.assert_frame_equal(
        csv.sort_values(order, ignore_index=True)[list(here)], here, check_dtype=False, rtol=1e-5
    )
    page.keyboard.press("Escape")
    box = plot.bounding_box()
    # the upper right corner: the largest scale, the most upstream
    plot.click(position={"x": box["width"] - 5, "y": 8})
    page.get_by_role("link", name="Open τ = 2, δ = 1 in the playground").click(timeout=15_000)
    page.wait_for_function("() => new URLSearchParams(location.search).get('tau') === '2'", timeout=15_000)
    page.wait_for_function("() => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames ?? 0) > 0")


def test_a_stopped_portrait_continues_and_a_finished_one_comes_back_at_once(visit, active_runs):
    page = visit(LONGER)
    frames = "() => Number(document.querySelector('[data-testid=live-run]')?.dataset.frames)"
    page.wait_for_function(f"{frames} > 2", timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(chart(page)).to_have_attribute("data-status", "stopped", timeout=30_000)
    had = int(attribute(page, "frames"))
    assert had > 2
    page.evaluate(
        """() => {
            window.held = []; // how many frames of the run that goes on have come, as the scrubber shows
            const host = document.querySelector('[data-testid=live-run]');
            const scrubber = host.querySelector('.scrubber');
            new MutationObserver(() => {
                const share = Number(scrubber.style.getPropertyValue('--held'));
                if (host.dataset.status !== 'stopped' && share > 0) held.push(1 + Math.round(share * scrubber.max));
            }).observe(scrubber, {attributeFilter: ["style"]});
        }"""
    )
    page.get_by_role("button", name="Go on").click()
    # the earlier frames are sent before any new frame
    page.wait_for_function("() => held.length", timeout=30_000)
    assert page.evaluate("held[0]") >= had
    trained(page)
    page.get_by_text("The paper's map").click()
    page.get_by_test_id("picker").get_by_role("application").wait_for(timeout=30_000)
    page.get_by_text("Compute it here").click()
    trained(page)
    assert active_runs() == 0


def test_on_a_dark_phone_nothing_is_cut_off_and_a_swipe_only_scrolls_the_page(open_page):
    page = open_page("phase-portrait", wait=False, color_scheme="dark", **PHONE)
    figure = page.get_by_role("figure", name="Kernel distance over training time")
    expect(figure.locator(".legend .traces")).to_have_count(1, timeout=30_000)
    nothing_cut_off(page)
    figure.scroll_into_view_if_needed()
    axes = "() => document.querySelector('[data-testid=figure]')._fullLayout.yaxis.range.join()"
    before = page.evaluate(axes)
    place = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    scrolled = page.evaluate(place)
    box = figure.locator(".nsewdrag").bounding_box()
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    swipe(page, (x, y), (x + 20, y + 100))
    page.wait_for_function(f"(before) => ({place})() < before - 50", arg=scrolled)
    assert page.evaluate(axes) == before
