// Curves while a run plays, drawn on the canvases over plotly's axes.

import { place } from "../../core/axes.js";
import { dashLengths } from "../../shell/dom.js";

export const WIDTH = 2; // px, of a curve
export const FAINT = { width: 1, opacity: 0.55 }; // of a line that another one summarises

const point = (area, log, frame, x, y) => [place(area.x, log.value(frame, x)), place(area.y, log.value(frame, y))];

/**
 * Draw a column over x from one frame to another. drawn: length of this line so far in px, so that its dashes continue
 * where they stopped. Returns the new length.
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

/** Fill the area between two columns, piece by piece. Edges on whole pixels hide the seams between pieces. */
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

/** Draw a disc at a column's value in a frame. */
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
