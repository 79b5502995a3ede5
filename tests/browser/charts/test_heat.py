"""Heat maps show the numbers of their frame, as colours and in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from plotly.colors import sample_colorscale

from harness.browser.chart_samples import ALPHAS, BARS, MAP, VALUES, map_run
from harness.browser.one_chart import DARK, LIGHT, PALETTE, Run, rgb, show
from harness.browser.touch import swipe
from lazyrich import charts


def cells(page: Page, inside: tuple[float, float] = (0.2, 0.2)) -> np.ndarray:
    """Return the RGBA (tables, lines, columns, 4) of the cells on the screen, at this share of their size."""
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
                assert seen[line, column, 3] == 0, "the cell of a missing number is not transparent"
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
def test_without_a_range_colours_span_all_numbers_of_the_run_so_far(
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


def test_outlines_are_visible_on_dark_and_light_cells_and_explained(page: Page) -> None:
    right = np.array([[0, 1, 0, 1]] * 4, dtype=float)
    learned = np.array([[0, 0, 1, 1]] * 4)
    spec = {**MAP, "x": None, "y": None, "write": False, "outline": "learned", "outline_label": "training sum"}
    show(page, spec, Run({"map": np.stack([right, right])[None]}, {"learned": learned.tolist()}))
    side = page.evaluate("chart.layout.cell[0]")
    edge = cells(page, (1.4 / side, 0.5))[:, 1, :, :3]
    inner = cells(page, (0.5, 0.5))[:, 1, :, :3]
    assert np.abs(edge - inner)[:, :2].max() <= 2, "cells that are not learned have an outline"
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


def test_small_cells_have_no_outlines_and_no_explanation_of_them(page: Page) -> None:
    learned = np.eye(60)
    spec = {**MAP, "x": None, "y": None, "write": False, "outline": "learned", "outline_label": "training sum"}
    show(page, spec, Run({"map": np.ones((1, 60, 60))}, {"learned": learned.tolist()}))
    expect(page.get_by_text("training sum", exact=True)).to_be_hidden()
    assert np.ptp(cells(page, (0.5, 0.5))[:, 1:-1, 1:-1, :3], axis=(0, 1, 2)).max() == 0


def test_a_cell_shows_its_number_under_the_pointer_during_the_run(page: Page) -> None:
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


def test_the_picture_has_a_text_alternative(page: Page) -> None:
    show(page, MAP, map_run())
    label = page.get_by_role("img").get_attribute("aria-label")
    assert label == "Activations flipped, at step 100: 3 rows, 4 columns. 0 to 1.0, mean 0.50."


def test_a_caption_that_is_written_again_leaves_the_focus_where_it_is(page: Page) -> None:
    show(page, MAP, map_run())
    button = page.get_by_role("button", name="Download as SVG")
    button.focus()
    page.evaluate("chart.describe(makeScene(0))")
    expect(button).to_be_focused()


def test_a_tap_shows_the_number_of_a_cell_until_the_next_tap(page: Page) -> None:
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
    taken, tables, spoken = page.evaluate(
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
    assert spoken.endswith(": 0")
