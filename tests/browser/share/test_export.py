"""Saved pictures for slides and papers: size and content; and pages printed on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from harness.browser.parts import to_the_end
from harness.browser.pictures import check_png, texts_of

OPEN = '[data-title="Save for slides or papers"], [aria-label="Save for slides or papers"]'

PAGES = {
    "playground?steps=100&tau=0.3&delta=1&width=20": {
        "plane": ["a > 0", "teacher, +1"],
        "function": ["student", "f(x)"],
        "loss": ["train", "mean squared error"],
    },
    "filters?steps=10&alphas=1,4": {"filters": ["α 1", "α 4"]},
}
"""Address -> for each chart, texts in its picture."""


def saved(page: Page, act: Callable[[], None]) -> bytes:
    with page.expect_download() as file:
        act()
    return Path(file.value.path()).read_bytes()


def box_of(pdf: bytes) -> tuple[float, float]:
    """Return the width and height in points of the only page of a PDF."""
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    [found] = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf)
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("address", PAGES)
def test_pictures_for_slides_and_columns_have_their_size_and_all_texts(visit, address: str) -> None:
    page = visit(address)
    to_the_end(page)
    pictures_have_their_size_and_all_texts(page, PAGES[address])


def test_pictures_in_space_are_complete_and_a_printed_page_has_charts_without_controls(visit) -> None:
    page = visit("exact-solutions?steps=100")
    to_the_end(page)
    pictures_have_their_size_and_all_texts(page, {"space": ["training", "loss 0"]})
    a_printed_page_has_all_charts_and_no_controls(page)


def pictures_have_their_size_and_all_texts(page: Page, pictures: dict[str, list[str]]) -> None:
    page.evaluate("window.print = () => {}")  # headless browsers have no print dialog
    for name, named in pictures.items():
        figure = page.locator(f"[data-chart={name}]")
        figure.hover()
        figure.locator(OPEN).first.click()
        dialog = page.get_by_test_id("export")
        button = {kind: dialog.get_by_role("button", name=kind, exact=True) for kind in ("PNG", "SVG", "PDF")}
        expect(dialog.locator("img")).to_have_js_property("complete", True)

        size = check_png(saved(page, button["PNG"].click))
        assert size == (1920, 1080), name
        svg = saved(page, button["SVG"].click).decode()
        assert '<svg xmlns="http://www.w3.org/2000/svg" width="33.867cm" height="19.050cm"' in svg
        whole = " ".join(texts_of(page, svg))
        assert [one for one in named if one not in whole] == [], (name, whole)
        assert "τ" in whole, "the slide lacks the settings"
        assert page.url.split("?")[0].rpartition("/")[2] in whole.replace(" ", ""), "the slide lacks the address"

        dialog.get_by_role("radio", name="Column").check()
        expect(dialog.get_by_role("checkbox")).not_to_be_checked()
        width, _ = check_png(saved(page, button["PNG"].click))
        assert width == 2008, "8.5 cm at 600 pixels an inch"
        whole = " ".join(texts_of(page, saved(page, button["SVG"].click).decode()))
        assert [one for one in named if one not in whole] == [], (name, whole)
        caption = dialog.get_by_label("Caption").input_value()
        assert page.url in caption and "Made with lazyrich" in caption
        dialog.locator("summary").click()
        assert "kunin2024getrichquick" in dialog.get_by_label("BibTeX").input_value()
        button["PDF"].click()
        page.locator(".printed-sheet svg").first.wait_for(state="attached")
        wide, _ = box_of(page.pdf(prefer_css_page_size=True))
        assert wide == pytest.approx(8.5 / 2.54 * 72, abs=1)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)


def a_printed_page_has_all_charts_and_no_controls(page: Page) -> None:
    page.get_by_test_id("picker").get_by_role("application").wait_for(timeout=30_000)
    drawn = page.locator("figure.chart:visible, [data-testid=picker]")
    count, heights = drawn.count(), [box.bounding_box()["height"] for box in drawn.all()]
    width, height = box_of(page.pdf(format="A4"))
    assert (width, height) == (pytest.approx(595, abs=2), pytest.approx(842, abs=2)), "the PDF is not one A4 sheet"
    scripts = page.context.new_cdp_session(page)
    # scripts do not run while a browser prints, so no script changes the layout
    scripts.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.emulate_media(media="print")
    assert drawn.count() == count
    for box, before in zip(drawn.all(), heights, strict=True):
        place = box.bounding_box()
        assert place["x"] + place["width"] <= 704, "a chart reaches beyond the margins of A4"
        assert 0.4 * before < place["height"] < before, "the chart was not scaled down as a whole"
    # `.asked`: labels of numbers are buttons too, and are printed
    for part in ("button:not(.asked)", "input", "[data-testid=stSidebar]", "[data-testid=stHeader]"):
        assert page.locator(part).filter(visible=True).count() == 0, part
    page.emulate_media(media="screen")
    scripts.send("Emulation.setScriptExecutionDisabled", {"value": False})
