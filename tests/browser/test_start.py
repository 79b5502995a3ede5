"""The page Start in a real browser, and old links to the playground at the address of Start."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from harness.browser.parts import finished, nothing_cut_off, number
from lazyrich import train
from lazyrich.experiments.student_teacher.config import PRESETS

DOORS = ("Show me in five steps", "Let me play", "I have a hypothesis")
SCREENS = ((1280, 800), (1024, 768), (390, 844))


def test_start_shows_two_networks_and_three_links_and_old_links_open_the_playground(open_page):
    page = open_page("/")
    two_networks_their_numbers_and_three_links_are_on_one_screen(page)
    page.get_by_role("link", name=DOORS[0]).click()
    page.wait_for_url("**/playground?*")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["lesson"], query["step"], query["tau"]) == (["which-one-learns"], ["1"], ["2"])
    page.go_back()
    page.get_by_role("link", name=DOORS[0]).wait_for()
    old_links_open_the_playground_and_back_returns_to_start(page)


def two_networks_their_numbers_and_three_links_are_on_one_screen(page: Page) -> None:
    runs = page.get_by_test_id("live-run")
    for index, name in enumerate(("Lazy", "Upstream")):
        config = next(preset.config for preset in PRESETS if preset.name == name)
        last = train(config).curves.iloc[-1]
        # without motion, each run is shown at its end at once
        expect(runs.nth(index)).to_have_attribute("data-step", str(int(last["step"])), timeout=60_000)
        values = [number(text) for text in runs.nth(index).locator("dl.numbers dd").all_inner_texts()]
        shown = [last["test_loss"], last["kernel_distance"] if last["kernel_distance"] >= 1e-3 else 0]
        assert values == pytest.approx(shown, rel=0.06)
    assert runs.locator("figure:visible").count() == 4
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        nothing_cut_off(page)
        parts = [page.get_by_role("heading", level=1), *(page.get_by_role("link", name=name) for name in DOORS)]
        for part in parts:
            box = part.bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= height, (width, part)
        for number_row in runs.locator("dl.numbers").all():
            assert number_row.evaluate("row => row.scrollWidth <= row.clientWidth"), width
        charts = [figure.bounding_box() for figure in runs.locator("figure").all()]
        assert all(box["width"] >= 150 and box["height"] >= 100 for box in charts), (width, charts)
        assert charts[0]["x"] < charts[2]["x"] and charts[0]["y"] == pytest.approx(charts[2]["y"], abs=1)


def old_links_open_the_playground_and_back_returns_to_start(page: Page) -> None:
    page.evaluate("location.href = '?tau=0.3&delta=-1&steps=60&width=10'")
    page.wait_for_url("**/playground?tau=0.3&delta=-1&*")
    finished(page, 60)
    page.go_back()
    page.get_by_role("link", name=DOORS[1]).click()
    page.wait_for_url("**/playground")
    expect(page.get_by_role("heading", level=1)).to_have_text("Playground")
