// Curves of scalars over flow time: all runs on one chart, run by colour, series by dash. Their options are documented in
// lazyrich/charts/curves.py.

import { networkColour, networkName } from "../../colours/network_colours.js";
import { runDash, usesDashes } from "../../colours/run_dash.js";
import { drawExact, exactBounds, exactCurve, exactTrace } from "../../core/exact.js";
import { baseAxis, escapeHtml, valueAxis } from "../../core/figure.js";
import { setting, significant } from "../../core/format.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import { clampRange, decadesApart, linearRange, logRange } from "../../core/ranges.js";
import { element, key, setText, swatch } from "../../shell/dom.js";
import { drawBand, drawCurve, drawEnd } from "./curve_canvas.js";
import { decadeSpan, sweepSpan, timeSpan } from "./curve_span.js";
import { bandTraces, curveTrace, endTrace } from "./curve_traces.js";

const GHOST_OPACITY = 0.7; // opacity of the previous run
const MIN_FRAMES = 20; // before axes may shrink: the first frames tell little about the final range of the curves

/** @import { ChartOnAxes } from "../../core/chart_on_axes.js" */
/** @import { Band, CaptionSetting, Curves, Series } from "../../core/chart_specs.d.ts" */
/** @import { OnZoom, Range, Scene, ShownRun } from "../../core/types.d.ts" */
/** @import { Line } from "./curve_canvas.js" */

/** @extends {PlotlyChart<Curves>} */
export class CurveChart extends PlotlyChart {
  /**
   * @param {Curves} spec
   * @param {OnZoom} onZoom
   * @param {{ lowest: boolean }} place last: the lowest of a stack, which carries the labels of the common time axis
   */
  constructor(spec, onZoom, { lowest }) {
    super(spec, onZoom);
    this.lowest = lowest;
    this.exportSize = [900, 490];
    this.x = spec.x?.column ?? "time";
    this.overTime = !spec.x;
    this.xLog = spec.x?.log ?? true;
    this.columns = [...spec.series.map((one) => one.column), ...spec.bands.flatMap(({ low, high }) => [low, high])];
    // columns that the y axis includes, also those of a neighbouring chart
    this.rangeColumns = [...this.columns, ...spec.y.also];
    /** @type {Map<string, number>} */
    this.lengths = new Map(); // px drawn so far of each line: its dashes must continue where they stopped
    this.title = ""; // of the common axis
    this.node.classList.toggle("last", lowest);
  }

  /** @override @type {ChartOnAxes["writeCaption"]} */
  writeCaption(scene) {
    const { series, settings, caption } = this.spec;
    const bands = this.spec.bands.filter((one) => one.label);
    const keys = series.length > 1 || bands.length ? series.filter((one) => one.label) : [];
    const { muted } = scene.theme;
    const colour = (/** @type {Series} */ { network }) =>
      network === undefined ? muted : networkColour(scene.colours, network);
    const entries = keys.map((one) => key(swatch(colour(one), one.dash), one.label));
    if (settings.length) entries.unshift(key(settingsText(settings, scene.runs)));
    for (const { label } of bands) entries.push(key(element("i", { class: "band", "aria-hidden": "true" }), label));
    this.reading = caption.length ? (this.reading ?? element("span", { class: "key reading" })) : null;
    this.setCaption([...entries, ...(this.reading ? [this.reading] : [])]);
    this.updateCaption(scene); // an empty line has no height, and the chart below would be measured too large
  }

  /**
   * The numbers in the caption, if the specification has any.
   *
   * @override @type {ChartOnAxes["updateCaption"]}
   */
  updateCaption({ current: { log, upTo } }) {
    // Keep the old number until a new run's first frame: a different line break would change the chart's size.
    if (!this.reading || (!log.header && this.reading.textContent)) return;
    const columns = this.spec.caption.filter(({ column }) => !log.header || log.has(column));
    const numbers = columns.map(
      ({ column, label, after }) => `${label} ${significant(log.value(upTo, column), 2)}${after}`,
    );
    setText(this.reading, numbers.join(", "));
  }

  /** @override @type {ChartOnAxes["shownRuns"]} */
  shownRuns(scene) {
    return [...scene.kept, scene.current].filter(
      (run) => run.log.header && this.columns.some((name) => run.log.has(name)),
    );
  }

  /** @override @type {ChartOnAxes["axesKnown"]} */
  axesKnown(log) {
    return log.count >= MIN_FRAMES || log.ended;
  }

  /** @override @type {ChartOnAxes["layoutKey"]} */
  layoutKey(scene) {
    if (!this.lowest) return "";
    // Before the run's first frame its pace is unknown: keep the present range.
    this.title = scene.current.log.header || !this.title ? this.#xTitle(scene) : this.title;
    return this.title;
  }

  /** @override @type {ChartOnAxes["wantedRanges"]} */
  wantedRanges(scene) {
    if (this.overTime) this.x = scene.along;
    const runs = [...scene.runs, ...(scene.ghost ? [scene.ghost] : [])];
    const bounds = runs
      .flatMap(({ log }) => [
        ...this.rangeColumns.map((name) => log.bounds.get(name)),
        ...this.spec.series.filter((one) => one.exact).map((one) => exactBounds(log, one.column)),
      ])
      .flatMap((seen) => seen ?? []);
    const high = Math.max(this.spec.y.least ?? -Infinity, ...bounds.map((seen) => seen.high));
    const floor = this.spec.y.log ? Infinity : (this.spec.y.floor ?? Infinity);
    const low = Math.min(floor, ...bounds.map((seen) => (this.spec.y.log ? seen.positive : seen.low)));
    // A specification can set a smallest length of the axis, so that rounding does not look like a movement.
    const padding = Math.max(0, ((this.spec.y.span ?? 0) - (high - low)) / 2);
    const { y } = this.spec;
    const range = y.log ? logRange(low, high) : clampRange(linearRange(low - padding, high + padding), low, high, y);
    return { x: this.#span(scene), y: range };
  }

  // The time axis fits the runs that are shown: one for a longer run before would be half empty.
  /** @override @type {ChartOnAxes["replacesRange"]} */
  replacesRange(side) {
    return side === "x";
  }

  /** @override @type {ChartOnAxes["axesLayout"]} */
  axesLayout(scene, exportWidth = 0) {
    const axis = baseAxis(scene.theme);
    const labels = this.lowest || exportWidth > 0;
    const title = labels ? (exportWidth ? this.#xTitle(scene) : this.title) : "";
    return {
      xaxis: {
        ...axis,
        type: this.xLog ? "log" : "linear",
        range: this.range("x"),
        dtick: this.tickStep("x"),
        showticklabels: labels,
        ticks: labels ? "outside" : "",
        title: { ...axis.title, text: escapeHtml(title) },
        tickfont: { size: 11 },
      },
      yaxis: valueAxis(scene.theme, this.spec.y, this.range("y"), this.tickStep("y")),
      margin: { l: 62, r: 8, t: 5, b: this.lowest ? 42 : 6 },
    };
  }

  /** @override @type {ChartOnAxes["tickStep"]} */
  tickStep(side) {
    const log = side === "x" ? this.xLog : this.spec.y.log;
    return log && !this.zoomed[side] ? decadesApart(this.range(side)) : null;
  }

  // ---- canvas

  /** @override @type {ChartOnAxes["drawBackground"]} */
  drawBackground(context, area, scene) {
    for (const run of this.shownRuns(scene)) {
      for (const exact of this.#exact(run)) drawExact(context, area, exact, run.colour, scene.theme);
    }
    if (!scene.ghost?.log.header) return;
    const ghost = { ...scene.ghost, colour: scene.colours.ghost };
    context.globalAlpha = GHOST_OPACITY;
    for (const series of this.#mainSeries) drawCurve(context, area, ghost, this.x, series, 0, ghost.upTo, 0);
    context.globalAlpha = 1;
  }

  /** @override @type {ChartOnAxes["beginLine"]} */
  beginLine(key) {
    for (const { column } of this.spec.series) this.lengths.set(`${key} ${column}`, 0);
  }

  /** @override @type {ChartOnAxes["extendLines"]} */
  extendLines(context, area, run, from) {
    for (const band of this.#bandsOf(run))
      drawBand(context, area, this.#inNetworkColour(run, band), this.x, band, from);
    for (const series of this.#seriesOf(run)) {
      const id = `${run.key} ${series.column}`;
      const drawn = this.lengths.get(id) ?? 0;
      const line = this.#styled(run, series);
      const length = drawCurve(context, area, this.#inNetworkColour(run, series), this.x, line, from, run.upTo, drawn);
      this.lengths.set(id, length);
    }
  }

  /** @override @type {ChartOnAxes["drawHeads"]} */
  drawHeads(context, area, run) {
    for (const series of this.spec.series) {
      if (series.thin || series.faint) continue;
      drawEnd(context, area, this.#inNetworkColour(run, series), this.x, series.column, this.scene.theme.background);
    }
  }

  // ---- plotly

  /** @override @type {ChartOnAxes["traces"]} */
  traces(scene) {
    const log = this.spec.y.log;
    const traces = [];
    if (scene.ghost?.log.header) {
      const ghost = { ...scene.ghost, colour: scene.colours.ghost, label: "previous run" };
      const pale = { opacity: GHOST_OPACITY, hoverinfo: "skip", hovertemplate: undefined };
      for (const one of this.#mainSeries) traces.push({ ...curveTrace(ghost, this.x, one, log, true), ...pale });
    }
    for (const run of this.shownRuns(scene).filter((one) => one.upTo >= 0)) {
      for (const exact of this.#exact(run)) traces.push(exactTrace(exact, "exact", run.colour, log, scene.theme));
      for (const band of this.#bandsOf(run))
        traces.push(...bandTraces(this.#inNetworkColour(run, band), this.x, band, log));
      for (const one of this.#seriesOf(run)) {
        const coloured = this.#inNetworkColour(run, one);
        const named = { ...this.#styled(run, one), label: one.label || networkName(run.log, one.network) };
        traces.push(curveTrace(coloured, this.x, named, log, scene.runs.length > 1));
        if (!one.thin && !one.faint) traces.push(endTrace(coloured, this.x, [one], scene.theme.background));
      }
    }
    return traces;
  }

  /**
   * A run in the colour of a network: if networks train side by side, colours identify them. Kept runs then differ by
   * their dashes and have no bands.
   *
   * @param {ShownRun} run
   * @param {Series | Band} line
   */
  #inNetworkColour(run, { network }) {
    return network === undefined || run.log.networks < 2
      ? run
      : { ...run, colour: networkColour(this.scene.colours, network) };
  }

  /**
   * @param {ShownRun} run
   * @param {Series} series
   * @returns {Line}
   */
  #styled(run, series) {
    return usesDashes(this.spec.series) ? series : { ...series, dash: runDash(series, run) };
  }

  // The series that are drawn for every run. Faint ones, which another line summarises, are drawn for the current one.
  get #mainSeries() {
    return this.spec.series.filter((one) => !one.faint);
  }

  /** @param {ShownRun} run */
  #seriesOf(run) {
    return run.key === "current" ? this.spec.series : this.#mainSeries;
  }

  /** @param {ShownRun} run */
  #bandsOf(run) {
    return this.spec.bands.filter(({ network }) => network === undefined || run.key === "current");
  }

  /** @param {ShownRun} run */
  #exact({ log }) {
    const series = this.spec.series.filter((one) => one.exact);
    return series.flatMap(({ column }) => exactCurve(log, this.x, column) ?? []);
  }

  /** @param {Scene} scene */
  #xTitle(scene) {
    return this.spec.x?.title ?? timeTitle(scene);
  }

  /**
   * @param {Scene} scene
   * @returns {Range}
   */
  #span(scene) {
    const before = this.ranges?.x;
    const { x } = this.spec;
    if (before && !this.defaultRanges && !scene.current.log.header) return before; // until the next run has begun
    if (!x) return timeSpan(scene, before);
    return x.log ? decadeSpan(scene, x, before) : sweepSpan(scene, before);
  }
}

/**
 * Text of the settings that the numbers of a chart depend on, over all runs: "d = 2", or "d = 2, 10".
 *
 * @param {CaptionSetting[]} settings
 * @param {ShownRun[]} runs
 */
function settingsText(settings, runs) {
  const parts = settings.map(({ name, symbol }) => {
    const values = new Set(runs.map(({ log }) => log.config[name]).filter((value) => value !== undefined));
    return `at ${symbol} = ${[...values].map(setting).join(", ")}`;
  });
  return parts.join(", ");
}

/** @param {Scene} scene */
function timeTitle({ current, along }) {
  if (along === "step") return "training step";
  const pace = current.log.chartData.time_per_step;
  return pace ? `flow time t  (= step × ${setting(pace)})` : "flow time t";
}
