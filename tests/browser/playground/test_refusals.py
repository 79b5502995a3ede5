"""The playground ends runs that are stopped or left, and refuses settings that cannot be computed."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from harness.browser import parts
from harness.browser.parts import (
    attribute,
    chart,
    trained,
)


def test_stop_ends_the_training_and_keeps_its_frames_and_a_closed_tab_ends_it_too(open_page, active_runs):
    opener = open_page("_stcore/health", wait=False)
    with opener.expect_popup() as opened:  # a popup runs in the process of its opener, which has compiled all scripts
        opener.evaluate("open('/playground?tau=0.1&delta=0&samples=50&steps=10000000&seed=98')")
    page = opened.value
    expect(chart(page)).not_to_have_attribute("data-frames", "0", timeout=30_000)
    page.get_by_role("button", name="Stop").click()
    expect(chart(page)).to_have_attribute("data-status", "stopped")
    assert active_runs(wait_for=0) == 0
    frames = int(attribute(page, "frames"))
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("button", name="Drop kept")).to_be_visible()
    expect(chart(page)).to_have_attribute("data-status", "stopped")
    assert int(attribute(page, "frames")) >= frames > 0
    assert active_runs() == 0
    page.get_by_role("button", name="Same start again").click()
    expect(chart(page)).to_have_attribute("data-status", "running", timeout=10_000)
    assert active_runs() >= 1
    page.close()
    assert active_runs(wait_for=0) == 0


def test_wrong_settings_are_replaced_diverging_runs_offer_a_rate_and_large_ones_are_refused(open_page):
    page = open_page("?tau=1000&delta=1&eta_a=1&eta_w=1&learning_rate=0.5&steps=100&seed=soon&widht=9&colour=red")
    invalid_settings_in_the_address_are_reported_and_replaced(page)
    the_diverging_run_keeps_its_frames_and_offers_a_rate_that_works(page)
    parts.go(page, "/playground?width=2000&dimension=1000&samples=10000&steps=10000000")
    too_much_work_is_refused_with_the_numbers(page)


def invalid_settings_in_the_address_are_reported_and_replaced(page: Page) -> None:
    alert = page.get_by_test_id("stAlert").filter(has_text="τ must be")
    expect(alert).to_contain_text("τ must be a number between 0.01 and 10, got 1000.")
    expect(alert).to_contain_text("Seed must be a whole number between 0 and 2147483647, got soon.")
    expect(alert).to_contain_text("widht is not a setting here; did you mean width?")
    expect(alert).not_to_contain_text("colour")
    page.wait_for_function("() => new URLSearchParams(location.search).get('tau') === '0.1'")


def the_diverging_run_keeps_its_frames_and_offers_a_rate_that_works(page: Page) -> None:
    expect(chart(page)).to_have_attribute("data-status", "failed", timeout=20_000)
    expect(page.get_by_text(re.compile(r"Diverged at t = .* \(step [\d,]+\)"))).to_be_visible()
    assert int(attribute(page, "frames")) > 0
    page.get_by_role("button", name=re.compile("Use")).click()
    trained(page)
    page.wait_for_function("() => new URLSearchParams(location.search).get('learning_rate') !== '0.5'")
    rate = float(parse_qs(urlsplit(page.url).query)["learning_rate"][0])
    assert 0 < rate < 0.5


def too_much_work_is_refused_with_the_numbers(page: Page) -> None:
    expect(page.get_by_test_id("stAlert")).to_contain_text(re.compile(r"would compute for about .* are allowed here"))
    # the page still works: a preset starts a run
    page.get_by_test_id("stSidebar").get_by_text("Upstream").click()
    expect(page.get_by_test_id("stAlert")).to_have_count(0, timeout=20_000)
    expect(chart(page)).to_have_attribute("data-status", re.compile("running|finished"), timeout=20_000)
