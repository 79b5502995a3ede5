"""The first screen of the playground, on a desktop and on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from harness.browser import parts
from harness.browser.parts import (
    attribute,
)
from harness.browser.touch import PHONE


def test_the_page_trains_at_once_fits_the_first_screen_and_its_map_sets_tau_and_delta(open_page):
    page = open_page(motion=True)
    first = int(attribute(page, "step"))
    page.wait_for_function(
        "first => Number(document.querySelector('[data-testid=live-run]')?.dataset.step) > first",
        arg=first,
        timeout=10_000,
    )
    expect(page.get_by_text("Upstream", exact=True)).to_be_visible()
    expect(page.get_by_text("dotted teacher rays")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(4)
    for plot in page.locator(".js-plotly-plot").all():
        box = plot.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    transport = page.get_by_role("group", name="Playback").bounding_box()
    assert transport["y"] + transport["height"] <= 800
    node = page.get_by_test_id("stSidebar").get_by_test_id("picker")
    plot = node.get_by_role("application")
    plot.wait_for(timeout=15_000)
    for part in (node, *page.get_by_test_id("stSidebar").get_by_test_id("slider").all()):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    # the page shows two values of S, and states for each to which students it belongs
    expect(node).to_contain_text("(d = 100, mean of 16 seeds)")
    assert "at d = 2" in parts.caption(page, "kernel")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] - 1, "y": box["height"] / 2})
    page.wait_for_function("() => new URLSearchParams(location.search).get('tau') === '2'", timeout=15_000)
    assert "delta=0&" in page.url
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => new URLSearchParams(location.search).get('tau') === '1.9'", timeout=15_000)


def test_a_phone_shows_verdict_plane_transport_charts_in_order_and_keeps_its_scroll(open_page):
    page = open_page(motion=True, **PHONE)
    tops = [
        page.locator(selector).first.bounding_box()["y"]
        for selector in (
            ".verdict",
            "[data-chart=plane] .js-plotly-plot",
            "[data-chart=function] .js-plotly-plot",
            ".transport",
            "[data-chart=loss] .js-plotly-plot",
        )
    ]
    assert tops == sorted(tops)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= innerWidth")
    scrolled = page.evaluate(f"() => {{ {main}.scrollTop = 200; return {main}.scrollTop; }}")
    assert scrolled > 0
    before = int(attribute(page, "painted"))
    page.wait_for_function(
        "n => Number(document.querySelector('[data-testid=live-run]')?.dataset.painted) > n + 60", arg=before
    )
    assert page.evaluate(f"{main}.scrollTop") == scrolled
