// The path of one point of each run in a plane, over lines from the run's header (contours of the loss, say).

import { drawExact, exactBounds, exactCurve, exactTrace } from "../../core/exact.js";
import { baseAxis, escapeHtml } from "../../core/figure.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import { key, mark, swatch } from "../../shell/dom.js";
import { drawNow, drawPath, drawPlaneLine, drawStart, drawTarget } from "./path_canvas.js";
import { nowTrace, pathTrace, planeLineTrace, pointTrace, startTrace } from "./path_traces.js";

const GHOST_OPACITY = 0.7; // opacity of the previous run
const FARTHEST = 3; // times the header's range: a run that goes farther diverges, and leaves the axes

/** @import { ChartOnAxes } from "../../core/chart_on_axes.js" */
/** @import { Path } from "../../core/chart_specs.d.ts" */
/** @import { OnZoom, Range } from "../../core/types.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @extends {PlotlyChart<Path>} */
export class PathChart extends PlotlyChart {
  /**
   * @param {Path} spec
   * @param {OnZoom} onZoom
   */
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [800, 774];
    this.square = true;
    const [x, y] = spec.columns;
    this.x = x;
    this.y = y;
    /** @type {Map<string, number>} */
    this.lengths = new Map(); // px drawn so far of each run's path
    this.node.classList.add("path-chart");
  }

  /** @override @type {ChartOnAxes["writeCaption"]} */
  writeCaption(scene) {
    const { muted, text, line } = scene.theme;
    const nodes = { ring: () => mark("ring", muted), cross: () => mark("cross", text), line: () => swatch(line) };
    const keys = this.spec.keys.map((one) => key(nodes[one.mark](), one.label));
    this.setCaption(keys, scene.current.log.chartData.path_note);
  }

  /** @override @type {ChartOnAxes["shownRuns"]} */
  shownRuns(scene) {
    return [...scene.kept, scene.current].filter(({ log }) => log.header && log.has(this.x) && log.has(this.y));
  }

  // Begin with the square in the current run's header; enlarge it for the paths of the other runs.
  /** @override @type {ChartOnAxes["wantedRanges"]} */
  wantedRanges(scene) {
    const { x, y } = scene.current.log.chartData.plane_range ?? { x: [-1, 1], y: [-1, 1] };
    const size = x[1] - x[0];
    const hold = (/** @type {Range} */ [from, to], /** @type {string} */ name) => {
      const seen = scene.runs
        .flatMap(({ log }) => [log.bounds.get(name) ?? [], exactBounds(log, name) ?? []].flat())
        .map(({ low, high }) => [Math.max(low, from - FARTHEST * size), Math.min(high, to + FARTHEST * size)]);
      const low = Math.min(from, ...seen.map((one) => one[0] - 0.04 * size));
      const high = Math.max(to, ...seen.map((one) => one[1] + 0.04 * size));
      return [low, high];
    };
    const [wide, tall] = [hold(x, this.x), hold(y, this.y)];
    const half = Math.max(wide[1] - wide[0], tall[1] - tall[0]) / 2;
    const [across, up] = [wide, tall].map(([from, to]) => (from + to) / 2);
    return { x: [across - half, across + half], y: [up - half, up + half] };
  }

  /** @override */
  replacesRange() {
    return true;
  }

  /** @override @type {ChartOnAxes["axesLayout"]} */
  axesLayout(scene, exportWidth = 0) {
    const axis = { ...baseAxis(scene.theme), zeroline: true, constrain: "domain", nticks: 5, hoverformat: ".3g" };
    const title = (/** @type {string} */ text) => ({ ...axis.title, text: escapeHtml(text), standoff: 4 });
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
      margin: exportWidth ? undefined : { l: 56, r: 8, t: 5, b: 40 },
    };
  }

  // ---- canvas

  /** @override @type {ChartOnAxes["drawBackground"]} */
  drawBackground(context, area, scene) {
    const { theme } = scene;
    const { chartData } = scene.current.log;
    for (const line of chartData.plane_lines ?? []) drawPlaneLine(context, area, line, theme.line);
    if (scene.ghost?.log.has(this.x)) {
      context.globalAlpha = GHOST_OPACITY;
      drawPath(context, area, this.spec.columns, { ...scene.ghost, colour: scene.colours.ghost, dash: "solid" }, 0);
      context.globalAlpha = 1;
    }
    for (const run of this.shownRuns(scene)) {
      const exact = exactCurve(run.log, this.x, this.y);
      if (exact) drawExact(context, area, exact, run.colour, theme);
      if (!run.log.chartData.sweep) drawStart(context, area, ...this.#at(run.log, 0), theme.muted);
    }
    for (const { role, x, y } of chartData.plane_points ?? []) {
      if (role === "start") drawStart(context, area, x, y, theme.muted);
      else drawTarget(context, area, x, y, theme.text);
    }
  }

  /** @override @type {ChartOnAxes["beginLine"]} */
  beginLine(key) {
    this.lengths.set(key, 0);
  }

  /** @override @type {ChartOnAxes["extendLines"]} */
  extendLines(context, area, run, from) {
    const drawn = this.lengths.get(run.key);
    this.lengths.set(run.key, drawPath(context, area, this.spec.columns, run, from, drawn));
  }

  /** @override @type {ChartOnAxes["drawHeads"]} */
  drawHeads(context, area, { log, upTo, colour }) {
    drawNow(context, area, ...this.#at(log, upTo), colour, this.scene.theme.background);
  }

  // ---- plotly

  /** @override @type {ChartOnAxes["traces"]} */
  traces(scene) {
    const { theme, colours } = scene;
    const { columns } = this.spec;
    const { chartData } = scene.current.log;
    const traces = (chartData.plane_lines ?? []).map((line) => planeLineTrace(line, theme));
    if (scene.ghost?.log.has(this.x)) {
      const ghost = pathTrace({ ...scene.ghost, dash: "solid" }, columns, colours.ghost, "previous run");
      traces.push({ ...ghost, hoverinfo: "skip", hovertemplate: undefined, opacity: GHOST_OPACITY });
    }
    for (const run of this.shownRuns(scene).filter((one) => one.upTo >= 0)) {
      const { log, upTo, colour, label } = run;
      const name = escapeHtml(label || "training");
      const exact = exactCurve(log, this.x, this.y);
      if (exact) traces.push(exactTrace(exact, `${name}, exact`, colour, false, theme));
      if (!log.chartData.sweep) traces.push(startTrace(...this.#at(log, 0), theme));
      traces.push(pathTrace(run, columns, colour, name), nowTrace(...this.#at(log, upTo), colour, theme));
    }
    return [...traces, ...(chartData.plane_points ?? []).map((point) => pointTrace(point, theme))];
  }

  /**
   * The point of a run at a frame.
   *
   * @param {RunLog} log
   * @param {number} frame
   * @returns {[x: number, y: number]}
   */
  #at(log, frame) {
    return [log.value(frame, this.x), log.value(frame, this.y)];
  }
}
