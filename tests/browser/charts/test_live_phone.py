"""A live chart on a phone: its layout and touch gestures."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import expect

from harness.browser.live_chart import RUN, Open, plot, to_the_end
from harness.browser.touch import come_to_rest, swipe, tap, tap_on


def test_a_phone_shows_verdict_plane_transport_curves_in_order_and_explains_readings(open_chart: Open) -> None:
    page = open_chart("rich", phone=True)
    to_the_end(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = [page.locator(part).bounding_box() for part in (".verdict", ".planes", ".transport", ".curves:not(.below)")]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 4 and tops == sorted(tops)
    stack = [page.locator(f"[data-chart={name}]") for name in ("loss", "kernel", "conserved")]
    charts = [node.bounding_box() for node in stack]
    # only the lowest chart has the labels of the common axis
    assert [node.locator(".xtick").count() > 0 for node in stack] == [False, False, True]
    edges = [(box["y"], box["y"] + box["height"]) for box in charts if box is not None]
    assert all(bottom <= top + 1 for (_, bottom), (top, _) in pairwise(edges))
    # keys, a tap and a resting pointer open the explanation of a reading
    meaning = page.get_by_text("How far the kernel has moved.", exact=True)
    word = page.get_by_role("button", name="kernel moved")
    expect(meaning).to_be_hidden()
    tap_on(word)
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.locator(RUN).focus()
    page.keyboard.press("Tab")
    expect(word).to_be_focused()
    expect(meaning).to_be_visible()
    page.keyboard.press("Tab")
    expect(meaning).to_be_hidden()
    word.hover()
    expect(meaning).to_be_visible()
    formula = page.get_by_text("S = 1 − cos(K₀, Kₜ)", exact=True)
    assert formula.bounding_box()["y"] > meaning.bounding_box()["y"], "the formula is not below the sentence"
    formula.hover()
    page.wait_for_timeout(400)  # longer than the pointer may take from the word to its explanation
    expect(meaning).to_be_visible()
    page.mouse.move(5, 800)
    expect(meaning).to_be_hidden()


def test_on_a_phone_a_swipe_over_a_chart_scrolls_the_page_and_a_button_zooms(open_chart: Open) -> None:
    page = open_chart("rich", phone=True)
    to_the_end(page)
    axes = "[p._fullLayout.xaxis.range, p._fullLayout.yaxis.range]"
    area = page.locator("[data-chart=loss] .nsewdrag")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"]
    before = plot(page, "loss", axes)
    scrolled = page.evaluate("scrollY")
    swipe(page, (x, y), (x + 40, y + 100))
    page.wait_for_function("(before) => scrollY < before - 50", arg=scrolled)
    assert plot(page, "loss", axes) == before
    page.locator("[data-chart=loss] [data-title=Zoom]").dispatch_event("click")
    page.wait_for_function("document.querySelector('[data-chart=loss] .plot')?._fullLayout?.dragmode === 'zoom'")
    area.scroll_into_view_if_needed()
    come_to_rest(page)
    box = area.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"]
    swipe(page, (x, y), (x + 150, y + 70))
    page.wait_for_function(
        "(top) => document.querySelector('[data-chart=loss] .plot')._fullLayout.yaxis.range[1] < top", arg=before[1][1]
    )


def test_on_a_phone_a_tap_shows_the_buttons_of_a_chart_and_presses_none(open_chart: Open) -> None:
    page = open_chart("rich", phone=True)
    to_the_end(page)
    loss = page.locator("[data-chart=loss]")
    opacities = "(nodes) => nodes.map((node) => +getComputedStyle(node).opacity)"
    bars = page.locator(".modebar")
    bars.first.wait_for(state="attached")
    assert bars.count() > 3 and set(bars.evaluate_all(opacities)) == {0}
    zoom = loss.locator("[data-title=Zoom]")
    zoom.scroll_into_view_if_needed()
    come_to_rest(page)
    box = zoom.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tap(page, *middle)
    page.wait_for_function("getComputedStyle(document.querySelector('[data-chart=loss] .modebar')).opacity === '1'")
    assert sum(bars.evaluate_all(opacities)) == 1
    assert plot(page, "loss", "p._fullLayout.dragmode") is False
    page.wait_for_function(
        "getComputedStyle(document.querySelector('[data-chart=loss] .modebar-btn')).pointerEvents !== 'none'"
    )
    tap(page, *middle)
    page.wait_for_function("document.querySelector('[data-chart=loss] .plot')?._fullLayout?.dragmode === 'zoom'")
