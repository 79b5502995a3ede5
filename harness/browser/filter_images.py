"""Pictures of filters by themselves on a page of live_chart_server, of runs with random filters."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from playwright.sync_api import Page

from lazyrich import charts

ALPHAS = [0.1, 1.0, 10.0]
FRAMES = 5
SIZE = (520, 400)

SPEC: dict[str, Any] = {
    "kind": "images",
    "id": "filters",
    "title": "First-layer filters",
    "place": "main",
    "ring": 0.25,
    "arrays": [
        {"array": "filters", "label": "W", "help": "", "fit": "gabor_fit"},
        {"array": "change", "label": "ΔW", "help": ""},
    ],
    "labels": ["α 0.1", "α 1", "α 10"],
    "numbers": [{"array": "filter_gabor", "label": "Gabor R²"}, {"array": "filter_low", "label": "low frequencies"}],
}

SCENE = """
    const {ImagesChart} = await import("/static/charts/images/images.js");
    const {RunLog} = await import("/static/stream/run_log.js");
    const theme = {key: "light", text: "rgb(0, 0, 0)", muted: "rgb(90, 90, 90)", line: "rgb(160, 160, 160)",
        grid: "rgb(230, 230, 230)", background: "rgb(255, 255, 255)", font: "sans-serif", dark: false};
    const networks = ["#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7"];
    window.newLog = (id, arrays, rows) => {
        const log = new RunLog(id);
        if (!rows) return log;
        const values = new Float32Array(Uint8Array.from(atob(rows), (c) => c.charCodeAt(0)).buffer);
        const length = 2 + arrays.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b), 0);
        const count = values.length / length;
        log.open({columns: ["step", "time"], arrays, expected: count, config: {}, chart_data: {alphas: [0.1, 1, 10]}});
        log.append({status: "finished", message: "", remedy: {}, progress: 1, first: 0, count,
            verdicts: Array(count).fill("")}, values);
        return log;
    };
    window.log = newLog("one", arrays, rows);
    window.scene = (upTo, log = window.log) => {
        const current = {log, upTo, key: "current", label: "one", colour: "#ff0000"};
        return {current, kept: [], ghost: null, runs: [current], theme, colours: {ghost: "#9aa0a6", networks}};
    };
    document.body.innerHTML = "<div class='live-run' style='margin: 20px'></div>";
    const chart = new ImagesChart(spec);
    document.querySelector(".live-run").append(chart.node);
    chart.frame.style = `position: relative; width: ${size[0]}px; height: ${size[1]}px`;
    chart.plot.style = "position: absolute; inset: 0";
    chart.panel.node.style = "position: absolute; width: 230px; height: 190px; pointer-events: none";
    for (const canvas of chart.layer.nodes) canvas.style.position = "absolute";
    const hidden = document.createElement("style");
    hidden.textContent = "[hidden] { display: none !important }";
    document.head.append(hidden);
    chart.describe(scene(-1));
    chart.build({}, scene(-1));
    chart.describe(scene(0));
    window.chart = chart;
    window.colours = (network) => { // of a network's weights on the screen, [filter][row][column]
        const {layout, layer: {line}} = chart;
        const pixel = layout.cell / 7;
        const read = (x, y) => [...line.getImageData(Math.floor(x), Math.floor(y), 1, 1).data];
        return Array.from({length: 16}, (_, filter) => Array.from({length: 7}, (_, row) =>
            Array.from({length: 7}, (_, column) => {
                const {x, y} = layout.at({network, filter});
                return read(x + (column + 0.5) * pixel, y + (row + 0.5) * pixel);
            })));
    };
"""


class Run:
    """A run with random filters: W (frames, networks, 16, channels, 7, 7), gabor and low (frames, networks, 16)."""

    def __init__(self, channels: int = 1, fit: bool = False):
        random = np.random.default_rng(channels)
        shape = (len(ALPHAS), 16, channels, 7, 7)
        steps = random.normal(size=(FRAMES, *shape)) * np.array(ALPHAS).reshape(-1, 1, 1, 1, 1)
        self.W = np.cumsum(steps, axis=0).astype(np.float32)
        self.gabor, self.low = random.random((2, FRAMES, *shape[:2])).astype(np.float32)
        arrays = {"filters": self.W, "change": self.W - self.W[0], "filter_gabor": self.gabor, "filter_low": self.low}
        if fit:
            # the first network has no fits yet, as in frames between two measurements
            arrays["gabor_fit"] = np.where(np.arange(len(ALPHAS)).reshape(-1, 1, 1, 1, 1) == 0, 0, self.W / 2)
        self.shapes = [[name, list(array.shape[1:])] for name, array in arrays.items()]
        moments = np.stack([100 * np.arange(FRAMES), np.arange(FRAMES)], axis=1)
        self.rows = np.concatenate([moments, *(array.reshape(FRAMES, -1) for array in arrays.values())], axis=1)

    def show(self, page: Page, frame: int = -1, spec: dict[str, Any] = SPEC, size: tuple[int, int] = SIZE) -> None:
        rows = base64.b64encode(self.rows.astype(np.float32).tobytes()).decode()
        known = {"arrays": self.shapes, "rows": rows, "spec": charts.read(spec).wire(), "size": size}
        page.evaluate(f"async ({{arrays, rows, spec, size}}) => {{ {SCENE} }}", known)
        page.evaluate(f"chart.paint(scene({frame % FRAMES})); chart.settle(scene({frame % FRAMES}))")
