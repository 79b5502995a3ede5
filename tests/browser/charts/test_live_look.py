"""A live chart in the other theme, on a sharper screen, and as a saved file."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from harness.browser.live_chart import RUN, Open, data, plot, to_the_end, wait_data
from harness.browser.live_chart_server import (
    STEPS,
)


def test_a_chart_is_saved_from_its_own_bar(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    for format in ("png", "svg"):
        page.hover("[data-chart=loss] .nsewdrag")
        with page.expect_download() as download:
            page.locator(f'[data-chart=loss] [data-title="Download as {format.upper()}"]').click()
        assert download.value.suggested_filename == f"lazyrich-loss-step-{STEPS[-1]}.{format}"
        saved = Path(download.value.path()).read_bytes()
        if format == "png":
            assert saved.startswith(b"\x89PNG")
        else:
            text = saved.decode()
            assert text.startswith("<svg") and "Loss" in text and "train" in text


def test_another_theme_changes_the_ink_of_the_charts_at_once(open_chart: Open) -> None:
    page = open_chart("endless-themed", motion=True)
    wait_data(page, "frames", "+value > 3")
    light = plot(page, "loss", "p._fullLayout.font.color")
    page.evaluate("theme(true)")
    look = "document.querySelector('[data-chart=loss] .plot')._fullLayout.font.color"
    page.wait_for_function(f"(ink) => {look} !== ink", arg=light)
    now = int(data(page, "frames"))
    wait_data(page, "frames", f"+value > {now + 3}")


def test_a_chart_at_rest_takes_another_theme_with_its_curves_and_stays_at_rest(open_chart: Open) -> None:
    page = open_chart("rich")
    to_the_end(page)
    curves = plot(page, "loss", "p.data.map((t) => t.x.length)")
    light = plot(page, "loss", "p._fullLayout.font.color")
    page.evaluate(
        """() => {
        window.moved = 0;
        for (const figure of document.querySelectorAll("figure.chart")) {
            const look = () => { window.moved += figure.classList.contains("painting"); };
            new MutationObserver(look).observe(figure, { attributeFilter: ["class"] });
        }
        theme(true);
    }"""
    )
    look = "document.querySelector('[data-chart=loss] .plot')._fullLayout.font.color"
    page.wait_for_function(f"(ink) => {look} !== ink", arg=light)
    page.wait_for_timeout(300)
    assert page.evaluate("moved") == 0
    assert plot(page, "loss", "p.data.map((t) => t.x.length)") == curves


def test_sharper_pixels_are_painted_on_as_soon_as_the_screen_has_them(open_chart: Open) -> None:
    page = open_chart("queued")
    page.evaluate("unmount()")
    expect(page.locator(RUN)).to_have_count(0)
    page.evaluate(
        """() => {
        window.resolutions = [];
        window.ask = window.matchMedia;
        window.matchMedia = (query) => {
            const answer = ask.call(window, query);
            if (query.includes("resolution")) resolutions.push(answer);
            return answer;
        };
        return show("rich");
    }"""
    )
    to_the_end(page)
    canvas = "document.querySelector('[data-chart=plane] canvas')"
    devtools = page.context.new_cdp_session(page)
    screen = {"width": 1280, "height": 800, "mobile": False}
    try:
        devtools.send("Emulation.setDeviceMetricsOverride", {**screen, "deviceScaleFactor": 2})
        width = page.evaluate(f"{canvas}.width")
        # an emulated screen does not send this event
        page.evaluate("resolutions.at(-1).dispatchEvent(new Event('change'))")
        page.wait_for_function(f"(width) => Math.abs({canvas}.width - 2 * width) <= 1", arg=width)
        assert page.evaluate("resolutions.at(-1).media") == "(resolution: 2dppx)"
    finally:
        devtools.send("Emulation.setDeviceMetricsOverride", {**screen, "deviceScaleFactor": 1})
        page.evaluate("() => { window.matchMedia = ask; }")
