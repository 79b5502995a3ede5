// Curves of scalars over flow time: all runs on one chart, run by colour, series by dash.

import { place } from "./axes.js";
import { Chart } from "./chart.js";
import { DASHES, element, say, swatch } from "./elements.js";
import { baseAxis, plain } from "./figure.js";
import { setting, significant, whole } from "./numbers.js";
import { decadesApart, linearRange, logRange } from "./ranges.js";

const WIDTH = 2;
const TELLING = 20; // frames: the first few of a run say little about how far its curves will go

export class CurveChart extends Chart {
  /** last: the lowest of a stack, which carries the labels of the common time axis. */
  constructor(spec, onZoom, { last }) {
    super(spec, onZoom);
    this.last = last;
    this.exportSize = [900, 560];
    this.x = spec.x ?? "time";
    this.columns = [...spec.series.map((one) => one.column), ...(spec.band ? [spec.band.low, spec.band.high] : [])];
    this.node.classList.toggle("last", last);
  }

  describe(scene) {
    const keys = this.spec.series.length > 1 || this.spec.band ? this.spec.series : [];
    const entries = keys.map(({ label, dash }) => entry(swatch(scene.theme.muted, dash), label));
    if (this.spec.band)
      entries.push(entry(element("i", { class: "band", "aria-hidden": "true" }), this.spec.band.label));
    this.reading = this.spec.caption ? element("span", { class: "key reading" }) : null;
    this.caption.replaceChildren(
      element("strong", {}, this.spec.title),
      ...entries,
      ...(this.reading ? [this.reading] : []),
    );
    this.read(scene); // an empty line has no height, and the chart below would be measured too large
  }

  /** The number in the caption, where the specification asks for one. */
  read({ current: { log, upTo } }) {
    if (this.reading)
      say(this.reading, `${this.spec.caption.label} ${significant(log.value(upTo, this.spec.caption.column), 2)}`);
  }

  shown(scene) {
    return [...scene.kept, scene.current].filter(
      (run) => run.log.opening && this.columns.some((name) => run.log.has(name)),
    );
  }

  /** Whether enough of a run is known to judge its axes. */
  tells(log) {
    return log.count >= TELLING || log.ended;
  }

  words(scene) {
    if (!this.last) return "";
    // Before the run's first frame its pace is not known: what stands there stays.
    this.title = scene.current.log.opening || !this.title ? timeTitle(scene) : this.title;
    return this.title;
  }

  wanted(scene) {
    const runs = [...scene.runs, ...(scene.ghost ? [scene.ghost] : [])];
    const bounds = runs.flatMap(({ log }) => this.columns.map((name) => log.bounds?.get(name))).filter(Boolean);
    const high = Math.max(...bounds.map((seen) => seen.high));
    const floor = this.spec.y?.log ? Infinity : (this.spec.y?.floor ?? Infinity);
    const low = Math.min(floor, ...bounds.map((seen) => (this.spec.y?.log ? seen.positive : seen.low)));
    return { x: this.#span(scene), y: this.spec.y?.log ? logRange(low, high) : linearRange(low, high) };
  }

  // The current run sets the time axis: a longer one from before would leave it half empty.
  replaces(side) {
    return side === "x";
  }

  axes(scene, alone = false) {
    const axis = baseAxis(scene.theme);
    const log = Boolean(this.spec.y?.log);
    const labels = this.last || alone;
    const title = (text) => ({ ...axis.title, text: plain(text) });
    const font = { size: 11 }; // plotly writes the labels of log axes a quarter larger
    return {
      xaxis: {
        ...axis,
        type: "log",
        range: this.range("x"),
        dtick: this.tickStep("x"),
        showticklabels: labels,
        ticks: labels ? "outside" : "",
        title: title(labels ? (alone ? timeTitle(scene) : this.title) : ""),
        tickfont: font,
      },
      yaxis: {
        ...axis,
        type: log ? "log" : "linear",
        range: this.range("y"),
        nticks: 6,
        dtick: this.tickStep("y"),
        title: title(this.spec.y?.title ?? ""),
        zeroline: !log,
        hoverformat: ".3g",
        tickfont: log ? font : axis.tickfont,
      },
      margin: { l: 62, r: 8, t: 5, b: this.last ? 42 : 6 },
    };
  }

  tickStep(side) {
    const log = side === "x" || this.spec.y?.log;
    return log && !this.zoomed ? decadesApart(this.range(side)) : null;
  }

  fullTitle() {
    return this.spec.title;
  }

  // ---- canvas

  ground(context, area, scene) {
    const ghost = scene.ghost;
    if (!ghost?.log.opening) return;
    context.globalAlpha = 0.7;
    for (const series of this.spec.series)
      this.#line(context, area, { ...ghost, colour: scene.colours.ghost }, series, 0, ghost.upTo, 0);
    context.globalAlpha = 1;
  }

  begin(key) {
    this.lengths ??= new Map(); // px drawn so far: a dash must go on where it stopped
    for (const { column } of this.spec.series) this.lengths.set(`${key} ${column}`, 0);
  }

  extend(context, area, run, from) {
    if (this.spec.band) this.#fill(context, area, run, from);
    for (const series of this.spec.series) {
      const id = `${run.key} ${series.column}`;
      this.lengths.set(id, this.#line(context, area, run, series, from, run.upTo, this.lengths.get(id)));
    }
  }

  heads(context, area, run) {
    context.fillStyle = run.colour;
    context.strokeStyle = this.scene.theme.background;
    context.lineWidth = 1.5;
    for (const { column } of this.spec.series) {
      const [x, y] = this.#point(area, run.log, run.upTo, column);
      if (!Number.isFinite(x + y)) continue;
      context.beginPath();
      context.arc(x, y, 4.5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  #point(area, log, frame, column) {
    return [place(area.x, log.value(frame, this.x)), place(area.y, log.value(frame, column))];
  }

  #line(context, area, { log, colour }, { column, dash }, from, to, drawn) {
    context.strokeStyle = colour;
    context.lineWidth = WIDTH;
    context.setLineDash(DASHES[dash] ?? []);
    context.lineCap = "butt"; // pieces a pixel long with round ends would add up to a thicker line
    context.lineDashOffset = drawn;
    context.beginPath();
    let [x0, y0] = this.#point(area, log, from, column);
    let pen = false;
    for (let k = from + 1; k <= to; k++) {
      const [x, y] = this.#point(area, log, k, column);
      const joins = Number.isFinite(x0 + y0 + x + y);
      if (joins && !pen) context.moveTo(x0, y0);
      if (joins) {
        context.lineTo(x, y);
        drawn += Math.hypot(x - x0, y - y0);
      }
      pen = joins;
      [x0, y0] = [x, y];
    }
    context.stroke();
    context.setLineDash([]);
    return drawn;
  }

  // The band, piece by piece. Whole pixels across, else the seams between the pieces show.
  #fill(context, area, run, from) {
    const { low, high } = this.spec.band;
    context.fillStyle = run.colour;
    context.globalAlpha = 0.22;
    for (let k = from + 1; k <= run.upTo; k++) {
      const [[x0, a0], [x1, a1]] = [k - 1, k].map((frame) => this.#point(area, run.log, frame, low));
      const [[, b0], [, b1]] = [k - 1, k].map((frame) => this.#point(area, run.log, frame, high));
      const [left, right] = [Math.round(x0), Math.round(x1)];
      if (left === right || !Number.isFinite(x0 + x1 + a0 + a1 + b0 + b1)) continue;
      context.beginPath();
      context.moveTo(left, a0);
      context.lineTo(right, a1);
      context.lineTo(right, b1);
      context.lineTo(left, b0);
      context.closePath();
      context.fill();
    }
    context.globalAlpha = 1;
  }

  // ---- plotly

  traces(scene) {
    const traces = [];
    const ghost = scene.ghost;
    if (ghost?.log.opening) {
      const run = { ...ghost, colour: scene.colours.ghost, label: "previous run" };
      for (const series of this.spec.series)
        traces.push({ ...this.#trace(run, series, 2), opacity: 0.7, hoverinfo: "skip", hovertemplate: undefined });
    }
    for (const run of this.shown(scene)) {
      if (run.upTo < 0) continue;
      if (this.spec.band) traces.push(...this.#bandTraces(run));
      const many = scene.runs.length > 1;
      for (const series of this.spec.series) traces.push(this.#trace(run, series, many ? 2 : 1));
      traces.push(this.#headTrace(run, scene.theme));
    }
    return traces;
  }

  #values(log, upTo, column) {
    return Array.from({ length: upTo + 1 }, (_, k) => {
      const value = log.value(k, column);
      return Number.isFinite(value) && (value > 0 || !this.spec.y?.log) ? value : null;
    });
  }

  #trace({ log, upTo, colour, label }, { column, label: name, dash }, named) {
    const full = named > 1 ? `${name}, ${label}` : name;
    return {
      type: "scatter",
      mode: "lines",
      name: plain(full),
      x: Array.from({ length: upTo + 1 }, (_, k) => log.value(k, this.x)),
      y: this.#values(log, upTo, column),
      customdata: Array.from({ length: upTo + 1 }, (_, k) => [significant(log.time(k)), whole(log.step(k))]),
      line: {
        color: colour,
        width: WIDTH,
        dash: DASHES[dash] ? DASHES[dash].map((px) => `${px}px`).join(",") : "solid",
      },
      hovertemplate: `${plain(full)}: %{y:.3g}<br>t = %{customdata[0]}, step %{customdata[1]}<extra></extra>`,
    };
  }

  #bandTraces({ log, upTo, colour }) {
    const x = Array.from({ length: upTo + 1 }, (_, k) => log.value(k, this.x));
    const edge = (column, more) => ({
      type: "scatter",
      mode: "lines",
      x,
      y: this.#values(log, upTo, column),
      line: { width: 0 },
      hoverinfo: "skip",
      showlegend: false,
      ...more,
    });
    const fill = { fill: "tonexty", fillcolor: `${colour}38`, showlegend: true, name: plain(this.spec.band.label) };
    return [edge(this.spec.band.low, {}), edge(this.spec.band.high, fill)];
  }

  #headTrace({ log, upTo, colour }, theme) {
    const y = this.spec.series.map(({ column }) => log.value(upTo, column));
    const marker = { color: colour, size: 9, line: { width: 1.5, color: theme.background } };
    return {
      type: "scatter",
      mode: "markers",
      x: y.map(() => log.value(upTo, this.x)),
      y,
      marker,
      hoverinfo: "skip",
      showlegend: false,
    };
  }

  // From the first time that a log axis can show to the end of the current run, both in powers of ten.
  #span(scene) {
    const starts = scene.runs.map(({ log }) => log.bounds?.get(this.x)?.positive).filter(Number.isFinite);
    const { log } = scene.current;
    const { time_per_step: pace } = log.view;
    const planned = this.x === "time" && pace ? pace * (log.opening.config.steps ?? 0) : 0;
    const end = Math.max(planned, log.bounds?.get(this.x)?.high ?? 0);
    const start = Math.min(...starts, pace ?? Infinity);
    if (!(end > 0) || !Number.isFinite(start)) return this.ranges?.x ?? [0, 4];
    const wide = [Math.log10(start), Math.log10(end) + 0.02 * Math.max(1, Math.log10(end / start))];
    if (planned > 0) return [wide[0], Math.max(wide[1], wide[0] + 0.5)];
    // Where the end is not known before, it grows by half decades.
    return [wide[0], Math.max(wide[0] + 1, Math.ceil(2 * wide[1]) / 2)];
  }
}

function entry(node, label) {
  return element("span", { class: "key" }, node, label);
}

function timeTitle({ current }) {
  const pace = current.log.view.time_per_step;
  return pace ? `flow time t  (= step × ${setting(pace)})` : "flow time t";
}
