"""Common behaviour of all kinds of chart: captions, runs that lack a chart's data, and places in the grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from harness.browser.chart_samples import BARS, LINES, MAP, bars_run, lines_run, map_run
from harness.browser.contrast import contrast
from harness.browser.one_chart import DARK, LIGHT, Run, complete, show, traces


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


def test_the_grid_puts_charts_where_they_belong_and_links_only_lines_over_the_same_numbers(page: Page) -> None:
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
            const grid = new ChartGrid();
            const host = document.querySelector(".live-run");
            host.replaceChildren(grid.planes, grid.middle, grid.curves);
            for (const node of host.children) node.style.height = "900px";
            const scene = makeScene(3);
            grid.update(specs, scene);
            grid.build(Plotly, scene);
            const [first] = grid.charts;
            for (const chart of [first, grid.charts[3]]) {
                await Plotly.relayout(chart.plot, {"xaxis.range[0]": 2.5, "xaxis.range[1]": 3});
            }
            return [[grid.planes, grid.middle, grid.curves].map((place) =>
                [...place.children].map((node) => node.dataset.chart)),
                grid.charts.map((chart) => Boolean(chart.zoomed?.x))];
        }""",
        [complete(spec) for spec in specs],
    )
    assert places == [["f"], ["a", "d"], ["b", "c", "e"]]
    assert zoomed == [True, True, False, True, False, False]


def test_a_removed_grid_arranges_no_charts(page: Page) -> None:
    show(page, LINES, lines_run())
    arranged = page.evaluate(
        """async (spec) => {
            const {ChartGrid} = await import("/static/shell/chart_grid.js");
            const grid = new ChartGrid();
            const host = document.querySelector(".live-run");
            host.replaceChildren(grid.planes, grid.middle, grid.curves);
            grid.curves.style.height = "300px";
            grid.update([spec], makeScene(3));
            grid.watch(host);
            grid.build(Plotly, makeScene(3));
            const frames = async () => { for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame); };
            await frames();
            let arranged = 0;
            grid.charts[0].resize = () => (arranged += 1);
            // this observer is told after the stage's own, which has asked for the next animation frame by then
            const gone = new Promise((done) => new ResizeObserver(() => {
                if (host.clientWidth !== 420) return;
                grid.remove();
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
