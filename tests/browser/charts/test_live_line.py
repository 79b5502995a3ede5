"""A live chart and its server: remaining time, the end of a run, and lost or refused connections."""

from __future__ import annotations

import re
from itertools import pairwise

from playwright.sync_api import expect

from harness.browser.live_chart import RUN, Open, at_rest, data, plot, to_the_end, until, wait_data
from harness.browser.live_chart_server import (
    ELSEWHERE,
    FEW,
    MESSAGE,
    REMEDY,
    LiveChartServer,
)


def test_the_remaining_time_counts_down_and_disappears_at_the_end(open_chart: Open) -> None:
    page = open_chart("queued")  # the server says nothing before the test listens
    status = page.locator(".status")
    expect(page.locator(".banner")).to_be_visible()
    page.evaluate(
        """() => {
        const line = document.querySelector(".status");
        window.told = [];
        const note = () => told.push(line.textContent);
        new MutationObserver(note).observe(line, { characterData: true, childList: true, subtree: true });
    }"""
    )
    page.evaluate("show('timed')")
    wait_data(page, "status", "value === 'finished'")
    expect(status).to_have_text("ended")
    matches = [re.fullmatch(r"training \d+\u202f%, (\d+)\u202fs left", text) for text in page.evaluate("told")]
    left = [int(text[1]) if text else 0 for text in matches[next(k for k, text in enumerate(matches) if text) :]]
    assert left[-1] == 0 and len(set(left)) >= 4
    assert all(after <= before for before, after in pairwise(left)), left


def test_stop_ends_the_training_and_keeps_its_frames(open_chart: Open) -> None:
    page = open_chart("endless-stopped")
    wait_data(page, "frames", "+value > 5")
    page.get_by_role("button", name="Stop").click()
    wait_data(page, "status", "value === 'stopped'")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.locator(".spoken")).to_contain_text(re.compile("Lazy so far|Training stopped"))
    at_rest(page)
    assert len(plot(page, "kernel", "[...p.data[0].y]")) > 5
    page.get_by_role("button", name="Same start again").click()
    assert page.evaluate("triggers.map(([name]) => name)") == ["again"]


def test_a_failed_run_gives_the_reason_and_a_remedy(open_chart: Open) -> None:
    page = open_chart("diverging")
    wait_data(page, "status", "value === 'failed'")
    expect(page.locator(".banner")).to_contain_text(MESSAGE)
    page.get_by_role("button", name="Use learning rate = 0.00123").click()
    assert page.evaluate("triggers") == [["remedy", REMEDY]]
    wait_data(page, "frames", "+value === 120")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_run_on_the_cpu_instead_of_a_graphics_card_gives_the_reason(open_chart: Open) -> None:
    page = open_chart("elsewhere")
    expect(page.locator(".banner")).to_have_text(f"Computed on the CPU{ELSEWHERE.removeprefix('cpu')}.")
    wait_data(page, "status", "value === 'finished'")
    expect(page.locator(".banner")).to_be_visible()
    page = open_chart("rich")
    to_the_end(page)
    expect(page.locator(".banner")).to_be_hidden()


def test_a_lost_connection_comes_back_and_goes_on_where_it_was(open_chart: Open, served: LiveChartServer) -> None:
    page = open_chart("held-lost", motion=True)
    wait_data(page, "frames", f"+value === {FEW // 2}")
    page.evaluate(
        """() => {
        const line = document.querySelector(".status");
        window.told = [];
        new MutationObserver(() => told.push(line.textContent)).observe(line, { childList: true, subtree: true });
    }"""
    )
    served.server.asked.clear()
    served.hang_up()
    page.wait_for_function("told.includes('connection lost, trying again')")
    served.server.runs["held-lost"].released = True
    wait_data(page, "frames", f"+value === {FEW}")
    assert served.server.asked[0]["after"]["held-lost"] == FEW // 2
    assert data(page, "painted") == str(FEW)


def test_a_refused_chart_asks_again_then_tells_the_visitor_what_to_do(
    open_chart: Open, served: LiveChartServer
) -> None:
    served.server.refusing = True
    try:
        page = open_chart("rich-refused")
        page.wait_for_function("triggers.length === 2")
        expect(page.locator(".banner")).not_to_contain_text("does not know this page any more")
        # tests/javascript tests the waits up to the fifth; the event "online" ends them
        for refused in (2, 3, 4):
            page.evaluate("dispatchEvent(new Event('online'))")
            page.wait_for_function("(refused) => triggers.length > refused", arg=refused)
        expect(page.locator(".banner")).to_contain_text("does not know this page any more")
        asked = page.evaluate("triggers")
        assert {name for name, _ in asked} == {"again"}
        assert asked[1][1] - asked[0][1] > 500 - 5
    finally:
        served.server.refusing = False
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_data(page, "frames", "+value > 0")
    expect(page.locator(".banner")).to_be_hidden()


def test_unmounting_ends_the_connection_but_an_overtaken_call_does_not(
    open_chart: Open, served: LiveChartServer
) -> None:
    page = open_chart("rich")
    wait_data(page, "frames", "+value > 0")
    page.evaluate("Promise.all([show('steady-a'), show('steady-b'), show('steady-c')])")
    wait_data(page, "frames", "+value > 2")
    assert page.locator(RUN).count() == 1
    page.evaluate("unmount()")
    expect(page.locator(RUN)).to_have_count(0)
    until(page, lambda: not served.server.sockets)
