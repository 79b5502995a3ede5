// Curves while a run plays, drawn on the canvases over plotly's axes.

import { place } from "../../core/axes.js";
import { dashLengths } from "../../shell/dom.js";

export const WIDTH = 2; // px, of a curve
export const FAINT = { width: 1, opacity: 0.55 }; // of a line that another one summarises

/** @import { Band, Series } from "../../core/chart_specs.d.ts" */
/** @import { Dash, DrawnRun, PlotArea } from "../../core/types.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @typedef {Omit<Series, "dash"> & { dash: Dash }} Line a series, dashed as its run asks for */

/**
 * The place of a frame's value of the column y over the column x.
 *
 * @param {PlotArea} area
 * @param {RunLog} log
 * @param {number} frame
 * @param {string} x
 * @param {string} y
 */
const point = (area, log, frame, x, y) => [place(area.x, log.value(frame, x)), place(area.y, log.value(frame, y))];

/**
 * Draw a line over the column x from one frame to another.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {DrawnRun} run
 * @param {string} x
 * @param {Line} line
 * @param {number} from
 * @param {number} to
 * @param {number} drawn px of this line so far, so that its dashes continue where they stopped
 * @returns {number} px drawn now
 */
export function drawCurve(context, area, { log, colour }, x, { column, dash, faint }, from, to, drawn) {
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = faint ? FAINT.width : WIDTH;
  if (faint) context.globalAlpha *= FAINT.opacity;
  context.lineCap = "butt"; // pieces a pixel long with round ends would add up to a thicker line
  context.setLineDash(dashLengths(dash));
  context.lineDashOffset = drawn;
  context.beginPath();
  let [x0, y0] = point(area, log, from, x, column);
  let pen = false;
  for (let k = from + 1; k <= to; k++) {
    const [x1, y1] = point(area, log, k, x, column);
    const joins = Number.isFinite(x0 + y0 + x1 + y1);
    if (joins && !pen) context.moveTo(x0, y0);
    if (joins) {
      context.lineTo(x1, y1);
      drawn += Math.hypot(x1 - x0, y1 - y0);
    }
    pen = joins;
    [x0, y0] = [x1, y1];
  }
  context.stroke();
  context.restore();
  return drawn;
}

/**
 * Fill the area between two columns, piece by piece. Edges on whole pixels hide the seams between pieces.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {DrawnRun} run
 * @param {string} x
 * @param {Band} band
 * @param {number} from
 */
export function drawBand(context, area, { log, colour, upTo }, x, { low, high }, from) {
  context.fillStyle = colour;
  context.globalAlpha = 0.22;
  for (let k = from + 1; k <= upTo; k++) {
    const [[x0, low0], [x1, low1]] = [k - 1, k].map((frame) => point(area, log, frame, x, low));
    const [[, high0], [, high1]] = [k - 1, k].map((frame) => point(area, log, frame, x, high));
    const [left, right] = [Math.round(x0), Math.round(x1)];
    if (left === right || !Number.isFinite(x0 + x1 + low0 + low1 + high0 + high1)) continue;
    context.beginPath();
    context.moveTo(left, low0);
    context.lineTo(right, low1);
    context.lineTo(right, high1);
    context.lineTo(left, high0);
    context.closePath();
    context.fill();
  }
  context.globalAlpha = 1;
}

/**
 * Draw a disc at the present value of a column.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {DrawnRun} run
 * @param {string} x
 * @param {string} column
 * @param {string} edge its colour
 */
export function drawEnd(context, area, { log, colour, upTo }, x, column, edge) {
  const [left, top] = point(area, log, upTo, x, column);
  if (!Number.isFinite(left + top)) return;
  context.fillStyle = colour;
  context.strokeStyle = edge;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(left, top, 4.5, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
