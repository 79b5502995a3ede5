// Lines of one moment while a run plays, drawn on the canvases over plotly's axes.

import { place } from "../../core/axes.js";
import { dashLengths } from "../../shell/dom.js";
import { WIDTH } from "../curves/curve_canvas.js";
import { joined, spreadPieces } from "./lines_points.js";

export const RADIUS = 3.5; // px, of a marker
export const PALE = 0.2; // opacity of a band
export const WHISKER = 4; // px, half the width of its ends
export const GUIDE = [2, 4]; // px, dashes

/** @import { Dash, PlotArea } from "../../core/types.d.ts" */
/** @import { Line } from "./lines_points.js" */

/**
 * A line across the whole chart.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {number} y
 * @param {string} colour
 */
export function drawGuide(context, area, y, colour) {
  const top = place(area.y, y);
  if (!Number.isFinite(top)) return;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.lineCap = "butt";
  context.setLineDash(GUIDE);
  context.beginPath();
  context.moveTo(0, top);
  context.lineTo(area.width, top);
  context.stroke();
  context.setLineDash([]);
}

/**
 * The spread of a line: a band, and a whisker for a point without neighbours.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Line} line
 */
export function drawBands(context, area, { points, colour }) {
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = WIDTH;
  for (const piece of spreadPieces(points)) {
    const edge = (/** @type {"low" | "high"} */ end) =>
      piece.map((point) => [place(area.x, point.x), placeEdge(area, point[end])]);
    const [low, high] = [edge("low"), edge("high").reverse()];
    context.beginPath();
    if (piece.length > 1) {
      context.globalAlpha = PALE;
      for (const [left, top] of [...low, ...high]) context.lineTo(left, top);
      context.fill();
      context.globalAlpha = 1;
      continue;
    }
    const [[left, bottom], [, top]] = [low[0], high[0]];
    context.moveTo(left, bottom);
    context.lineTo(left, top);
    for (const end of [bottom, top]) {
      context.moveTo(left - WHISKER, end);
      context.lineTo(left + WHISKER, end);
    }
    context.stroke();
  }
}

/**
 * A log axis cannot show 0: a band that reaches 0 extends beyond the bottom.
 *
 * @param {PlotArea} area
 * @param {number} value
 */
function placeEdge(area, value) {
  return area.y.log && !(value > 0) ? 2 * area.height : place(area.y, value);
}

/**
 * The line itself, which joins neighbours only.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Line} line
 * @param {Dash} [dash]
 */
export function drawLine(context, area, { points, colour, apart }, dash = "solid") {
  context.strokeStyle = colour;
  context.lineWidth = WIDTH;
  context.lineCap = dash === "solid" ? "round" : "butt"; // round ends would make dashes of dots
  context.setLineDash(dashLengths(dash));
  context.beginPath();
  for (const piece of joined({ points, apart })) {
    let pen = false;
    for (const { x, y } of piece) {
      const [left, top] = [place(area.x, x), place(area.y, y)];
      const there = Number.isFinite(left + top);
      if (there && pen) context.lineTo(left, top);
      else if (there) context.moveTo(left, top);
      pen = there;
    }
  }
  context.stroke();
  context.setLineDash([]);
}

/**
 * Markers: at all points, or only at those without neighbours, which no line shows.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Line} line
 * @param {boolean} all
 * @param {string} background
 */
export function drawMarks(context, area, { points, colour, apart }, all, background) {
  context.strokeStyle = colour;
  context.lineWidth = WIDTH;
  for (const piece of joined({ points, apart })) {
    if (!all && piece.length > 1) continue;
    for (const { x, y, hollow } of piece) {
      const [left, top] = [place(area.x, x), place(area.y, y)];
      if (!Number.isFinite(left + top)) continue;
      context.fillStyle = hollow ? background : colour;
      context.beginPath();
      context.arc(left, top, RADIUS, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}
