// One point of each run in a plane: where it goes, over lines that the run's opening brings (contours of the loss, say).

import { place } from "./axes.js";
import { key, mark, swatch } from "./elements.js";
import { drawExact, exactBounds, exactCurve, exactTrace } from "./exact.js";
import { baseAxis, plain } from "./figure.js";
import { moment } from "./numbers.js";
import { PlotlyChart } from "./plotly_chart.js";

const WIDTH = 2.5;
const DOT = 3.5; // px, radius of a frame that is a result of its own
const FARTHEST = 3; // times the opening's range: a run that goes farther diverges, and leaves the axes
const TARGET = 7; // px, half the size of its cross

export class PathChart extends PlotlyChart {
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [800, 840];
    [this.x, this.y] = spec.columns;
    this.node.classList.add("path-chart");
  }

  describe(scene) {
    const { muted, text, line } = scene.theme;
    const nodes = { ring: () => mark("ring", muted), cross: () => mark("cross", text), line: () => swatch(line) };
    const keys = this.spec.keys.map(([shape, words]) => key(nodes[shape](), words));
    this.entitle(keys, scene.current.log.view.path_note);
  }

  shown(scene) {
    return [...scene.kept, scene.current].filter(({ log }) => log.opening && log.has(this.x) && log.has(this.y));
  }

  // Of the first square that the opening names, only the current run's counts; the others' must fit in as well.
  wanted(scene) {
    const { x, y } = scene.current.log.view.plane_range ?? { x: [-1, 1], y: [-1, 1] };
    const size = x[1] - x[0];
    const hold = ([from, to], name) => {
      const seen = scene.runs
        .flatMap(({ log }) => [log.bounds?.get(name), exactBounds(log, name)])
        .filter(Boolean)
        .map(({ low, high }) => [Math.max(low, from - FARTHEST * size), Math.min(high, to + FARTHEST * size)]);
      const low = Math.min(from, ...seen.map((one) => one[0] - 0.04 * size));
      const high = Math.max(to, ...seen.map((one) => one[1] + 0.04 * size));
      return [low, high];
    };
    const [wide, tall] = [hold(x, this.x), hold(y, this.y)];
    const half = Math.max(wide[1] - wide[0], tall[1] - tall[0]) / 2;
    const around = ([from, to]) => [(from + to) / 2 - half, (from + to) / 2 + half];
    return { x: around(wide), y: around(tall) };
  }

  replaces() {
    return true;
  }

  axes(scene, alone = false) {
    const axis = { ...baseAxis(scene.theme), zeroline: true, constrain: "domain", nticks: 5, hoverformat: ".3g" };
    const title = (text) => ({ ...axis.title, text: plain(text), standoff: 4 });
    return {
      xaxis: { ...axis, range: this.range("x"), title: title(this.spec.axes[0]), tickfont: { size: 12 } },
      yaxis: {
        ...axis,
        range: this.range("y"),
        title: title(this.spec.axes[1]),
        scaleanchor: "x",
        scaleratio: 1,
        constraintoward: "top",
        tickfont: { size: 12 },
      },
      margin: alone ? undefined : { l: 56, r: 8, t: 5, b: 40 },
    };
  }

  // ---- canvas

  ground(context, area, scene) {
    const { view } = scene.current.log;
    context.lineWidth = 1;
    context.strokeStyle = scene.theme.line;
    for (const line of (scene.current.log.opening && view.plane_lines) || []) {
      context.beginPath();
      line.x.forEach((x, k) => context.lineTo(place(area.x, x), place(area.y, line.y[k])));
      context.stroke();
    }
    if (scene.ghost?.log.has(this.x)) {
      context.globalAlpha = 0.7;
      this.#trail(context, area, { ...scene.ghost, colour: scene.colours.ghost }, 0);
      context.globalAlpha = 1;
    }
    for (const run of this.shown(scene)) {
      const exact = exactCurve(run.log, this.x, this.y);
      if (exact) drawExact(context, area, exact, run.colour, scene.theme);
      if (!run.log.view.sweep) this.#ring(context, area, run.log.value(0, this.x), run.log.value(0, this.y));
    }
    for (const { role, x, y } of (scene.current.log.opening && view.plane_points) || []) {
      if (role === "start") {
        this.#ring(context, area, x, y);
        continue;
      }
      const [left, top] = [place(area.x, x), place(area.y, y)];
      context.lineWidth = 2;
      context.strokeStyle = scene.theme.text;
      context.beginPath();
      for (const [dx, dy] of [
        [1, 1],
        [1, -1],
      ]) {
        context.moveTo(left - TARGET * dx, top - TARGET * dy);
        context.lineTo(left + TARGET * dx, top + TARGET * dy);
      }
      context.stroke();
    }
  }

  extend(context, area, run, from) {
    this.#trail(context, area, run, from);
  }

  heads(context, area, { log, upTo, colour }) {
    const [left, top] = [place(area.x, log.value(upTo, this.x)), place(area.y, log.value(upTo, this.y))];
    if (!Number.isFinite(left + top)) return;
    context.fillStyle = colour;
    context.strokeStyle = this.scene.theme.background;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(left, top, 5.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  #ring(context, area, x, y) {
    const [left, top] = [place(area.x, x), place(area.y, y)];
    if (!Number.isFinite(left + top)) return;
    context.strokeStyle = this.scene.theme.muted;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(left, top, 4, 0, 2 * Math.PI);
    context.stroke();
  }

  #trail(context, area, { log, upTo, colour }, from) {
    context.strokeStyle = colour;
    context.lineWidth = WIDTH;
    context.lineCap = "round";
    context.beginPath();
    for (let k = Math.max(0, from); k <= upTo; k++) {
      context.lineTo(place(area.x, log.value(k, this.x)), place(area.y, log.value(k, this.y)));
    }
    context.stroke();
    if (!log.view.sweep) return;
    context.fillStyle = colour;
    for (let k = Math.max(0, from); k <= upTo; k++) {
      context.beginPath();
      context.arc(place(area.x, log.value(k, this.x)), place(area.y, log.value(k, this.y)), DOT, 0, 2 * Math.PI);
      context.fill();
    }
  }

  // ---- plotly

  traces(scene) {
    const { theme, colours, current } = scene;
    const view = current.log.opening ? current.log.view : {};
    const traces = (view.plane_lines ?? []).map((line) => ({
      type: "scatter",
      mode: "lines",
      x: line.x,
      y: line.y,
      line: { color: theme.line, width: 1 },
      hovertemplate: `${plain(line.label)}<extra></extra>`,
      showlegend: false,
    }));
    if (scene.ghost?.log.has(this.x)) {
      traces.push({ ...this.#line(scene.ghost, colours.ghost, "previous run"), hoverinfo: "skip", opacity: 0.7 });
    }
    for (const run of this.shown(scene).filter((one) => one.upTo >= 0)) {
      const { log, upTo, colour, label } = run;
      const name = plain(label || "training");
      const exact = exactCurve(log, this.x, this.y);
      if (exact) traces.push(exactTrace(exact, `${name}, exact`, colour, false, theme));
      const at = (k) => ({ x: [log.value(k, this.x)], y: [log.value(k, this.y)] });
      const dot = { type: "scatter", mode: "markers", showlegend: false, hoverinfo: "skip" };
      const open = { symbol: "circle-open", size: 9, color: theme.muted, line: { width: 1.5 } };
      if (!log.view.sweep) traces.push({ ...dot, ...at(0), marker: open });
      traces.push({
        ...this.#line(run, colour, name),
        customdata: Array.from({ length: upTo + 1 }, (_, k) => moment(log, k)),
        hovertemplate: `${name}<br>(%{x:.3g}, %{y:.3g})<br>%{customdata}<extra></extra>`,
      });
      const disc = { color: colour, size: 11, line: { width: 1.5, color: theme.background } };
      traces.push({ ...dot, ...at(upTo), marker: disc });
    }
    for (const { label, role, x, y } of view.plane_points ?? []) {
      traces.push({
        type: "scatter",
        mode: "markers",
        x: [x],
        y: [y],
        name: plain(label),
        marker:
          role === "start"
            ? { symbol: "circle-open", size: 9, color: theme.muted, line: { width: 1.5 } }
            : { symbol: "x-thin", size: 2 * TARGET, line: { width: 2, color: theme.text } },
        hovertemplate: `${plain(label)}<br>(%{x:.3g}, %{y:.3g})<extra></extra>`,
      });
    }
    return traces;
  }

  #line({ log, upTo }, color, name) {
    const frames = Array.from({ length: upTo + 1 }, (_, k) => k);
    const column = (which) => frames.map((k) => finite(log.value(k, which)));
    return {
      type: "scatter",
      mode: log.view.sweep ? "lines+markers" : "lines",
      name,
      marker: { color, size: 2 * DOT },
      x: column(this.x),
      y: column(this.y),
      line: { color, width: WIDTH },
    };
  }
}

const finite = (value) => (Number.isFinite(value) ? value : null);
