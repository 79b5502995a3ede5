// Numbers of one moment over an axis other than time: error over training-set size, a number for each layer. A line
// for each of the networks that train side by side, redrawn for each frame.
//
// Its options are documented in lazyrich/charts/lines.py.

import { networkKeys } from "../../colours/network_colours.js";
import { baseAxis, escapeHtml, valueAxis } from "../../core/figure.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import { clampRange, closeRange, decadesApart, linearRange, logRange } from "../../core/ranges.js";
import { fittingTicks } from "../../core/ticks.js";
import { extremes } from "../../stream/extremes.js";
import { drawBands, drawGuide, drawLine, drawMarks } from "./lines_canvas.js";
import { linesOf, xsOf } from "./lines_points.js";
import { bandTraces, guideTrace, lineTrace } from "./lines_traces.js";

const GHOST_OPACITY = 0.7; // opacity of the previous run
const PADDING = 0.1; // share of the length of the x axis: room for half a label at either end
const LEFT = 62; // px of the margins
const RIGHT = 8;

/** @import { ChartOnAxes } from "../../core/chart_on_axes.js" */
/** @import { Lines } from "../../core/chart_specs.d.ts" */
/** @import { DrawnRun, OnZoom, Range, Scene, Trace } from "../../core/types.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @extends {PlotlyChart<Lines>} */
export class LinesChart extends PlotlyChart {
  /**
   * @param {Lines} spec
   * @param {OnZoom} onZoom
   */
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [900, 490];
    this.y = spec.y;
    this.node.classList.add("state-chart");
  }

  /** @override @type {ChartOnAxes["writeCaption"]} */
  writeCaption(scene) {
    this.setCaption(networkKeys(this.spec, scene.colours));
  }

  /** @override @type {ChartOnAxes["shownRuns"]} */
  shownRuns(scene) {
    return [...scene.kept, scene.current].filter(({ log }) => this.#holds(log));
  }

  /** @override @type {ChartOnAxes["layoutKey"]} */
  layoutKey(scene) {
    // Together with the range: plotly moves an axis's title out of the labels' way only in a full redraw.
    return JSON.stringify([this.#ticks(scene), this.ranges?.y]);
  }

  /** @override */
  resize() {
    if (!super.resize()) return false;
    const ticks = this.#ticks(this.scene);
    if (ticks && JSON.stringify(this.plot.layout?.xaxis?.ticktext) !== JSON.stringify(ticks.ticktext)) {
      this.Plotly.relayout(this.plot, { "xaxis.tickvals": ticks.tickvals, "xaxis.ticktext": ticks.ticktext });
    }
    return true;
  }

  /** @override @type {ChartOnAxes["wantedRanges"]} */
  wantedRanges(scene) {
    const { log, floor, least, ceiling } = this.y;
    const runs = [...this.shownRuns(scene), ...this.#ghosts(scene)];
    const seen = runs.map((run) => extremes(run.log, this.spec.array));
    const low = Math.min(log ? Infinity : (floor ?? Infinity), ...seen.map((one) => (log ? one.positive : one.low)));
    const high = Math.max(least ?? -Infinity, ...seen.map((one) => one.high));
    const x = this.#span(runs);
    const guides = this.spec.guides.map(({ y }) => y);
    if (log && this.spec.y_close) return { x, y: closeRange(Math.min(low, ...guides), Math.max(high, ...guides)) };
    if (!log) return { x, y: clampRange(linearRange(low, high), low, high, this.y) };
    const [bottom, top] = logRange(low, high);
    return {
      x,
      y: [
        bottom,
        ceiling !== undefined && high <= ceiling ? Math.min(top, Math.log10(ceiling) + 0.04 * (top - bottom)) : top,
      ],
    };
  }

  // The positions of the current run's points do not depend on earlier runs.
  /** @override @type {ChartOnAxes["replacesRange"]} */
  replacesRange(side) {
    return side === "x";
  }

  /** @override @type {ChartOnAxes["axesLayout"]} */
  axesLayout(scene, exportWidth = 0) {
    const axis = baseAxis(scene.theme);
    return {
      xaxis: {
        ...axis,
        type: this.spec.x_log ? "log" : "linear",
        range: this.range("x"),
        ...(this.#ticks(scene, exportWidth || this.size[0]) ?? { tickmode: "auto", nticks: 6 }),
        tickangle: 0,
        title: { ...axis.title, text: escapeHtml(this.spec.x_title) },
        tickfont: { size: 12 },
      },
      yaxis: valueAxis(scene.theme, this.y, this.range("y"), this.tickStep("y")),
      margin: { l: LEFT, r: RIGHT, t: 5, b: 42 },
      annotations: this.spec.guides.map(({ y, label }) => ({
        xref: "paper",
        x: 0,
        xanchor: "left",
        xshift: 5,
        y: this.y.log ? Math.log10(y) : y,
        yanchor: "bottom",
        text: escapeHtml(label),
        showarrow: false,
        borderpad: 0,
        font: { size: 12 },
      })),
    };
  }

  /** @override @type {ChartOnAxes["tickStep"]} */
  tickStep(side) {
    return side === "y" && this.y.log && !this.spec.y_close && !this.zoomed.y ? decadesApart(this.range("y")) : null;
  }

  // ---- canvas

  /** @override @type {ChartOnAxes["drawBackground"]} */
  drawBackground(context, area, scene) {
    for (const { y } of this.spec.guides) drawGuide(context, area, y, scene.theme.line);
    context.globalAlpha = GHOST_OPACITY;
    for (const run of this.#ghosts(scene)) {
      for (const line of this.#lines(run, scene)) {
        const ghost = { ...line, colour: scene.colours.ghost };
        drawLine(context, area, ghost);
        drawMarks(context, area, ghost, false, scene.theme.background);
      }
    }
    context.globalAlpha = 1;
  }

  /** @override @type {ChartOnAxes["drawHeads"]} */
  drawHeads(context, area, run) {
    const { theme } = this.scene;
    const lines = this.#lines(run, this.scene);
    const current = run.key === "current";
    if (current) for (const line of lines) drawBands(context, area, line);
    for (const line of lines) {
      drawLine(context, area, line, current ? "solid" : run.dash);
      drawMarks(context, area, line, current && this.spec.markers, theme.background);
    }
  }

  // ---- plotly

  /** @override @type {ChartOnAxes["traces"]} */
  traces(scene) {
    /** @type {Trace[]} */
    const traces = this.spec.guides.map((guide) => guideTrace(guide, this.range("x"), this.spec, scene.theme));
    const about = { spec: this.spec, background: scene.theme.background };
    for (const run of this.#ghosts(scene)) {
      for (const line of this.#lines(run, scene)) {
        const ghost = { ...line, colour: scene.colours.ghost, label: `${line.label}, previous run` };
        traces.push({
          ...lineTrace(ghost, about),
          opacity: GHOST_OPACITY,
          hoverinfo: "skip",
          hovertemplate: undefined,
        });
      }
    }
    for (const run of this.shownRuns(scene).filter((one) => one.upTo >= 0)) {
      const lines = this.#lines(run, scene);
      const current = run.key === "current";
      if (current) traces.push(...lines.flatMap((line) => bandTraces(line, this.spec)));
      for (const line of lines) {
        const label = scene.runs.length > 1 && run.label ? `${line.label}, ${run.label}` : line.label;
        const look = { markers: current && this.spec.markers, dash: current ? "solid" : run.dash, spread: current };
        traces.push(lineTrace({ ...line, label }, { ...about, ...look }));
      }
    }
    return traces;
  }

  // ---- data to draw

  /** @param {RunLog} log */
  #holds(log) {
    return log.arrays.has(this.spec.array);
  }

  /** @param {Scene} scene */
  #ghosts({ ghost }) {
    return ghost && this.#holds(ghost.log) ? [ghost] : [];
  }

  /**
   * @param {DrawnRun} run
   * @param {Scene} scene
   */
  #lines(run, scene) {
    return linesOf(run, this.spec, scene.colours);
  }

  /** @param {RunLog} log */
  #xs(log) {
    return xsOf(log, this.spec).filter((x) => Number.isFinite(x) && (x > 0 || !this.spec.x_log));
  }

  /**
   * @param {DrawnRun[]} runs
   * @returns {Range}
   */
  #span(runs) {
    const xs = runs.flatMap(({ log }) => this.#xs(log));
    if (!xs.length) return this.ranges?.x ?? [0, 1];
    const [low, high] = [Math.min(...xs), Math.max(...xs)].map((x) => (this.spec.x_log ? Math.log10(x) : x));
    const padding = PADDING * (high - low || 1);
    return [low - padding, high + padding];
  }

  /**
   * Labels at the run's points, as many as fit; null leaves the labels to plotly.
   *
   * @param {Scene} scene
   * @param {number} [width] px
   */
  #ticks(scene, width = this.size[0]) {
    const run = this.shownRuns(scene).at(-1);
    const axis = { log: this.spec.x_log, range: this.zoomed.x ?? this.#span(run ? [run] : []) };
    return run ? fittingTicks(this.#xs(run.log), axis, width - LEFT - RIGHT) : null;
  }
}
