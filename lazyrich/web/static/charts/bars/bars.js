// A bar for each of the networks that train side by side, with whiskers over the seeds, for durations. Redrawn for each
// frame.
//
// Its options are documented in lazyrich/charts/bars.py.

import { networkKeys } from "../../colours/network_colours.js";
import { baseAxis, escapeHtml } from "../../core/figure.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import { linearRange, logRange } from "../../core/ranges.js";
import { textWidth } from "../../core/ticks.js";
import { element, key } from "../../shell/dom.js";
import { extremes } from "../../stream/extremes.js";
import { drawBars, PALE } from "./bars_canvas.js";
import { barTraces } from "./bars_traces.js";
import { barCount, barsOf } from "./bars_values.js";

const LEFT = 62; // px of the margins
const RIGHT = 8;
const ALL = "tops of the bars of "; // name of the sum of a bar and the pale bar below it

/** @import { ChartOnAxes } from "../../core/chart_on_axes.js" */
/** @import { Bars } from "../../core/chart_specs.d.ts" */
/** @import { DrawnRun, OnZoom, Range, Scene } from "../../core/types.d.ts" */

/** @extends {PlotlyChart<Bars>} */
export class BarsChart extends PlotlyChart {
  /**
   * @param {Bars} spec
   * @param {OnZoom} onZoom
   */
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [800, 490];
    this.y = spec.y;
    this.node.classList.add("state-chart");
  }

  /** @override @type {ChartOnAxes["writeCaption"]} */
  writeCaption(scene) {
    const pale = `color-mix(in srgb, ${scene.theme.muted} ${100 * PALE}%, transparent)`;
    const band = element("i", { class: "band", "aria-hidden": "true", style: `background: ${pale}` });
    const foot = this.spec.under_label ? [key(band, this.spec.under_label)] : [];
    this.setCaption([...networkKeys(this.spec, scene.colours), ...foot]);
  }

  /** @override @type {ChartOnAxes["shownRuns"]} */
  shownRuns({ current }) {
    return current.log.arrays.has(this.spec.array) ? [current] : [];
  }

  /** @override @type {ChartOnAxes["layoutKey"]} */
  layoutKey(scene) {
    // Together with the range: plotly moves an axis's title out of the labels' way only in a full redraw.
    return JSON.stringify([this.#names(scene), this.ranges?.y]);
  }

  /** @override */
  resize() {
    if (!super.resize()) return false;
    const names = this.#names(this.scene);
    const shown = this.plot.layout?.xaxis?.ticktext ?? [];
    if (JSON.stringify(names.short) === JSON.stringify(shown)) return true;
    const { xaxis, margin } = this.layout(this.scene);
    this.Plotly.relayout(this.plot, { xaxis, margin });
    this.stale = true;
    if (this.painting) this.paint(this.scene);
    return true;
  }

  /** @override @type {ChartOnAxes["wantedRanges"]} */
  wantedRanges(scene) {
    const [run] = this.shownRuns(scene);
    const count = run ? barCount(run.log, this.spec) : this.spec.labels.length || 1;
    /** @type {Range} */
    const x = [-0.5 - 0.1, count - 0.5 + 0.1];
    const least = this.y.least ?? (this.y.log ? 10 : 1);
    if (!run) return { x, y: this.y.log ? logRange(least / 10, least) : linearRange(0, least) };
    const ends = (/** @type {number} */ frame) =>
      this.#bars({ ...run, upTo: frame }, scene).flatMap((bar) => [bar.bottom, bar.top]);
    const { low, high, positive } = extremes(run.log, `${ALL}${this.spec.array}`, ends);
    const most = Math.max(least, high);
    return { x, y: this.y.log ? logRange(Math.min(positive, most), most) : linearRange(Math.min(0, low), most) };
  }

  /** @override @type {ChartOnAxes["replacesRange"]} */
  replacesRange(side) {
    return side === "x";
  }

  /** @override @type {ChartOnAxes["axesLayout"]} */
  axesLayout(scene, exportWidth = 0) {
    const axis = baseAxis(scene.theme);
    const { short, common } = this.#names(scene, exportWidth || this.size[0]);
    const title = (/** @type {string} */ text) => ({ ...axis.title, text: escapeHtml(text) });
    return {
      xaxis: {
        ...axis,
        range: this.range("x"),
        tickmode: "array",
        tickvals: short.map((_, k) => k),
        ticktext: short.map(escapeHtml),
        tickangle: 0,
        showgrid: false,
        zeroline: false,
        title: title(common),
      },
      yaxis: {
        ...axis,
        type: this.y.log ? "log" : "linear",
        range: this.range("y"),
        nticks: 6,
        title: { ...title(this.y.title), short: this.y.short },
        hoverformat: ".3g",
      },
      margin: { l: LEFT, r: RIGHT, t: 5, b: common ? 42 : 28 },
      barmode: "overlay",
      annotations: this.#placeholders(scene, exportWidth || this.size[0]),
    };
  }

  // ---- canvas

  /** @override @type {ChartOnAxes["drawHeads"]} */
  drawHeads(context, area, run) {
    drawBars(context, area, this.#bars(run, this.scene), this.spec.waiting, this.scene.theme);
  }

  // ---- plotly

  /** @override @type {ChartOnAxes["traces"]} */
  traces(scene) {
    const [run] = this.shownRuns(scene);
    if (!run || run.upTo < 0) return [];
    return barTraces(this.#bars(run, scene), this.spec, scene.theme);
  }

  // ---- data to draw

  /**
   * @param {DrawnRun} run
   * @param {Scene} scene
   */
  #bars(run, scene) {
    return barsOf(run, this.spec, scene.colours);
  }

  /**
   * Text in place of a missing bar, at rest; rotated upright if it is too wide.
   *
   * @param {Scene} scene
   * @param {number} width px
   */
  #placeholders(scene, width) {
    const [run] = this.shownRuns(scene);
    if (!run || run.upTo < 0 || !this.spec.waiting) return [];
    const bars = this.#bars(run, scene);
    const upright = textWidth(this.spec.waiting) > (width - LEFT - RIGHT) / bars.length;
    const [bottom] = this.range("y");
    return bars.flatMap(({ value, foot }, k) => {
      if (Number.isFinite(value)) return [];
      const y = Math.max(bottom, this.y.log ? Math.log10(foot) : foot);
      const font = { size: 12, color: scene.theme.muted };
      const where = { x: k, y, yanchor: "bottom", yshift: 3, textangle: upright ? -90 : 0 };
      return [{ ...where, text: escapeHtml(this.spec.waiting), font, showarrow: false, borderpad: 0 }];
    });
  }

  /**
   * Labels below the bars; without enough room their common part moves below all of them.
   *
   * @param {Scene} scene
   * @param {number} [width] px
   */
  #names(scene, width = this.size[0]) {
    const [run] = this.shownRuns(scene);
    const labels = this.spec.labels;
    const slot = (width - LEFT - RIGHT) / Math.max(1, run ? barCount(run.log, this.spec) : labels.length);
    const [first = ""] = (labels[0] ?? "").match(/^\S+ /) ?? [];
    const crowded = labels.some((label) => textWidth(label) > slot);
    if (!crowded || !first || !labels.every((label) => label.startsWith(first))) return { short: labels, common: "" };
    return { short: labels.map((label) => label.slice(first.length)), common: first.trim() };
  }
}
