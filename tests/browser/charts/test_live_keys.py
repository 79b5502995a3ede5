"""Keyboard control of a live chart."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from harness.browser.live_chart import RUN, Open, data, to_the_end, wait_data
from harness.browser.live_chart_server import FRAMES, STEPS


def test_keys_play_pause_step_and_jump(open_chart: Open) -> None:
    page = open_chart("rich", motion=True)
    wait_data(page, "frames", "+value > 3")
    page.locator(RUN).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    cursor = page.get_by_label("Frame")
    before = int(cursor.input_value())
    page.keyboard.press("ArrowRight")
    expect(cursor).to_have_value(str(before + 1))
    page.keyboard.press("Shift+ArrowRight")
    expect(cursor).to_have_value(str(before + 11))
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_value(str(before + 10))
    assert data(page, "step") == str(STEPS[before + 10])
    page.keyboard.press("End")
    expect(cursor).to_have_value(str(FRAMES - 1))
    page.keyboard.press("Home")
    expect(cursor).to_have_value("0")
    page.keyboard.press("+")
    expect(page.get_by_label("Speed")).to_have_value("2")
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(page.get_by_label("Speed")).to_have_value("0.5")
    page.keyboard.press("n")
    assert sent(page) == ["new_seed"]


def sent(page: Page) -> list[str]:
    """Return the names of the events that the page has sent to Python."""
    return page.evaluate("triggers.map(([name]) => name)")


def test_without_the_focus_the_chart_reacts_to_arrow_keys_only(open_chart: Open) -> None:
    page = open_chart("rich", motion=True)
    to_the_end(page)
    cursor = page.get_by_label("Frame")
    # the key is typed into another widget
    page.locator("#elsewhere").press("Home")
    page.locator("#elsewhere").press_sequentially("n r s")
    expect(cursor).to_have_value(str(FRAMES - 1))
    # no element has the focus
    page.evaluate("document.activeElement.blur()")
    for key in ("n", "r", "s", "Space", "Home", "-"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_value(str(FRAMES - 2))
    assert sent(page) == []
    expect(page.get_by_label("Speed")).to_have_value("1")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    # "r" still runs Streamlit's page again, unless the chart has the focus
    page.evaluate("window.seen = 0; document.addEventListener('keydown', () => (window.seen += 1))")
    page.keyboard.press("r")
    assert page.evaluate("seen") == 1
    expect(cursor).to_have_value(str(FRAMES - 2))
    page.locator(RUN).press("r")
    wait_data(page, "frames", "+value < 100")
    assert page.evaluate("seen") == 1


def test_a_held_key_acts_once_but_repeats_single_steps(open_chart: Open) -> None:
    page = open_chart("rich", motion=True)
    to_the_end(page)
    page.locator(RUN).focus()
    for key in ("n", "Space", "ArrowLeft"):  # Space plays the run, and the arrow pauses it again
        for _ in range(3):
            page.keyboard.down(key)
        page.keyboard.up(key)
        if key == "Space":
            expect(page.get_by_role("button", name="Pause")).to_be_visible()
            page.keyboard.press("End")
            expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 1))
    expect(page.get_by_label("Frame")).to_have_value(str(FRAMES - 4))
    assert sent(page) == ["new_seed"]
