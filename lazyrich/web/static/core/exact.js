// The exact curves of a run. Its header has all of them, so they are on the chart before training begins.

import { place } from "./axes.js";
import { isNumber } from "./ranges.js";

/** @import { Bounds, PlotArea, Theme, Trace } from "./types.d.ts" */
/** @import { RunLog } from "../stream/run_log.js" */
/** @typedef {{ x: (number | null)[], y: (number | null)[] }} ExactCurve with null for gaps */

export const EXACT_WIDTH = 7; // px: a pale wide line under the thinner line of training

/**
 * Opacity of the wide line; higher on a dark background, for equal visibility.
 *
 * @param {Theme} theme
 */
export const exactOpacity = (theme) => (theme.dark ? 0.36 : 0.28);

/**
 * Two columns of the exact solution; null where there is none.
 *
 * @param {RunLog} log
 * @param {string} x
 * @param {string} y
 * @returns {ExactCurve | null}
 */
export function exactCurve(log, x, y) {
  const { exact = {}, time_per_step: pace } = log.chartData;
  // the solution knows time only
  const xs = x === "step" && pace ? exact.time?.map((time) => (time === null ? null : time / pace)) : exact[x];
  return xs?.length && exact[y]?.length ? { x: xs, y: exact[y] } : null;
}

/**
 * The extremes of a column of the exact solution; null where there is none.
 *
 * @param {RunLog} log
 * @param {string} column
 * @returns {Bounds | null}
 */
export function exactBounds(log, column) {
  const values = (log.chartData.exact?.[column] ?? []).filter(isNumber);
  if (!values.length) return null;
  const above = values.filter((value) => value > 0);
  return {
    low: Math.min(...values),
    high: Math.max(...values),
    positive: above.length ? Math.min(...above) : Infinity,
  };
}

/**
 * Draw an exact curve on a canvas: a pale wide line under the line of training.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {ExactCurve} curve
 * @param {string} colour
 * @param {Theme} theme
 */
export function drawExact(context, area, { x, y }, colour, theme) {
  context.strokeStyle = colour;
  context.lineWidth = EXACT_WIDTH;
  context.globalAlpha = exactOpacity(theme);
  context.lineCap = "butt";
  context.beginPath();
  let pen = false;
  for (let k = 0; k < x.length; k++) {
    const [left, top] = [place(area.x, x[k] ?? NaN), place(area.y, y[k] ?? NaN)];
    const there = Number.isFinite(left + top);
    if (there && pen) context.lineTo(left, top);
    else if (there) context.moveTo(left, top);
    pen = there;
  }
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * The same curve as a plotly trace.
 *
 * @param {ExactCurve} curve
 * @param {string} name
 * @param {string} colour
 * @param {boolean} positive the y axis is logarithmic
 * @param {Theme} theme
 * @returns {Trace}
 */
export function exactTrace({ x, y }, name, colour, positive, theme) {
  return {
    type: "scatter",
    mode: "lines",
    name,
    x,
    y: positive ? y.map((value) => (value !== null && value > 0 ? value : null)) : y,
    line: { color: colour, width: EXACT_WIDTH },
    opacity: exactOpacity(theme),
    hoverinfo: "skip",
  };
}
