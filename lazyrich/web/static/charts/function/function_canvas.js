// A function while a run plays, drawn on the canvases over plotly's axes.

import { place } from "../../core/axes.js";
import { dashLengths } from "../../shell/dom.js";
import { STRIP } from "./function_span.js";

/** @import { Dash, PlotArea, Range } from "../../core/types.d.ts" */
/** @import { Sample } from "../../stream/messages.d.ts" */
/** @import { Graph, Kink } from "./piecewise.js" */

export const TEACHER = "dot";
export const TWIN = "dash";
export const MEDIAN = "longdash";
export const SPREAD = 0.22; // opacity of the band over seeds
export const SAMPLE = 3.5; // px, radius of a sample of mean norm
export const DOT = 3; // px, radius of a prediction
export const TICK = 2; // px, width of a kink
export const TEACHER_TICK = [2, 3]; // px, its dashes
const SMALLEST = 0.45; // of a sample's radius, and the largest
const LARGEST = 2.2;

/** Radius in px of a sample whose norm is this share of the mean: its weight in the loss is the square of the norm. */
export const sampleRadius = (share = 1) => SAMPLE * Math.min(LARGEST, Math.max(SMALLEST, share));

/**
 * A function.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Graph} graph
 * @param {{ colour: string, width: number, dash: Dash }} look
 */
export function drawFunction(context, area, { t, f }, { colour, width, dash }) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = dashLengths(dash).length ? "butt" : "round";
  context.setLineDash(dashLengths(dash));
  context.beginPath();
  let pen = false;
  for (let k = 0; k < t.length; k++) {
    const [left, top] = [place(area.x, t[k]), place(area.y, f[k])];
    const there = Number.isFinite(left + top);
    if (there && pen) context.lineTo(left, top);
    else if (there) context.moveTo(left, top);
    pen = there;
  }
  context.stroke();
  context.setLineDash([]);
}

/**
 * The area between two functions at the same inputs.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {{ low: Graph, high: Graph }} spread
 * @param {string} colour
 */
export function drawSpread(context, area, { low, high }, colour) {
  const edge = (/** @type {Graph} */ { t, f }) => t.map((at, k) => [place(area.x, at), place(area.y, f[k])]);
  const outline = [...edge(low), ...edge(high).reverse()];
  if (!outline.flat().every(Number.isFinite)) return;
  context.fillStyle = colour;
  context.globalAlpha = SPREAD;
  context.beginPath();
  for (const [left, top] of outline) context.lineTo(left, top);
  context.closePath();
  context.fill();
  context.globalAlpha = 1;
}

/**
 * Samples.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Sample[]} points
 * @param {string} colour
 * @param {string} edge its colour
 */
export function drawSamples(context, area, points, colour, edge) {
  context.fillStyle = colour;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  for (const [t, y, share] of points) {
    context.beginPath();
    context.arc(place(area.x, t), place(area.y, y), sampleRadius(share), 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/**
 * Shade the two ends of the chart, where there are no samples.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Range} samples from where to where they lie
 * @param {string} colour
 */
export function drawOutside(context, area, [low, high], colour) {
  context.fillStyle = colour;
  const [left, right] = [low, high].map((x) => Math.min(area.width, Math.max(0, place(area.x, x))));
  context.fillRect(0, 0, left, area.height);
  context.fillRect(right, 0, area.width - right, area.height);
}

/**
 * Kinks as ticks at the bottom, as high as their share of `most`, in the colour of their sign.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Kink[]} kinks
 * @param {number} most
 * @param {[positive: string, negative: string]} colours
 * @param {boolean} dotted they are the teacher's
 */
export function drawKinks(context, area, kinks, most, [positive, negative], dotted) {
  const height = STRIP * area.height;
  context.lineWidth = TICK;
  context.lineCap = "butt";
  context.setLineDash(dotted ? TEACHER_TICK : []);
  for (const up of [true, false]) {
    context.strokeStyle = up ? positive : negative;
    context.beginPath();
    for (const { at, jump } of kinks) {
      if (jump > 0 !== up) continue;
      const left = place(area.x, at);
      context.moveTo(left, area.height);
      context.lineTo(left, area.height - height * Math.min(1, Math.abs(jump) / most));
    }
    context.stroke();
  }
  context.setLineDash([]);
}

/**
 * The line on which predicted and true outputs are equal.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {string} colour
 */
export function drawEqual(context, area, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash(dashLengths(TEACHER));
  context.beginPath();
  // only between the points where the line leaves the area: dashes far outside cost time
  const [low, high] = [0, area.width].map((px) => (px - area.x.start) / area.x.slope);
  context.moveTo(place(area.x, low), place(area.y, low));
  context.lineTo(place(area.x, high), place(area.y, high));
  context.stroke();
  context.setLineDash([]);
}

/**
 * Predictions over true outputs.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {{ truth: number[], predicted: Float32Array }} outputs
 * @param {string} colour
 * @param {boolean} hollow as for a run that is not the current one
 */
export function drawPredicted(context, area, { truth, predicted }, colour, hollow) {
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.beginPath();
  truth.forEach((x, k) => {
    const [left, top] = [place(area.x, x), place(area.y, predicted[k])];
    if (!Number.isFinite(left + top)) return;
    context.moveTo(left + DOT, top);
    context.arc(left, top, DOT, 0, 2 * Math.PI);
  });
  if (hollow) context.stroke();
  else context.fill();
}
