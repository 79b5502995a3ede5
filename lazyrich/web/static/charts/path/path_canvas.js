// A path on the canvas, while a run plays.

import { place } from "../../core/axes.js";
import { dashLengths } from "../../shell/dom.js";

export const WIDTH = 2.5; // px, of a path
export const DOT = 3.5; // px, radius of a frame that is a separate result
export const TARGET = 7; // px, half the size of a target's cross

/** @import { PlaneLine } from "../../stream/messages.d.ts" */
/** @import { DrawnRun, PlotArea } from "../../core/types.d.ts" */

/**
 * Draw a run's path from one frame to its present one.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {[x: string, y: string]} columns
 * @param {DrawnRun} run
 * @param {number} from
 * @param {number} [drawn] px so far, so that its dashes continue where they stopped
 * @returns {number} px drawn now
 */
export function drawPath(context, area, [x, y], { log, upTo, colour, dash }, from, drawn = 0) {
  /** @type {(frame: number) => [left: number, top: number]} */
  const at = (k) => [place(area.x, log.value(k, x)), place(area.y, log.value(k, y))];
  const dashes = dashLengths(dash);
  context.strokeStyle = colour;
  context.lineWidth = WIDTH;
  context.lineCap = dashes.length ? "butt" : "round";
  context.setLineDash(dashes);
  context.lineDashOffset = drawn;
  context.beginPath();
  /** @type {[left: number, top: number] | null} */
  let before = null;
  for (let k = Math.max(0, from); k <= upTo; k++) {
    const here = at(k);
    context.lineTo(...here);
    const length = before ? Math.hypot(here[0] - before[0], here[1] - before[1]) : 0;
    drawn += Number.isFinite(length) ? length : 0;
    before = here;
  }
  context.stroke();
  context.setLineDash([]);
  context.lineCap = "round";
  if (!log.chartData.sweep) return drawn;
  context.fillStyle = colour;
  for (let k = Math.max(0, from); k <= upTo; k++) {
    context.beginPath();
    context.arc(...at(k), DOT, 0, 2 * Math.PI);
    context.fill();
  }
  return drawn;
}

/**
 * A line of the header.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {PlaneLine} line
 * @param {string} colour
 */
export function drawPlaneLine(context, area, line, colour) {
  context.lineWidth = 1;
  context.strokeStyle = colour;
  context.beginPath();
  line.x.forEach((x, k) => context.lineTo(place(area.x, x), place(area.y, line.y[k])));
  context.stroke();
}

/**
 * A disc at a run's present point.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {string} background
 */
export function drawNow(context, area, x, y, colour, background) {
  const [left, top] = [place(area.x, x), place(area.y, y)];
  if (!Number.isFinite(left + top)) return;
  context.fillStyle = colour;
  context.strokeStyle = background;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(left, top, 5.5, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/**
 * A ring at a run's start.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
export function drawStart(context, area, x, y, colour) {
  const [left, top] = [place(area.x, x), place(area.y, y)];
  if (!Number.isFinite(left + top)) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(left, top, 4, 0, 2 * Math.PI);
  context.stroke();
}

/**
 * A cross on a target.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
export function drawTarget(context, area, x, y, colour) {
  const [left, top] = [place(area.x, x), place(area.y, y)];
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.beginPath();
  for (const [dx, dy] of [
    [1, 1],
    [1, -1],
  ]) {
    context.moveTo(left - TARGET * dx, top - TARGET * dy);
    context.lineTo(left + TARGET * dx, top + TARGET * dy);
  }
  context.stroke();
}
