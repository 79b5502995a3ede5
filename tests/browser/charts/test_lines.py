"""Line charts of one frame show its numbers, and draw missing numbers as gaps."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from harness.browser.chart_samples import LINES, SIZES, errors, lines_run
from harness.browser.one_chart import DARK, LIGHT, Run, apart, named, near, pixel, show, texts, traces
from lazyrich.palette import GHOST, NETWORK_COLOURS


def gaps(values: np.ndarray) -> list[float | None]:
    """Return the values as they come through JSON, in single precision."""
    return [float(value) if np.isfinite(value) else None for value in np.float32(values)]


@pytest.mark.parametrize("frame", [0, 2, 3])
def test_at_rest_each_line_has_the_numbers_of_its_network_with_gaps(page: Page, frame: int) -> None:
    run = lines_run()
    show(page, LINES, run, frame)
    for k, label in enumerate(LINES["labels"]):
        (line,) = named(page, label)
        assert line["x"] == SIZES
        assert line["y"] == gaps(run.arrays["test_error"][frame, k, :, 0])
        assert line["line"]["color"] == NETWORK_COLOURS[k]
        hollow = [white == LIGHT["background"] for white in line["marker"]["color"]]
        assert hollow == [k == 1 and i >= 2 for i in range(5)]


def test_bands_end_where_the_numbers_end(page: Page) -> None:
    run = lines_run()
    show(page, LINES, run, 3)
    bands = [trace for trace in traces(page) if trace.get("fill") == "toself"]
    assert len(bands) == 3
    low, high = run.arrays["test_error"][3, :, :, 1], run.arrays["test_error"][3, :, :, 2]
    assert bands[0]["x"] == SIZES + SIZES[::-1]
    assert bands[0]["y"] == gaps(np.concatenate([low[0], high[0][::-1]]))
    # the last network has the points 0, 2 and 3: a lone one, and two neighbours
    assert bands[2]["x"] == SIZES[2:4] + SIZES[3:1:-1]
    (line,) = named(page, "α 4")
    up, down = line["error_y"]["array"], line["error_y"]["arrayminus"]
    assert [up[0], down[0]] == pytest.approx([0.04, 0.05], rel=1e-5)
    assert up[1:] == down[1:] == [None] * 4


def test_while_playing_pixels_lie_where_the_numbers_are_and_no_line_crosses_a_gap(page: Page) -> None:
    run = lines_run()
    show(page, LINES, run, 3, rest=False)
    values = run.arrays["test_error"][3, :, :, 0]
    for k in range(3):
        for i, x in enumerate(SIZES):
            if np.isnan(values[k, i]) or i == 4:
                continue  # the lines meet in the last point
            colour = LIGHT["background"] if k == 1 and i >= 2 else NETWORK_COLOURS[k]
            assert near(pixel(page, x, values[k, i]), colour), (k, i)
    between = np.sqrt(SIZES[2] * SIZES[3])
    assert near(pixel(page, between, values[2, 2:4].mean()), NETWORK_COLOURS[2])
    gap = np.sqrt(SIZES[0] * SIZES[2])
    assert pixel(page, gap, values[2, [0, 2]].mean())[3] == 0
    assert pixel(page, np.sqrt(SIZES[0] * SIZES[1]), values[0, :2].mean() + 0.03)[3] == 51, "the band is not pale"
    assert pixel(page, np.sqrt(SIZES[0] * SIZES[1]), values[0, :2].mean() + 0.08)[3] == 0, "the band is too high"
    page.evaluate("show(makeScene(0), false)")
    assert pixel(page, between, values[0, 2:4].mean())[3] == 0, "the frame before was not erased"


def test_an_array_without_spread_has_no_bands(page: Page) -> None:
    values = errors()[..., :1].squeeze(-1)
    run = Run({"test_error": values}, {"test_error_x": SIZES})
    show(page, {**LINES, "hollow": None, "markers": False}, run, 2)
    assert not [trace for trace in traces(page) if trace.get("fill")]
    (line,) = named(page, "α 1")
    assert line["y"] == gaps(values[2, 1])
    assert line["mode"] == "lines"


def test_a_lone_point_has_a_marker_also_where_there_are_none(page: Page) -> None:
    values = errors()[..., :1].squeeze(-1)
    run = Run({"test_error": values}, {"test_error_x": SIZES})
    spec = {**LINES, "hollow": None, "markers": False}
    show(page, spec, run, 3)
    (line,) = named(page, "α 4")
    assert [size > 0 for size in line["marker"]["size"]] == [True, False, False, False, False]
    show(page, spec, run, 3, rest=False)
    assert near(pixel(page, SIZES[0], values[3, 2, 0]), NETWORK_COLOURS[2])


def test_kept_runs_are_dotted_and_the_run_before_is_grey_both_without_bands(page: Page) -> None:
    others = {"kept one": lines_run(0.9 * errors()), "ghost": lines_run(1.1 * errors())}
    show(page, LINES, lines_run(), 3, others=others)
    (kept,) = named(page, "α 1, kept one")
    assert kept["line"] == {"color": NETWORK_COLOURS[1], "width": 2, "dash": "2px,4px"}
    assert kept["y"] == gaps(others["kept one"].arrays["test_error"][3, 1, :, 0])
    (ghost,) = named(page, "α 1, previous run")
    assert ghost["line"]["color"] == GHOST
    assert ghost["y"] == gaps(others["ghost"].arrays["test_error"][3, 1, :, 0])
    assert len([trace for trace in traces(page) if trace.get("fill")]) == 3
    assert "error_y" not in named(page, "α 4, kept one")[0]


@pytest.mark.parametrize("log", [False, True])
def test_the_axis_holds_all_numbers_of_the_run_and_ends_just_above_the_ceiling(page: Page, log: bool) -> None:
    values = errors()
    values[1, 0, 0] = 0.97  # the highest number is in a frame before the last
    values[2, 1, 0] = [0.04, 0.002, 0.05]
    spec = {**LINES, "y": {"log": log, "title": "error", "floor": 0.0, "ceiling": 1.0}}
    show(page, spec, lines_run(values), 3)
    low, high = page.evaluate("chart.plot.layout.yaxis.range")
    if log:
        assert low <= np.log10(0.002)
        assert 0 <= high < 0.3
    else:
        assert -0.06 <= low <= 0
        assert 1 <= high <= 1.06


def test_a_network_that_diverges_does_not_squeeze_the_others(page: Page) -> None:
    values = errors()
    values[2, 0, 0] = 1e20
    show(page, {**LINES, "y": {"log": False}}, lines_run(values), 3)
    assert page.evaluate("chart.plot.layout.yaxis.range[1]") < 3


@pytest.mark.parametrize("width", [230, 300, 500])
def test_labels_of_the_x_axis_are_the_points_and_do_not_touch(page: Page, width: int) -> None:
    show(page, LINES, lines_run(), size=(width, 260))
    labels = texts(page, ".xtick text")
    assert set(labels) <= {"128", "512", "2,048", "8,192", "32,768"}
    assert len(labels) >= (5 if width == 500 else 2)
    assert apart(page, ".xtick text")
    # another width has another number of labels
    page.evaluate("document.querySelector('.curves').style.width = '600px'; chart.resize()")
    assert texts(page, ".xtick text") == ["128", "512", "2,048", "8,192", "32,768"]


def test_a_point_shows_its_numbers_under_the_pointer(page: Page) -> None:
    show(page, LINES, lines_run(), 3)
    x, y = page.evaluate(
        """async () => {
            const {place, plotArea} = await import("/static/core/axes.js");
            const area = plotArea(chart.plot);
            const {left, top} = chart.plot.getBoundingClientRect();
            return [left + area.left + place(area.x, 512), top + area.top + place(area.y, 0.7)];
        }"""
    )
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer .hovertext")).to_contain_text("training strings 512: 0.700 (0.650 to 0.740)")


def test_guides_are_lines_across_with_their_names(page: Page) -> None:
    show(page, LINES, lines_run(), 0, rest=False)
    assert texts(page, ".annotation text") == ["30 %", "10 %"]
    drawn = [pixel(page, x, 0.3, "line")[3] for x in np.geomspace(1000, 20000, 60)]
    assert 10 < np.count_nonzero(drawn) < 50
    page.evaluate("show(makeScene(0))")
    guide = next(trace for trace in traces(page) if trace["y"] == [0.3, 0.3])
    assert guide["x"][0] < SIZES[0] and guide["x"][1] > SIZES[-1]


def test_in_the_dark_hollow_markers_are_dark(page: Page) -> None:
    show(page, LINES, lines_run(), 3, theme=DARK, rest=False)
    assert near(pixel(page, SIZES[2], 0.4), DARK["background"])
