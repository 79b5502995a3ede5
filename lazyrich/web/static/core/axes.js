// Conversion of data to pixels as plotly does it, so that a canvas over plotly's axes fits to the pixel.

import { drawnAxis } from "./plotly_internals.js";

/** @import { DrawnAxis } from "./plotly_internals.js" */
/** @import { AxisScale, PlotArea, PlotlyElement } from "./types.d.ts" */

/**
 * The plot area of a drawn figure.
 *
 * @param {PlotlyElement} figure
 * @returns {PlotArea}
 */
export function plotArea(figure) {
  const xaxis = drawnAxis(figure, "x");
  const yaxis = drawnAxis(figure, "y");
  return {
    left: xaxis.offset,
    top: yaxis.offset,
    width: xaxis.length,
    height: yaxis.length,
    x: axis(xaxis, false),
    y: axis(yaxis, true),
  };
}

/**
 * The plot area of a drawn figure with other ranges of its axes; log10 on logarithmic ones.
 *
 * @param {PlotlyElement} figure
 * @param {number[]} x
 * @param {number[]} y
 * @returns {PlotArea}
 */
export function areaWithin(figure, x, y) {
  const [across, up] = [drawnAxis(figure, "x"), drawnAxis(figure, "y")];
  return {
    left: across.offset,
    top: up.offset,
    width: across.length,
    height: up.length,
    x: axis({ ...across, range: x }, false),
    y: axis({ ...up, range: y }, true),
  };
}

/**
 * px = slope * (value, or its log10) + start, counted from the corner of the plot area.
 *
 * @param {DrawnAxis} drawn
 * @param {boolean} upward
 * @returns {AxisScale}
 */
function axis(drawn, upward) {
  const [from, to] = drawn.range;
  const slope = (upward ? -1 : 1) * (drawn.length / (to - from));
  return { log: drawn.type === "log", slope, start: upward ? drawn.length - slope * from : -slope * from };
}

/**
 * Pixel of a value; NaN if a log axis cannot show it.
 *
 * @param {AxisScale} axis
 * @param {number} value
 */
export function place(axis, value) {
  return axis.slope * (axis.log ? (value > 0 ? Math.log10(value) : NaN) : value) + axis.start;
}
