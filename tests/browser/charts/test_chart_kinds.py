"""Charts of one moment, on their own: lines, bars and tables show the numbers of their frame, and gaps as gaps."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from plotly.colors import sample_colorscale

from harness.browser.contrast import contrast
from harness.browser.live_chart_server import LiveChartServer
from harness.browser.parts import watched
from harness.browser.touch import swipe
from lazyrich import charts
from lazyrich.client import protocol
from lazyrich.frame import Frame, RunHeader
from lazyrich.palette import GHOST, NEGATIVE, NETWORK_COLOURS, POSITIVE

pytestmark = pytest.mark.browser

NAN = np.nan
LIGHT = {"text": "rgb(49, 51, 63)", "muted": "rgb(107, 108, 117)", "line": "rgb(183, 183, 188)"}
LIGHT |= {"grid": "rgb(234, 235, 236)", "background": "rgb(255, 255, 255)", "dark": False}
DARK = {"text": "rgb(250, 250, 250)", "muted": "rgb(184, 185, 187)", "line": "rgb(97, 99, 103)"}
DARK |= {"grid": "rgb(38, 40, 46)", "background": "rgb(14, 17, 23)", "dark": True}
PALETTE = {"networks": list(NETWORK_COLOURS), "positive": POSITIVE, "negative": NEGATIVE, "ghost": GHOST}

SETUP = """
    const module = await import(`/static/charts/${spec.kind}/${spec.kind}.js`);
    const Kind = module.LinesChart ?? module.BarsChart ?? module.HeatChart;
    const {RunLog} = await import("/static/stream/run_log.js");
    const {deliver, readAnswer} = await import("/static/stream/protocol.js");
    const {loadPlotly, loadStyle} = await import("/static/entry/load.js");
    const [Plotly] = await Promise.all([loadPlotly("/plotly.min.js"), loadStyle("/static/css/live.css")]);
    const logs = new Map(Object.keys(answers).map((id) => [id, new RunLog(id)]));
    for (const answer of Object.values(answers)) {
        deliver(readAnswer(Uint8Array.from(atob(answer), (c) => c.charCodeAt(0)).buffer), logs);
    }
    window.makeScene = (upTo, look = theme, shown = "current") => {
        const log = logs.get(shown) ?? new RunLog("none");
        const current = {log, upTo, key: "current", label: "", colour: "#0072B2"};
        const all = (start) => [...logs.keys()].filter((id) => id.startsWith(start))
            .map((id) => ({log: logs.get(id), upTo: logs.get(id).count - 1, key: id, label: id, colour: "#CC79A7",
                dash: "dot"}));
        const kept = all("kept");
        const font = "DejaVu Sans, sans-serif";
        return {current, kept, ghost: all("ghost")[0] ?? null, runs: [current, ...kept],
            theme: {...look, font, key: look.background}, colours};
    };
    const host = document.createElement("div");
    host.className = "live-run";
    host.style.cssText = `margin: 10px; width: ${phone ? size[0] : 700}px; --st-text-color: ${theme.text};
        --st-background-color: ${theme.background}; --st-font: DejaVu Sans, sans-serif`;
    const column = document.createElement("div");
    column.className = "curves";
    Object.assign(column.style, {width: `${size[0]}px`, height: `${size[1]}px`});
    host.append(column);
    document.body.replaceChildren(host);
    document.body.style.background = theme.background;
    const chart = new Kind(spec, (from) => (window.zooms = (window.zooms ?? 0) + 1));
    column.append(chart.node);
    window.chart = chart;
    window.show = (scene, rest = true) => {
        chart.fit(scene);
        chart.paint(scene);
        if (rest) chart.settle(scene);
    };
    chart.describe(makeScene(-1, theme, "none"));
    chart.build(Plotly, makeScene(-1, theme, "none"));
    chart.describe(makeScene(-1));
    chart.resize();
    show(makeScene(frame), rest);
"""


class Run:
    """A run of frames with these chart arrays, (frames, ...) each, in the format in which they travel. spread: names of
    those whose last axis is (median, lowest, highest)."""

    def __init__(self, arrays: dict[str, Any], view: dict[str, Any] | None = None, spread: tuple[str, ...] = ()):
        self.arrays = {name: np.asarray(values, dtype=np.float32) for name, values in arrays.items()}
        count = {len(values) for values in self.arrays.values()}.pop()
        header = RunHeader(arrays={}, chart_data=view or {}, environment={}, spread=spread)
        self.frames = [
            Frame(
                step=100 * k,
                time=float(k),
                metrics={},
                arrays={},
                chart_data={name: values[k] for name, values in self.arrays.items()},
                verdict="",
                header=None if k else header,
            )
            for k in range(count)
        ]

    def packed(self, id: str) -> str:
        """The server's answer, in base 64."""
        count = len(self.frames)
        entry = {"id": id, "status": "finished", "message": "", "progress": 1, "remedy": {}, "first": 0}
        entry |= {"count": count, "verdicts": [""] * count}
        entry["header"] = protocol.describe_run(self.frames[0], count, {})
        rows = [protocol.pack_frame(frame) for frame in self.frames]
        return base64.b64encode(protocol.pack_answer([(entry, rows)])).decode()


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """What travels of a specification: with an id, a title and all defaults."""
    given = {name: value for name, value in spec.items() if value is not None}
    return charts.read({"id": "one", "title": "A chart", **given}).wire()


def show(
    page: Page,
    spec: dict[str, Any],
    run: Run,
    frame: int = -1,
    others: dict[str, Run] | None = None,
    theme: dict[str, Any] = LIGHT,
    size: tuple[int, int] = (500, 260),
    rest: bool = True,
    phone: bool = False,
) -> None:
    """Put a chart on the page. others: kept runs and ghosts by name, "kept..." and "ghost..."."""
    known = {
        "spec": complete(spec),
        "answers": {name: one.packed(name) for name, one in {"current": run, **(others or {})}.items()},
        "theme": theme,
        "colours": PALETTE,
        "size": size,
        "frame": frame % len(run.frames),
        "rest": rest,
        "phone": phone,
    }
    names = ", ".join(known)
    page.evaluate(f"async ({{{names}}}) => {{ {SETUP} }}", known)


def traces(page: Page) -> list[dict[str, Any]]:
    """What plotly draws, as plain data."""
    return json.loads(page.evaluate("JSON.stringify(chart.plot.data)"))


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One for all tests, for plotly takes a second to load; each test puts its own chart there."""
    with LiveChartServer() as server:
        page = browser.new_page(viewport={"width": 720, "height": 500})
        page.goto(server.address)
        yield page
        page.close()


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    with watched(tab):
        yield tab


SIZES = [128, 512, 2048, 8192, 32768]


def errors(frames: int = 4) -> np.ndarray:
    """(frames, 3 networks, 5 points, 3): more points with each frame; a gap in the last network, a lone point in it."""
    median = np.array([[0.9, 0.7, 0.5, 0.3, 0.1]]) * np.array([[1.0], [0.8], [0.6]])
    spread = np.stack([median, median - 0.05, median + 0.04], axis=-1)
    values = np.repeat(spread[None], frames, axis=0)
    for k in range(frames):
        values[k, :, k + 2 :] = NAN
    values[-1, 2, 1] = values[-1, 2, 4] = NAN
    return values


LINES = {
    "kind": "lines",
    "title": "Test error",
    "array": "test_error",
    "x": "test_error_x",
    "x_title": "training strings",
    "x_log": True,
    "y": {"log": False, "title": "share of wrong classes", "floor": 0.0, "least": 1.0, "ceiling": 1.0},
    "labels": ["α 0.5", "α 1", "α 4"],
    "hollow": "converged",
    "markers": True,
    "guides": [{"y": 0.3, "label": "30 %"}, {"y": 0.1, "label": "10 %"}],
}


def lines_run(values: np.ndarray | None = None, **view: Any) -> Run:
    test_error = errors() if values is None else values
    converged = np.ones(test_error.shape[:3])
    converged[:, 1, 2:] = 0
    arrays = {"test_error": test_error, "converged": converged}
    return Run(arrays, {"test_error_x": SIZES, **view}, spread=("test_error",))


def gaps(values: np.ndarray) -> list[float | None]:
    """As JSON has them, in single precision."""
    return [float(value) if np.isfinite(value) else None for value in np.float32(values)]


def pixel(page: Page, x: float, y: float, canvas: str = "head") -> list[int]:
    """RGBA of the chart's canvas where plotly's axes have the point (x, y)."""
    x, y = float(x), float(y)
    return page.evaluate(
        """async ([x, y, canvas]) => {
            const {place, plotArea} = await import("/static/core/axes.js");
            const area = plotArea(chart.plot);
            const at = [place(area.x, x) * chart.layer.scale[0], place(area.y, y) * chart.layer.scale[1]];
            return [...chart.layer[canvas].getImageData(...at.map(Math.floor), 1, 1).data];
        }""",
        [x, y, canvas],
    )


def rgb(colour: str) -> list[int]:
    if colour.startswith("#"):
        return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return [int(part) for part in colour[4:-1].split(",")]


def near(seen: list[int], colour: str) -> bool:
    """Whether a pixel is of a colour, all of it."""
    return seen[3] > 250 and np.abs(np.subtract(seen[:3], rgb(colour))).max() <= 3


def named(page: Page, name: str) -> list[dict[str, Any]]:
    return [trace for trace in traces(page) if trace.get("name") == name]


def texts(page: Page, where: str) -> list[str]:
    """Of plotly's drawing."""
    return page.locator(f".plot {where}").all_text_contents()


def apart(page: Page, where: str) -> bool:
    """Whether texts side by side do not touch, and none is cut off at the edges of the chart."""
    boxes = sorted((box.bounding_box() for box in page.locator(f".plot {where}").all()), key=lambda box: box["x"])
    frame = page.locator(".frame").bounding_box()
    inside = all(frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] for box in boxes)
    return inside and all(one["x"] + one["width"] < other["x"] for one, other in pairwise(boxes))


# ---- lines


@pytest.mark.parametrize("frame", [0, 2, 3])
def test_at_rest_each_line_is_its_networks_row_of_the_frame_with_gaps_where_there_is_nothing(
    page: Page, frame: int
) -> None:
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
    # of the last network there are the points 0, 2 and 3: one for itself, two that are neighbours
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
                continue  # at the end the lines come together
            colour = LIGHT["background"] if k == 1 and i >= 2 else NETWORK_COLOURS[k]
            assert near(pixel(page, x, values[k, i]), colour), (k, i)
    between = np.sqrt(SIZES[2] * SIZES[3])
    assert near(pixel(page, between, values[2, 2:4].mean()), NETWORK_COLOURS[2])
    gap = np.sqrt(SIZES[0] * SIZES[2])
    assert pixel(page, gap, values[2, [0, 2]].mean())[3] == 0
    assert pixel(page, np.sqrt(SIZES[0] * SIZES[1]), values[0, :2].mean() + 0.03)[3] == 51, "a band is pale"
    assert pixel(page, np.sqrt(SIZES[0] * SIZES[1]), values[0, :2].mean() + 0.08)[3] == 0, "and ends at the highest"
    page.evaluate("show(makeScene(0), false)")
    assert pixel(page, between, values[0, 2:4].mean())[3] == 0, "the next frame is drawn anew"


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
    values[1, 0, 0] = 0.97  # in a frame that is not the last
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
    # another width, another number of labels
    page.evaluate("document.querySelector('.curves').style.width = '600px'; chart.resize()")
    assert texts(page, ".xtick text") == ["128", "512", "2,048", "8,192", "32,768"]


def test_a_point_tells_its_numbers_under_the_pointer(page: Page) -> None:
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


# ---- bars

BARS = {
    "kind": "bars",
    "title": "The wait",
    "array": "delay",
    "under": "train_steps",
    "under_label": "to 95 % train",
    "labels": ["α 0.5", "α 1", "α 2", "α 4"],
    "waiting": "not yet",
    "y": {"log": False, "title": "steps"},
}
DELAY = np.array([[900, 700, 1200], [400, 350, 500], [NAN] * 3, [NAN] * 3])
TRAINED = np.array([[300, 200, 400], [350, 300, 400], [500, 450, 500], [NAN] * 3])


def bars_run() -> Run:
    """Nothing yet, then only the training, then all."""
    nothing = np.full((4, 3), NAN)
    arrays = {"delay": np.stack([nothing, nothing, DELAY]), "train_steps": np.stack([nothing, TRAINED, TRAINED])}
    return Run(arrays, spread=tuple(arrays))


def test_bars_stand_on_what_came_before_with_whiskers_and_say_what_is_not_there_yet(page: Page) -> None:
    show(page, BARS, bars_run())
    feet, bars = traces(page)
    assert feet["y"] == bars["base"] == [300, 350, 500, 0]
    assert bars["y"] == [900, 400, None, None]
    assert bars["error_y"]["array"][:2] == [300, 100]
    assert bars["error_y"]["arrayminus"][:2] == [200, 50]
    assert bars["marker"]["color"] == feet["marker"]["color"] == list(NETWORK_COLOURS[:4])
    assert feet["marker"]["opacity"] < 0.5
    notes = page.evaluate("chart.plot.layout.annotations.map(({x, y, text}) => [x, y, text])")
    assert notes == [[2, 500, "not yet"], [3, 0, "not yet"]]
    expect(page.locator("figcaption")).to_contain_text("to 95 % train")
    assert page.evaluate("chart.plot.layout.yaxis.range[1]") >= 1500, "the highest whisker has room"


def test_while_playing_the_bars_are_pixels_and_plotlys_are_hidden(page: Page) -> None:
    show(page, BARS, bars_run())
    page.evaluate("show(makeScene(2), false)")
    assert near(pixel(page, 0.2, 1100), NETWORK_COLOURS[0])
    assert near(pixel(page, 1.2, 700), NETWORK_COLOURS[1])
    assert pixel(page, 0.2, 1250)[3] == 0
    assert pixel(page, 0.2, 150)[3] == pytest.approx(0.3 * 255, abs=3)
    assert pixel(page, 2.2, 250)[3] == pytest.approx(0.3 * 255, abs=3)
    assert near(pixel(page, 0, 1450), LIGHT["text"]), "a whisker"
    for layer in (".barlayer", ".annotation"):
        assert page.locator(f".plot {layer}").first.evaluate("(node) => getComputedStyle(node).visibility") == "hidden"
    page.evaluate("show(makeScene(1), false)")
    assert pixel(page, 0.2, 1100)[3] == 0
    page.evaluate("show(makeScene(1))")
    expect(page.locator(".plot .barlayer")).to_be_visible()


@pytest.mark.parametrize("width", [230, 500])
def test_labels_below_six_bars_do_not_touch(page: Page, width: int) -> None:
    names = ["α 0.25", "α 0.5", "α 1", "α 1.5", "α 2", "α 14.5"]
    run = Run({"delay": np.repeat(DELAY[None, :2], 3, axis=1)}, spread=("delay",))
    show(page, {**BARS, "labels": names, "under": None}, run, size=(width, 260))
    assert texts(page, ".xtick text") == (names if width == 500 else [name[2:] for name in names])
    assert texts(page, ".xtitle") == ([] if width == 500 else ["α"])
    assert apart(page, ".xtick text")


def test_bars_on_a_logarithmic_axis_start_at_its_foot(page: Page) -> None:
    show(page, {**BARS, "y": {"log": True, "title": "steps"}}, bars_run(), rest=False)
    bottom, top = page.evaluate("chart.plot.layout.yaxis.range")
    assert 10**bottom < 300 and 10**top > 1500
    assert pixel(page, 0.2, 1.02 * 10**bottom)[3] == pytest.approx(0.3 * 255, abs=3)
    assert near(pixel(page, 0.2, 1100), NETWORK_COLOURS[0])


# ---- tables

MAP = {
    "kind": "heat",
    "title": "Activations flipped",
    "array": "map",
    "x": "alphas",
    "y": "taus",
    "x_title": "α, upstream to the right",
    "y_title": "τ",
    "range": [0, 1],
    "write": True,
    "digits": 2,
}
ALPHAS, TAUS = [0.1, 1, 10, 20], [0.3, 1, 3]
VALUES = np.array([[0.0, 0.2, 0.4, 0.6], [0.3, 0.5, 0.7, 0.9], [1.0, 0.8, 0.1, NAN]])


def map_run(values: np.ndarray = VALUES) -> Run:
    """Two frames: nothing yet, and these values."""
    return Run({"map": np.stack([np.full_like(values, NAN), values])}, {"alphas": ALPHAS, "taus": TAUS})


def cells(page: Page, inside: tuple[float, float] = (0.2, 0.2)) -> np.ndarray:
    """RGBA (tables, lines, columns, 4) of the cells as they are on the screen, at this share of their size."""
    return np.array(
        page.evaluate(
            """([right, down]) => {
                const {layout: {tables, cell, rows, columns}, canvas} = chart;
                const ratio = canvas.width / canvas.clientWidth;
                const context = canvas.getContext("2d");
                const {data, width} = context.getImageData(0, 0, canvas.width, canvas.height);
                const read = (x, y) => {
                    const at = 4 * (Math.floor(ratio * y) * width + Math.floor(ratio * x));
                    return [...data.slice(at, at + 4)];
                };
                return tables.map(({x, y}) => Array.from({length: rows}, (_, i) => Array.from({length: columns},
                    (_, j) => read(x + (j + right) * cell[0], y + (i + down) * cell[1]))));
            }""",
            list(inside),
        )
    )


def viridis(share: float) -> np.ndarray:
    (colour,) = sample_colorscale("Viridis", [share])
    return np.array(rgb(colour))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_cells_have_the_colours_of_their_numbers_the_second_axis_upwards(page: Page, theme: dict[str, Any]) -> None:
    show(page, MAP, map_run(), theme=theme)
    (seen,) = cells(page)
    for row, line in enumerate(reversed(range(3))):
        for column in range(4):
            if np.isnan(VALUES[row, column]):
                assert seen[line, column, 3] == 0, "a number that is not there yet is paper"
            else:
                assert np.abs(seen[line, column, :3] - viridis(VALUES[row, column])).max() <= 20
    page.evaluate("show(makeScene(0))")
    assert not cells(page)[..., 3].any()


def test_without_an_axis_the_first_row_is_the_uppermost(page: Page) -> None:
    show(page, {**MAP, "x": None, "y": None, "write": False}, map_run())
    (seen,) = cells(page)
    assert np.abs(seen[0, 0, :3] - viridis(0)).max() <= 20
    assert np.abs(seen[2, 0, :3] - viridis(1)).max() <= 20
    width, height = page.evaluate("chart.layout.cell")
    assert width == height


@pytest.mark.parametrize(
    ("values", "ends"),
    [([0.1, 0.4, 0.2, 0.8], ["0", "0.8"]), ([50, 50.1, 50.2, 50], ["48", "53"]), ([0, 0, 0, 0], ["0", "1"])],
)
def test_without_a_range_colours_go_through_what_the_run_has_shown(
    page: Page, values: list[float], ends: list[str]
) -> None:
    run = Run({"map": np.array([[values], [[0.9 * v for v in values]]])}, {"alphas": ALPHAS})
    show(page, {**MAP, "y": None, "range": None}, run if ends[0] != "48" else Run({"map": [[values]]}), 0)
    assert page.locator(".scale-key").inner_text().split() == ends


@pytest.mark.parametrize("size", [(500, 260), (250, 260), (250, 500)])
def test_one_table_for_each_network_all_inside_and_apart(page: Page, size: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    right = random.integers(0, 2, size=(1, 4, 11, 11)).astype(float)
    spec = {**MAP, "x": None, "y": None, "labels": BARS["labels"], "write": False}
    show(page, spec, Run({"map": right}), size=size)
    seen = cells(page, (0.5, 0.5))
    for k in range(4):
        bright = seen[k, :, :, 0] > 150
        assert (bright == (right[0, k] == 1)).all()
    at = np.array(page.evaluate("chart.layout.tables.map(({x, y}) => [x, y])"))
    across = page.evaluate("chart.layout.size[0]")
    width, height = page.evaluate("[chart.frame.clientWidth, chart.frame.clientHeight]")
    assert (at >= 0).all()
    assert (at + across <= [width, height]).all()
    gaps = np.abs(at[:, None] - at[None]).max(axis=-1) + 1e6 * np.eye(4)
    assert gaps.min() > across


def test_outlines_are_seen_on_dark_and_light_cells_and_say_what_they_mean(page: Page) -> None:
    right = np.array([[0, 1, 0, 1]] * 4, dtype=float)
    learned = np.array([[0, 0, 1, 1]] * 4)
    spec = {**MAP, "x": None, "y": None, "write": False, "outline": "learned", "outline_label": "training sum"}
    show(page, spec, Run({"map": np.stack([right, right])[None]}, {"learned": learned.tolist()}))
    side = page.evaluate("chart.layout.cell[0]")
    edge = cells(page, (1.4 / side, 0.5))[:, 1, :, :3]
    inner = cells(page, (0.5, 0.5))[:, 1, :, :3]
    assert np.abs(edge - inner)[:, :2].max() <= 2, "no outline"
    assert np.abs(edge - inner)[:, 2:].max(axis=-1).min() > 120
    expect(page.get_by_text("training sum", exact=True)).to_be_visible()
    x, y = page.evaluate(
        """(() => {
            const {left, top} = chart.plot.getBoundingClientRect();
            const {tables: [, {x, y}], cell} = chart.layout;
            return [left + x + 2.5 * cell[0], top + y + 1.5 * cell[1]];
        })()"""
    )
    page.mouse.move(x, y)
    expect(page.locator(".tip")).to_have_text("2, row 1, column 2: 0 (training sum)")


def test_where_cells_are_too_small_for_outlines_nothing_promises_them(page: Page) -> None:
    learned = np.eye(60)
    spec = {**MAP, "x": None, "y": None, "write": False, "outline": "learned", "outline_label": "training sum"}
    show(page, spec, Run({"map": np.ones((1, 60, 60))}, {"learned": learned.tolist()}))
    expect(page.get_by_text("training sum", exact=True)).to_be_hidden()
    assert np.ptp(cells(page, (0.5, 0.5))[:, 1:-1, 1:-1, :3], axis=(0, 1, 2)).max() == 0


def test_a_cell_tells_its_number_under_the_pointer_while_the_run_goes_on(page: Page) -> None:
    show(page, MAP, map_run(), 0)
    tip = page.locator(".tip")
    expect(tip).to_be_hidden()
    x, y = page.evaluate(
        """(() => {
            const {left, top} = chart.plot.getBoundingClientRect();
            const {tables: [{x, y}], cell} = chart.layout;
            return [left + x + 2.5 * cell[0], top + y + 1.5 * cell[1]];
        })()"""
    )
    page.mouse.move(x, y)
    expect(tip).to_have_text("τ 1, α 10: –")
    page.evaluate("show(makeScene(1), false)")
    expect(tip).to_have_text("τ 1, α 10: 0.700")
    page.mouse.move(1, 1)
    expect(tip).to_be_hidden()


@pytest.mark.parametrize("format", ["PNG", "SVG"])
def test_a_table_can_be_saved_with_its_numbers(page: Page, format: str) -> None:
    show(page, MAP, map_run())
    with page.expect_download() as caught:
        page.get_by_role("button", name=f"Download as {format}").click()
    assert caught.value.suggested_filename == f"lazyrich-one-step-100.{format.lower()}"
    content = caught.value.path().read_bytes()
    if format == "PNG":
        assert content.startswith(b"\x89PNG")
        return
    written = page.evaluate(
        """(text) => {
            const picture = new DOMParser().parseFromString(text, "image/svg+xml");
            return [picture.querySelectorAll("parsererror").length,
                [...picture.querySelectorAll("text")].map((node) => node.textContent)];
        }""",
        content.decode(),
    )
    assert written[0] == 0
    numbers = ["0", "0.20", "0.40", "0.60", "0.30", "0.50", "0.70", "0.90", "1.0", "0.80", "0.10"]
    axes = ["0.1", "1", "10", "20", "0.3", "1", "3", "α, upstream to the right", "τ"]
    title = ["Activations flipped, at step 100", "Step 100", "0", "1"]
    assert sorted(written[1]) == sorted(numbers + axes + title)


def test_words_stand_for_the_picture(page: Page) -> None:
    show(page, MAP, map_run())
    label = page.get_by_role("img").get_attribute("aria-label")
    assert label == "Activations flipped, at step 100: 3 rows, 4 columns. 0 to 1.0, mean 0.50."


def test_a_caption_that_is_written_again_leaves_the_focus_where_it_is(page: Page) -> None:
    show(page, MAP, map_run())
    button = page.get_by_role("button", name="Download as SVG")
    button.focus()
    page.evaluate("chart.describe(makeScene(0))")
    expect(button).to_be_focused()


def test_a_tap_tells_a_cell_until_the_next_one(page: Page) -> None:
    show(page, MAP, map_run())
    tip = page.locator(".tip")
    place = """(column) => {
            const {left, top} = chart.plot.getBoundingClientRect();
            const {tables: [{x, y}], cell} = chart.layout;
            return [left + x + (column + 0.5) * cell[0], top + y + 1.5 * cell[1]];
        }"""
    x, y = page.evaluate(place, 2)
    swipe(page, (x, y), (x + 3, y))
    expect(tip).to_be_visible()
    expect(tip).to_have_text("τ 1, α 10: 0.700")
    x, y = page.evaluate(place, 1)
    swipe(page, (x, y), (x + 3, y))
    expect(tip).to_be_visible()
    expect(tip).to_have_text("τ 1, α 1: 0.500")
    swipe(page, (x, y), (x, y + 60))
    expect(tip).to_be_hidden()


def test_the_caption_of_a_path_stays_until_the_next_run_has_begun(page: Page) -> None:
    show(page, MAP, map_run())
    captions = page.evaluate(
        """async () => {
            const {PathChart} = await import("/static/charts/path/path.js");
            const spec = {kind: "path", id: "path", title: "Way", columns: ["u", "v"], axes: ["u", "v"], keys: []};
            const chart = new PathChart(spec, () => {});
            const scenes = ["none", "current", "none", "current"].map((run) => makeScene(-1, undefined, run));
            return scenes.map((scene, k) => {
                if (scene.current.log.header) scene.current.log.header.chart_data.path_note = `note ${k}`;
                chart.describe(scene);
                return chart.caption.textContent;
            });
        }"""
    )
    assert captions == ["Way", "Waynote 1", "Waynote 1", "Waynote 3"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_symbol_of_a_grammar_can_be_read_on_its_colour(page: Page, theme: dict[str, Any]) -> None:
    show(page, MAP, map_run(), theme=theme)
    grammar = {"derivation": [[0], [1, 2], [3, 4, 5, 6]], "rules": [[[[k, 7 - k], [k, k]] for k in range(8)]] * 2}
    chips = page.evaluate(
        """async (grammar) => {
            const {GrammarChart} = await import("/static/charts/grammar/grammar.js");
            const chart = new GrammarChart({kind: "grammar", id: "grammar", title: "A grammar"});
            Object.assign(chart.frame.style, {width: "700px", height: "400px", flex: "none"});
            document.querySelector(".live-run").append(chart.node);
            const scene = makeScene(0);
            scene.current.log.chartData.grammar = grammar;
            chart.build(Plotly, scene);
            return [...chart.frame.querySelectorAll("circle + text")].map((letter) =>
                [letter.previousSibling, letter].map((node) => getComputedStyle(node).fill.match(/\\d+/g).map(Number)));
        }""",
        grammar,
    )
    assert len({tuple(disc) for disc, _ in chips}) == 8
    assert min(contrast(disc, letter) for disc, letter in chips) >= 4.5


# ---- all three


@pytest.mark.parametrize("spec", [LINES, BARS, MAP], ids=lambda spec: spec["kind"])
@pytest.mark.parametrize("width", [250, 500])
def test_a_run_without_the_array_is_an_empty_chart(page: Page, spec: dict[str, Any], width: int) -> None:
    show(page, spec, Run({"something": np.ones((3, 2))}), size=(width, 260))
    for rest in ("false", "true"):
        page.evaluate(f"show(makeScene(2), {rest}); show(makeScene(-1, undefined, 'none'), {rest}); chart.resize()")
    if spec["kind"] == "heat":
        assert page.evaluate("chart.layout") is None
    else:
        assert not [trace for trace in traces(page) if trace["y"] not in ([0.3, 0.3], [0.1, 0.1])]


@pytest.mark.parametrize(("spec", "make"), [(LINES, lines_run), (BARS, bars_run)], ids=["lines", "bars"])
def test_networks_are_named_in_the_caption_unless_the_page_does_it(page: Page, spec: dict[str, Any], make: Any) -> None:
    show(page, spec, make())
    keys = page.locator("figcaption .key").all_inner_texts()
    assert keys[: len(spec["labels"])] == spec["labels"]
    show(page, {**spec, "keys": False}, make())
    expect(page.locator("figcaption")).not_to_contain_text("α")


def test_the_stage_puts_them_where_they_belong_and_links_only_lines_over_the_same_numbers(page: Page) -> None:
    show(page, LINES, lines_run())
    specs = [
        {**LINES, "id": "a", "place": "middle"},
        {**LINES, "id": "b", "place": "right"},
        {**LINES, "id": "c", "place": "right", "x_title": "training loss"},
        {**BARS, "id": "d", "place": "middle"},
        {**BARS, "id": "e"},
        {**MAP, "id": "f", "place": "main"},
    ]
    places, zoomed = page.evaluate(
        """async (specs) => {
            const {ChartGrid} = await import("/static/shell/chart_grid.js");
            const stage = new ChartGrid();
            const host = document.querySelector(".live-run");
            host.replaceChildren(stage.planes, stage.middle, stage.curves);
            for (const node of host.children) node.style.height = "900px";
            const scene = makeScene(3);
            stage.update(specs, scene);
            stage.build(Plotly, scene);
            const [first] = stage.charts;
            for (const chart of [first, stage.charts[3]]) {
                await Plotly.relayout(chart.plot, {"xaxis.range[0]": 2.5, "xaxis.range[1]": 3});
            }
            return [[stage.planes, stage.middle, stage.curves].map((place) =>
                [...place.children].map((node) => node.dataset.chart)),
                stage.charts.map((chart) => Boolean(chart.zoomed?.x))];
        }""",
        [complete(spec) for spec in specs],
    )
    assert places == [["f"], ["a", "d"], ["b", "c", "e"]]
    assert zoomed == [True, True, False, True, False, False]


def test_a_stage_that_is_taken_down_does_not_arrange_what_is_gone(page: Page) -> None:
    show(page, LINES, lines_run())
    arranged = page.evaluate(
        """async (spec) => {
            const {ChartGrid} = await import("/static/shell/chart_grid.js");
            const stage = new ChartGrid();
            const host = document.querySelector(".live-run");
            host.replaceChildren(stage.planes, stage.middle, stage.curves);
            stage.curves.style.height = "300px";
            stage.update([spec], makeScene(3));
            stage.watch(host);
            stage.build(Plotly, makeScene(3));
            const frames = async () => { for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame); };
            await frames();
            let arranged = 0;
            stage.charts[0].resize = () => (arranged += 1);
            // this observer is told after the stage's own, which has asked for the next animation frame by then
            const gone = new Promise((done) => new ResizeObserver(() => {
                if (host.clientWidth !== 420) return;
                stage.remove();
                done();
            }).observe(host));
            host.style.width = "420px";
            await gone;
            await frames();
            return arranged;
        }""",
        complete(LINES),
    )
    assert arranged == 0


def test_a_saved_plane_has_the_name_of_its_run_if_it_has_one(page: Page) -> None:
    show(page, MAP, map_run())
    titles = page.evaluate(
        """async () => {
            const {PlaneChart} = await import("/static/charts/plane/plane.js");
            const spec = {kind: "plane", id: "plane", title: "Neurons"};
            const chart = new PlaneChart(spec, () => {}, {main: true, pick: ({current}) => current});
            return ["", "τ = 2"].map((label) => chart.fullTitle({current: {label}}));
        }"""
    )
    assert titles == ["Neurons", "Neurons, τ = 2"]


def test_a_cell_of_a_portrait_can_be_chosen_where_its_table_has_no_room(page: Page) -> None:
    packed = Run({"loss": np.arange(4.0).reshape(1, 1, 2, 2)}).packed("run")
    portrait = charts.Portrait(
        id="map",
        title="Map",
        place="main",
        measures=(charts.Measure(array="loss", label="Loss"),),
        times=("t = 1",),
        x=("upstream", "downstream"),
        y=("wide and far", "narrow and near"),
        x_title="δ",
        y_title="τ",
    )
    taken, tables, said = page.evaluate(
        """async ([answer, spec, theme, colours]) => {
            const {PortraitChart} = await import("/static/charts/heat/heat_portrait.js");
            const {RunLog} = await import("/static/stream/run_log.js");
            const {deliver, readAnswer} = await import("/static/stream/protocol.js");
            const log = new RunLog("run");
            deliver(readAnswer(Uint8Array.from(atob(answer), (c) => c.charCodeAt(0)).buffer), new Map([["run", log]]));
            const chart = new PortraitChart(spec);
            document.body.replaceChildren(chart.node);
            chart.frame.style.cssText = "width: 60px; height: 60px";
            const current = {log, upTo: 0, key: "current", label: "", colour: "#0072B2", dash: "solid"};
            const scene = {current, kept: [], runs: [current], ghost: null, along: "time", colours,
                theme: {...theme, font: "sans-serif", key: ""}};
            chart.describe(scene);
            chart.build(null, scene);
            chart.paint(scene);
            const press = new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, cancelable: true});
            const taken = !chart.plot.dispatchEvent(press);
            return [taken, chart.layout.tables.length, chart.spoken.textContent];
        }""",
        [packed, portrait.wire(), LIGHT, PALETTE],
    )
    assert tables == 0
    assert taken
    assert said.endswith(": 0")
