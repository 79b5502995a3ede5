"""The lazy twin on the playground: the page says of it what the same run in Python says."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from harness.browser.parts import chart
from lazyrich import StudentTeacher, train

pytestmark = pytest.mark.browser


def test_the_sentence_on_the_twin_follows_the_playback_and_is_there_only_with_a_twin(open_page):
    page = open_page("?twin=true&delta=1&method=flow&steps=2000&seed=2")
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=60_000)
    chart(page).focus()
    page.keyboard.press("End")
    frames = train(StudentTeacher(twin=True, delta=1.0, method="flow", steps=2_000, seed=2)).frames
    assert "its test loss is" in frames[-1].remark
    remark = page.locator("p.remark")
    expect(remark).to_have_text(frames[-1].remark, timeout=15_000)
    page.keyboard.press("Home")
    expect(remark).to_have_text(frames[0].remark)
    page.get_by_test_id("stSidebar").get_by_text("Balanced", exact=True).click()
    expect(remark).to_be_hidden(timeout=15_000)
