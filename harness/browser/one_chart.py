"""One chart by itself on a page of live_chart_server, with runs that a test makes."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import numpy as np
from playwright.sync_api import Page

from lazyrich import charts
from lazyrich.client import protocol
from lazyrich.frame import Frame, RunHeader
from lazyrich.palette import GHOST, NEGATIVE, NETWORK_COLOURS, POSITIVE

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
    """A run of frames with these chart arrays, (frames, ...) each.

    spread: names of the arrays whose last axis is (median, lowest, highest).
    """

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
        """Return the server's answer with all frames, in base 64."""
        count = len(self.frames)
        entry = {"id": id, "status": "finished", "message": "", "progress": 1, "remedy": {}, "first": 0}
        entry |= {"count": count, "verdicts": [""] * count}
        entry["header"] = protocol.describe_run(self.frames[0], count, {})
        rows = [protocol.pack_frame(frame) for frame in self.frames]
        return base64.b64encode(protocol.pack_answer([(entry, rows)])).decode()


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a specification as the server sends it: with an id, a title and all defaults."""
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
    """Return the traces that plotly draws, as plain data."""
    return json.loads(page.evaluate("JSON.stringify(chart.plot.data)"))


def pixel(page: Page, x: float, y: float, canvas: str = "head") -> list[int]:
    """Return the RGBA of the chart's canvas at the point (x, y) of plotly's axes."""
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
    """Whether a pixel is opaque and has this colour."""
    return seen[3] > 250 and np.abs(np.subtract(seen[:3], rgb(colour))).max() <= 3


def named(page: Page, name: str) -> list[dict[str, Any]]:
    return [trace for trace in traces(page) if trace.get("name") == name]


def texts(page: Page, where: str) -> list[str]:
    """Return the texts of plotly's drawing that match a selector."""
    return page.locator(f".plot {where}").all_text_contents()


def apart(page: Page, where: str) -> bool:
    """Whether texts side by side do not touch, and none is cut off at the edges of the chart."""
    boxes = sorted((box.bounding_box() for box in page.locator(f".plot {where}").all()), key=lambda box: box["x"])
    frame = page.locator(".frame").bounding_box()
    inside = all(frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] for box in boxes)
    return inside and all(one["x"] + one["width"] < other["x"] for one, other in pairwise(boxes))
