"""A zoomed part of a live chart stays selected while the run continues."""

from __future__ import annotations

from playwright.sync_api import expect

from harness.browser.live_chart import Open, data, plot, to_the_end, wait_data
from harness.browser.live_chart_server import (
    LiveChartServer,
    synthetic_frame,
)


def test_a_zoom_survives_a_playing_run_and_a_double_click_undoes_it(open_chart: Open) -> None:
    page = open_chart("steady-zoomed", motion=True)
    wait_data(page, "frames", "+value > 20")
    full = plot(page, "loss", "p._fullLayout.yaxis.range")
    box = page.locator("[data-chart=loss] .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=5)
    page.mouse.up()
    high = "(([low, high]) => high - low)(document.querySelector('[data-chart=loss] .plot')._fullLayout.yaxis.range)"
    page.wait_for_function(f"{high} < {0.9 * (full[1] - full[0])}")
    zoomed = plot(page, "loss", "p._fullLayout.yaxis.range")
    now = int(data(page, "frames"))
    wait_data(page, "frames", f"+value > {now + 40}")
    assert plot(page, "loss", "p._fullLayout.yaxis.range") == zoomed
    page.mouse.dblclick(box["x"] + 100, box["y"] + 50)
    page.wait_for_function(f"{high} >= {full[1] - full[0]}")


def test_a_zoom_along_time_holds_for_all_curves_and_not_for_the_other_axis(
    open_chart: Open, served: LiveChartServer
) -> None:
    page = open_chart("parted-zoomed", motion=True)
    wait_data(page, "frames", "+value > 20")
    full = plot(page, "kernel", "p._fullLayout.xaxis.range")
    box = page.locator("[data-chart=loss] .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 32, steps=5)
    page.mouse.up()
    right = "document.querySelector('[data-chart=kernel] .plot')._fullLayout.xaxis.range[1]"
    page.wait_for_function(f"(high) => {right} < high", arg=full[1])
    span = plot(page, "kernel", "p._fullLayout.xaxis.range")
    assert plot(page, "loss", "p._fullLayout.xaxis.range") == span
    top, bottom = "p._fullLayout.yaxis.range[1]", "10 ** p._fullLayout.yaxis.range[0]"
    late = synthetic_frame(360, True).metrics
    assert plot(page, "kernel", top) < late["kernel_distance"]
    assert plot(page, "loss", bottom) > late["train_loss"]
    page.get_by_label("Speed").select_option("8")
    served.server.runs["parted-zoomed"].released = True
    wait_data(page, "frames", "+value > 361")
    assert plot(page, "kernel", top) >= late["kernel_distance"]
    assert plot(page, "loss", bottom) <= late["train_loss"]
    assert plot(page, "loss", "p._fullLayout.xaxis.range") == span
    page.mouse.dblclick(box["x"] + 100, box["y"] + 50)
    page.wait_for_function(f"(high) => {right} > high", arg=span[1])


def test_a_plane_added_later_has_the_zoom_of_planes_with_the_same_scale(open_chart: Open) -> None:
    page = open_chart("rich", ["lazy-4"])
    to_the_end(page)
    page.get_by_label("same scale").check()
    page.evaluate("show('rich')")
    expect(page.locator(".plane-chart")).to_have_count(1)
    full = plot(page, "plane", "p._fullLayout.xaxis.range")
    box = page.locator("[data-chart=plane] .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 250, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "(full) => document.querySelector('[data-chart=plane] .plot')._fullLayout.xaxis.range[1] < full", arg=full[1]
    )
    page.evaluate("show('rich', ['lazy-1'])")
    expect(page.locator(".plane-chart .main-svg").first).to_be_visible()
    page.wait_for_function("document.querySelectorAll('.plane-chart .plot.js-plotly-plot').length === 2")
    sides = page.evaluate(
        """[...document.querySelectorAll('.plane-chart .plot')].map(({layout: {xaxis, yaxis}}) =>
            [xaxis.range, yaxis.range])"""
    )
    assert sides[0] == sides[1]
    assert sides[0][0][1] < full[1] and sides[0][1] != full
