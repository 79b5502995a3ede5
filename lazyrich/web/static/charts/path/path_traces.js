// A path at rest, with the lines and points around it, as plotly traces.

import { escapeHtml } from "../../core/figure.js";
import { moment } from "../../core/format.js";
import { plotlyDash } from "../../shell/dom.js";
import { DOT, TARGET, WIDTH } from "./path_canvas.js";

/** @import { DrawnRun, Theme, Trace } from "../../core/types.d.ts" */
/** @import { PlaneLine, PlanePoint } from "../../stream/messages.d.ts" */

const BARE = { type: "scatter", mode: "markers", showlegend: false, hoverinfo: "skip" };

/**
 * A line of the header.
 *
 * @param {PlaneLine} line
 * @param {Theme} theme
 * @returns {Trace}
 */
export function planeLineTrace({ x, y, label }, theme) {
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color: theme.line, width: 1 },
    hovertemplate: `${escapeHtml(label)}<extra></extra>`,
    showlegend: false,
  };
}

/**
 * The path of a run up to its present point.
 *
 * @param {DrawnRun} run
 * @param {[x: string, y: string]} columns
 * @param {string} color
 * @param {string} name
 * @returns {Trace}
 */
export function pathTrace({ log, upTo, dash }, columns, color, name) {
  const frames = Array.from({ length: upTo + 1 }, (_, k) => k);
  const [x, y] = columns.map((column) => frames.map((k) => finite(log.value(k, column))));
  return {
    type: "scatter",
    mode: log.chartData.sweep ? "lines+markers" : "lines",
    name,
    marker: { color, size: 2 * DOT },
    x,
    y,
    line: { color, width: WIDTH, dash: plotlyDash(dash) },
    customdata: frames.map((k) => moment(log, k)),
    hovertemplate: `${name}<br>(%{x:.3g}, %{y:.3g})<br>%{customdata}<extra></extra>`,
  };
}

/**
 * A ring at a run's start.
 *
 * @param {number} x
 * @param {number} y
 * @param {Theme} theme
 * @returns {Trace}
 */
export function startTrace(x, y, theme) {
  return { ...BARE, x: [x], y: [y], marker: ring(theme) };
}

/**
 * A disc at its present point.
 *
 * @param {number} x
 * @param {number} y
 * @param {string} color
 * @param {Theme} theme
 * @returns {Trace}
 */
export function nowTrace(x, y, color, theme) {
  return { ...BARE, x: [x], y: [y], marker: { color, size: 11, line: { width: 1.5, color: theme.background } } };
}

/**
 * A point of the header: the start of runs, or a target.
 *
 * @param {PlanePoint} point
 * @param {Theme} theme
 * @returns {Trace}
 */
export function pointTrace({ label, role, x, y }, theme) {
  const cross = { symbol: "x-thin", size: 2 * TARGET, line: { width: 2, color: theme.text } };
  return {
    type: "scatter",
    mode: "markers",
    x: [x],
    y: [y],
    name: escapeHtml(label),
    marker: role === "start" ? ring(theme) : cross,
    hovertemplate: `${escapeHtml(label)}<br>(%{x:.3g}, %{y:.3g})<extra></extra>`,
  };
}

const ring = (/** @type {Theme} */ theme) => ({
  symbol: "circle-open",
  size: 9,
  color: theme.muted,
  line: { width: 1.5 },
});
const finite = (/** @type {number} */ value) => (Number.isFinite(value) ? value : null);
