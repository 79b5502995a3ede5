"""The kernel reading and the lazy twin in the playground: the numbers on the page equal those in Python."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from harness.browser.parts import chart, finished
from lazyrich import Result, StudentTeacher, train

RUN = StudentTeacher(read_kernel=True, twin=True, delta=0.0, method="flow", steps=300, seed=2)


def test_kernel_reading_and_sentence_on_the_twin_follow_the_playback(open_page):
    page = open_page("?read_kernel=true&twin=true&delta=0&method=flow&steps=300&seed=2")
    finished(page, RUN.steps)
    run = train(RUN)
    the_reading_of_the_kernel_is_below_the_charts(page, run)
    the_sentence_on_the_twin_follows_the_playback(page, run)
    the_losses_can_be_read_on_a_small_screen(page)
    page.get_by_test_id("stSidebar").get_by_text("Balanced", exact=True).click()
    expect(chart(page).locator(".heat-chart")).to_have_count(0, timeout=15_000)
    expect(page.locator("p.remark")).to_be_hidden(timeout=15_000)


def the_reading_of_the_kernel_is_below_the_charts(page: Page, run: Result) -> None:
    expect(chart(page).locator(".head")).to_contain_text(
        f"{run.curves.label_rank.iloc[-1]:.0f}\u202feigenvectors", timeout=15_000
    )
    bar = chart(page).locator(".transport").bounding_box()
    for name in ("Labels in the first k eigenvectors", "Which inputs the kernel takes for alike"):
        title = chart(page).get_by_text(name)
        assert title.bounding_box()["y"] > bar["y"] + bar["height"]
    cells = chart(page).locator(".heat-chart .plot")
    box = cells.bounding_box()
    # a cell of the right half, which shows the present kernel
    cells.hover(position={"x": 0.7 * box["width"], "y": 0.5 * box["height"]})
    expect(page.locator(".heat-chart .tip")).to_contain_text("now, training input", timeout=15_000)


def the_sentence_on_the_twin_follows_the_playback(page: Page, run: Result) -> None:
    assert "its test loss is" in run.frames[-1].remark
    remark = page.locator("p.remark")
    expect(remark).to_have_text(run.frames[-1].remark, timeout=15_000)
    chart(page).focus()
    page.keyboard.press("Home")
    expect(remark).to_have_text(run.frames[0].remark)


def the_losses_can_be_read_on_a_small_screen(page: Page) -> None:
    """Their legend has two lines there."""
    page.set_viewport_size({"width": 1024, "height": 768})
    plot = "document.querySelector('[data-chart=loss] .plot')"
    page.wait_for_function(f"() => {plot}._fullLayout.height === {plot}.clientHeight")
    assert page.evaluate(f"{plot}._fullLayout._size.h") >= 45
