"""core/plotly_internals.js reads private parts of plotly.js that agree with its drawing and its public events."""

from __future__ import annotations

import plotly
import pytest
from playwright.sync_api import Page

DRAW = """
    const [{loadPlotly}, {drawnAxis}] = await Promise.all(
        ["entry/load.js", "core/plotly_internals.js"].map((name) => import(`/static/${name}`)));
    const Plotly = await loadPlotly("/plotly.min.js");
    const node = document.createElement("div");
    document.body.replaceChildren(node);
    // labels that do not fit into the margins, so that plotly itself moves the axes
    await Plotly.newPlot(node, [{x: [1, 30, 5000], y: [0, 5, 123456789]}], {
        width: 500, height: 300, margin: {l: 10, r: 40, t: 20, b: 10}, xaxis: {type: "log", automargin: true},
        yaxis: {automargin: true, tickformat: ",.3f"}});
    const seen = () => {
        const [area, whole] = [node.querySelector(".nsewdrag"), node].map((one) => one.getBoundingClientRect());
        return {
            drawn: structuredClone({x: drawnAxis(node, "x"), y: drawnAxis(node, "y")}),
            area: {x: [area.left - whole.left, area.width], y: [area.top - whole.top, area.height]},
            told: {x: [...node.layout.xaxis.range], y: [...node.layout.yaxis.range]},
        };
    };
    const before = seen();
    await Plotly.relayout(node, {"xaxis.range[0]": 0.5, "xaxis.range[1]": 2, "yaxis.autorange": false});
    return [before, seen()];
"""


def test_axes_have_the_position_and_range_of_plotlys_drawing(page: Page) -> None:
    broken = f"lazyrich/web/static/core/plotly_internals.js does not fit plotly {plotly.__version__}"
    try:
        states = page.evaluate(f"async () => {{ {DRAW} }}")
    except Exception as error:
        raise AssertionError(f"{broken}: {error}") from error
    for state in states:
        for side, kind in (("x", "log"), ("y", "linear")):
            axis = state["drawn"][side]
            assert axis["type"] == kind, broken
            assert axis["range"] == pytest.approx(state["told"][side]), broken
            assert [axis["offset"], axis["length"]] == pytest.approx(state["area"][side], abs=0.6), broken
    assert states[1]["drawn"]["x"]["range"] == [0.5, 2], broken
    assert states[0]["area"]["y"][1] < 300 - 30 and states[0]["area"]["x"][0] > 50, "the labels fit into the margins"
