"""The page "Linear networks" in a real browser: training agrees with theory as closely as the page states."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from harness.browser.parts import (
    caption,
    finished,
    go,
    nothing_cut_off,
    number,
    on_a_phone_in_the_dark,
    reading,
)
from lazyrich import LinearNetwork, train

WIDE = "linear-networks?delta=0&tau=0.3&steps=5000&seed=1"


def test_training_agrees_with_theory_and_the_top_bar_and_back_change_pages(open_page):
    page = open_page(WIDE)
    finished(page, 5000)
    here = train(LinearNetwork(delta=0.0, tau=0.3, steps=5000, seed=1)).curves.iloc[-1]
    for chart_id, column in (("modes", "singular"), ("kernel", "kernel_distance"), ("loss", "loss")):
        shown = number(caption(page, chart_id).split("at most")[1])
        assert shown == pytest.approx(here[f"{column}_difference"], rel=0.06)
        assert shown < 0.01
    assert number(reading(page, "kernel moved")) == pytest.approx(here["kernel_distance"], rel=0.06)
    expect(page.get_by_text("closed form (matrix Riccati)")).to_be_visible()
    heading = page.get_by_role("heading", level=1)
    assert heading.all_inner_texts() == ["Linear networks"] and page.title() == "Linear networks · lazyrich"
    page.get_by_role("button", name="Theory").click()
    page.get_by_role("menuitem", name="Which solution").click()
    expect(page.get_by_text("Where training ends")).to_be_visible(timeout=15_000)
    expect(heading).to_have_text("Which solution")
    expect(page).to_have_title("Which solution · lazyrich")
    why = page.locator(".page-heading details p")
    page.locator(".page-heading summary").focus()
    expect(why).to_be_hidden()
    page.keyboard.press("Enter")
    expect(why).to_be_visible()
    # after a key press, the focus must be visible
    page.get_by_role("link", name="Playground").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outline").endswith("solid 2px")
    page.go_back()
    expect(heading).to_have_text("Linear networks")
    expect(page).to_have_url(re.compile(r"/linear-networks\?.*steps=5000"))
    go(page, "/linear-networks?depth=5&start=random&steps=60")
    the_page_reports_a_missing_exact_solution_and_draws_every_layer(page)
    on_a_phone_in_the_dark(page)
    nothing_cut_off(page)


def the_page_reports_a_missing_exact_solution_and_draws_every_layer(page: Page) -> None:
    finished(page, 60)
    expect(page.get_by_text("No exact curve")).to_be_visible()
    assert "at most" not in caption(page, "modes")
    assert [word for word in caption(page, "layers").split() if word.isdigit()] == ["1", "2", "3", "4", "5"]
