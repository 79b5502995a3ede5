"""Addresses that show a figure, slides, or some of the controls of a page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from harness.browser.parts import chart, trained

RUN = "playground?steps=100&tau=0.3&delta=1"


def charts_of(page: Page) -> list[str]:
    return [one.get_attribute("data-chart") for one in page.locator("figure.chart:visible").all()]


def fills_the_window(page: Page) -> None:
    """Check that the whole live chart is within the window, and that nothing can be scrolled."""
    height = page.viewport_size["height"]
    box = chart(page).bounding_box()
    bar = page.locator(".transport").bounding_box()
    assert 0 <= box["y"] < 20 and height - 60 < bar["y"] + bar["height"] <= height + 1, (box, bar)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= height + 1


def test_a_figure_is_the_charts_and_their_player_alone(open_page):
    page = open_page(f"{RUN}&view=figure")
    trained(page)
    assert charts_of(page) == ["plane", "function", "loss", "kernel"]
    fills_the_window(page)
    for part in ("stSidebar", "stHeader", "stMainMenu"):
        expect(page.get_by_test_id(part)).to_be_hidden()
    for words in ("Download", "What am I looking at?", "kernel moved", "New seed", "lazy twin"):
        expect(page.get_by_text(words, exact=True).filter(visible=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=30_000)


def test_one_picture_with_two_controls_fits_a_small_frame(open_page):
    page = open_page(f"{RUN}&view=figure&picture=conserved&show=tau,delta", viewport={"width": 390, "height": 600})
    trained(page)
    assert charts_of(page) == ["conserved"]
    sliders = page.get_by_test_id("stSidebar").get_by_role("slider")
    expect(sliders).to_have_count(2)
    frame = page.locator("[data-chart=conserved] .frame")
    assert frame.bounding_box()["height"] > 250
    page.set_viewport_size({"width": 900, "height": 600})  # below 640 px, Streamlit folds the sidebar
    expect(sliders.first).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-testid=live-run]')?.offsetWidth > 390")
    fills_the_window(page)
    sliders.first.press("ArrowRight")
    page.wait_for_url("**tau=0.33**")
    assert "view=figure" in page.url and "show=tau" in page.url
    assert frame.bounding_box()["height"] > 250


def test_slides_are_one_chart_each_in_large_type_and_turn_by_keys(open_page):
    page = open_page(f"{RUN}&view=slide")
    trained(page)
    number = page.locator(".slide-number")
    expect(number).to_have_text("1 / 5")
    assert charts_of(page) == ["plane"]
    fills_the_window(page)
    for key, at, id in (("PageDown", 2, "function"), ("PageDown", 3, "loss"), ("PageUp", 2, "function")):
        page.keyboard.press(key)
        expect(number).to_have_text(f"{at} / 5")
        assert charts_of(page) == [id]
    page.get_by_role("button", name="Next slide").click()
    expect(page.locator("[data-chart=loss] .js-line").first).to_be_attached(timeout=30_000)
    label = page.locator("[data-chart=loss] .xtitle").bounding_box()
    assert label["height"] > 20, "the type is larger than the 13 px of a page"
    # an enlarged plotly chart still finds the point under the pointer
    point = page.locator("[data-chart=loss] .js-line").first.evaluate(
        """(line) => {
          const { x, y } = line.getPointAtLength(line.getTotalLength() - 60).matrixTransform(line.getScreenCTM());
          return [x, y];
        }"""
    )
    page.mouse.move(*point)
    expect(page.locator("[data-chart=loss] .hoverlayer .hovertext").first).to_be_visible(timeout=15_000)
    page.set_viewport_size({"width": 1024, "height": 768})
    fills_the_window(page)
