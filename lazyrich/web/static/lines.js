// Curves of one moment over something else than time: error over training-set size, a number for each layer. A line for
// each of the networks that train side by side.

import { place } from "./axes.js";
import { Chart } from "./chart.js";
import { element, swatch } from "./elements.js";
import { baseAxis, plain } from "./figure.js";
import { significant } from "./numbers.js";
import { linearRange, logRange, within } from "./ranges.js";

const WIDTH = 2;
const DOT = 3.5;
const PALE = 0.2;

export class LinesChart extends Chart {
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [900, 560];
    this.node.classList.add("state-chart");
  }

  describe(scene) {
    const keys = this.spec.keys === false ? [] : this.spec.labels;
    this.caption.replaceChildren(
      element("strong", {}, this.spec.title),
      ...keys.map((label, k) => element("span", { class: "key" }, swatch(scene.colours.arms[k]), label)),
    );
  }

  shown(scene) {
    return [...scene.kept, scene.current].filter(({ log }) => log.arrays?.has(this.spec.array));
  }

  tells(log) {
    return log.opening !== null;
  }

  wanted(scene) {
    const { y, array } = this.spec;
    const xs = this.shown(scene).flatMap(({ log }) => this.#xs(log));
    const values = this.shown(scene).flatMap(({ log }) => this.#all(log, array));
    const low = Math.min(y.log ? Infinity : (y.floor ?? Infinity), ...values.filter((value) => value > 0 || !y.log));
    const high = Math.max(y.least ?? -Infinity, ...values);
    return { x: this.#xRange(xs), y: y.log ? logRange(low, high) : within(linearRange(low, high), low, high, y) };
  }

  replaces(side) {
    return side === "x";
  }

  axes(scene, alone = false) {
    const axis = baseAxis(scene.theme);
    const { y, x_log: xLog, x_title: xTitle } = this.spec;
    const [run] = this.shown(scene).slice(-1);
    const xs = run ? this.#xs(run.log) : [];
    const title = (text) => ({ ...axis.title, text: plain(text), standoff: 4 });
    const few = xs.length <= 8 ? { tickmode: "array", tickvals: xs, ticktext: xs.map(short) } : { nticks: 6 };
    return {
      xaxis: { ...axis, type: xLog ? "log" : "linear", range: this.range("x"), ...few, title: title(xTitle ?? "") },
      yaxis: {
        ...axis,
        type: y.log ? "log" : "linear",
        range: this.range("y"),
        nticks: 6,
        title: title(y.title ?? ""),
        hoverformat: ".3g",
      },
      margin: alone ? undefined : { l: 62, r: 8, t: 5, b: 42 },
    };
  }

  fullTitle() {
    return this.spec.title;
  }

  // ---- canvas: all of it is drawn anew for each frame

  ground() {}
  begin() {}
  extend() {}

  heads(context, area, run) {
    for (const { y } of this.spec.guides ?? []) guideLine(context, area, y, this.scene.theme);
    this.#lines(run).forEach((line) => this.#draw(context, area, line, run.key !== "current"));
  }

  #draw(context, area, { colour, points }, kept) {
    const at = ({ x, y }) => [place(area.x, x), place(area.y, y)];
    context.strokeStyle = context.fillStyle = colour;
    if (!kept) {
      context.globalAlpha = PALE;
      for (let k = 1; k < points.length; k++) band(context, area, points[k - 1], points[k]);
      context.globalAlpha = 1;
    }
    context.lineWidth = WIDTH;
    context.setLineDash(kept ? [2, 4] : []);
    context.beginPath();
    let pen = false;
    for (const point of points) {
      const [left, top] = at(point);
      const there = Number.isFinite(left + top);
      if (there && pen) context.lineTo(left, top);
      else if (there) context.moveTo(left, top);
      pen = there;
    }
    context.stroke();
    context.setLineDash([]);
    if (kept || !this.spec.markers) return;
    for (const point of points) {
      const [left, top] = at(point);
      if (!Number.isFinite(left + top)) continue;
      context.beginPath();
      context.arc(left, top, DOT, 0, 2 * Math.PI);
      context.fillStyle = point.hollow ? this.scene.theme.background : colour;
      context.fill();
      context.stroke();
    }
  }

  // ---- plotly

  traces(scene) {
    const traces = [];
    for (const run of this.shown(scene).filter((one) => one.upTo >= 0)) {
      const kept = run.key !== "current";
      this.#lines(run).forEach(({ colour, points, label }) => {
        const there = points.filter(({ y }) => Number.isFinite(y));
        const x = points.map((point) => point.x);
        const finite = (name) => points.map((point) => (Number.isFinite(point[name]) ? point[name] : null));
        const shared = { type: "scatter", x, showlegend: false, hoverinfo: "skip" };
        if (!kept && there.some(({ low, high }) => high > low)) {
          traces.push({ ...shared, mode: "lines", y: finite("low"), line: { width: 0 } });
          traces.push({ ...shared, mode: "lines", y: finite("high"), line: { width: 0 }, fill: "tonexty", fillcolor: `${colour}33` });
        }
        const name = plain(run.label && scene.runs.length > 1 ? `${label}, ${run.label}` : label);
        traces.push({
          type: "scatter",
          mode: this.spec.markers && !kept ? "lines+markers" : "lines",
          x,
          y: finite("y"),
          name,
          line: { color: colour, width: WIDTH, dash: kept ? "2px,4px" : "solid" },
          marker: { size: 2 * DOT, color: points.map(({ hollow }) => (hollow ? scene.theme.background : colour)), line: { color: colour, width: WIDTH } },
          customdata: points.map(({ low, high }) => (high > low ? ` (${significant(low)} to ${significant(high)})` : "")),
          hovertemplate: `${name}, ${plain(this.spec.x_title ?? "")} %{x}: %{y:.3g}%{customdata}<extra></extra>`,
        });
      });
    }
    for (const { y, label } of this.spec.guides ?? []) {
      traces.push({
        type: "scatter",
        mode: "lines",
        x: this.range("x").map((x) => (this.spec.x_log ? 10 ** x : x)),
        y: [y, y],
        line: { color: scene.theme.line, width: 1, dash: "dot" },
        hovertemplate: `${plain(label)}<extra></extra>`,
        showlegend: false,
      });
    }
    return traces;
  }

  // ---- data

  /** A line for each network: {label, colour, points: [{x, y, low, high, hollow}]} at the run's frame. */
  #lines(run) {
    const { array, hollow, labels } = this.spec;
    const { log, upTo } = run;
    const { shape } = log.arrays.get(array);
    const values = log.array(upTo, array);
    const marks = hollow ? log.array(upTo, hollow) : [];
    const xs = this.#xs(log);
    const depth = shape.length > 2 ? shape[2] : 1;
    return Array.from({ length: shape[0] }, (_, k) => ({
      label: labels[k] ?? `${k + 1}`,
      colour: shape[0] > 1 ? this.scene.colours.arms[k] : run.colour,
      points: xs.map((x, i) => {
        const index = (k * shape[1] + i) * depth;
        const y = values[index];
        const [low, high] = depth === 3 ? [values[index + 1], values[index + 2]] : [y, y];
        return { x, y, low, high, hollow: marks[k * shape[1] + i] < 1 };
      }),
    }));
  }

  #xs(log) {
    const xs = Array.isArray(this.spec.x) ? this.spec.x : (log.view[this.spec.x] ?? []);
    return xs.slice(0, log.arrays?.get(this.spec.array)?.shape[1] ?? 0);
  }

  // All numbers of the array that the run has brought so far, at a few of its frames and the last.
  #all(log, array) {
    const frames = [0, Math.floor(log.count / 3), Math.floor((2 * log.count) / 3), log.count - 1];
    return frames.flatMap((k) => [...log.array(k, array)]).filter(Number.isFinite);
  }

  #xRange(xs) {
    if (!xs.length) return this.ranges?.x ?? [0, 1];
    const [low, high] = [Math.min(...xs), Math.max(...xs)].map((x) => (this.spec.x_log ? Math.log10(x) : x));
    const air = 0.05 * (high - low || 1);
    return [low - air, high + air];
  }
}

const short = (x) => (x >= 1000 ? x.toLocaleString("en-US") : String(x));

function guideLine(context, area, y, theme) {
  const top = place(area.y, y);
  if (!Number.isFinite(top)) return;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(0, top);
  context.lineTo(area.width, top);
  context.stroke();
  context.setLineDash([]);
}

function band(context, area, from, to) {
  const corners = [
    [from.x, from.low],
    [to.x, to.low],
    [to.x, to.high],
    [from.x, from.high],
  ].map(([x, y]) => [place(area.x, x), place(area.y, y)]);
  if (!corners.flat().every(Number.isFinite)) return;
  context.beginPath();
  corners.forEach(([left, top]) => context.lineTo(left, top));
  context.closePath();
  context.fill();
}
