"""Lessons in a real browser, operated by keyboard alone: their numbers are those of the table on the page."""

import csv
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from lazyrich.lessons import shipped, step_query
from lazyrich.lessons.outcome import write


def tab_to(page, name, most=60):
    """Press Tab until the element with this text has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement?.textContent ?? '').trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


def card_text(page):
    card = page.get_by_test_id("lesson")
    expect(card.locator("details[open]")).to_have_count(1, timeout=60_000)
    expect(card).to_have_attribute("data-told", "true", timeout=60_000)
    return card.locator(".outcome").inner_text()


def last_row(page):
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Curves, CSV").click()
    with open(coming.value.path(), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))[-1]


def test_a_step_waits_for_the_prediction_shows_the_downloaded_numbers_and_stays_answered(open_page):
    lesson = shipped()["which-one-learns"]
    query = step_query("which-one-learns", lesson, 1) | {"show": "seed,actions"}
    page = open_page(f"/playground?{urlencode(query, doseq=True)}")
    run, card = page.get_by_test_id("live-run"), page.get_by_test_id("lesson")
    expect(run).to_have_attribute("data-status", "finished", timeout=60_000)
    # the lesson holds the run at its start, although runs without motion are shown at their end
    expect(run).to_have_attribute("data-frames", "1")
    assert not card.locator(".outcome").inner_text()
    assert page.locator('[data-chart="loss"]').evaluate("node => getComputedStyle(node).outlineStyle") == "dashed"
    tab_to(page, lesson.steps[0].answers[2])
    page.keyboard.press("Enter")
    text, row = card_text(page), last_row(page)
    assert write(float(row["train_loss"])) in text and write(float(row["test_loss"])) in text
    assert lesson.steps[0].answers[2] in text
    page.keyboard.press("Escape")
    # with another task, the text follows the new run
    page.get_by_label("Seed", exact=True).fill("5")
    page.keyboard.press("Enter")
    expect(card.locator(".outcome")).not_to_contain_text(write(float(row["train_loss"])), timeout=60_000)
    text = card_text(page)
    assert write(float(last_row(page)["train_loss"])) in text
    page.reload()
    assert lesson.steps[0].answers[2] in card_text(page)  # the browser has stored the answer


@pytest.mark.parametrize(
    "name", [name if name == "which-one-learns" else pytest.param(name, marks=pytest.mark.claims) for name in shipped()]
)
def test_a_lesson_runs_from_its_first_step_to_its_last_by_keyboard_and_back(open_page, name):
    lesson = shipped()[name]
    first = lesson.steps[0]
    page = open_page(f"/{first.page}?{urlencode(step_query(name, lesson, 1), doseq=True)}")
    card = page.get_by_test_id("lesson")
    for number, step in enumerate(lesson.steps, 1):
        expect(card).to_have_attribute("data-step", f"{name}/{number}", timeout=60_000)
        if number > 1:
            expect(card.get_by_role("heading", name=step.title)).to_be_focused()
        assert not page.get_by_test_id("stAlert").count(), page.get_by_test_id("stAlert").all_inner_texts()
        tab_to(page, step.answers[0])
        page.keyboard.press("Enter")
        assert "cannot be said" not in card_text(page)
        assert not card.locator(".note").inner_text()
        if number < len(lesson.steps):
            tab_to(page, "Next")
            page.keyboard.press("Enter")
    for number in range(len(lesson.steps) - 1, 0, -1):
        page.go_back()
        expect(card).to_have_attribute("data-step", f"{name}/{number}", timeout=60_000)
        expect(card.locator(".note")).to_have_text("")
    page.go_forward()
    expect(card).to_have_attribute("data-step", f"{name}/2", timeout=60_000)
