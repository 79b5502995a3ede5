// A plane while a run plays, drawn on the canvases over plotly's axes.

import { place } from "../../core/axes.js";
import { neuronCount, neuronReader, rayEnd } from "./neurons.js";
import { thinned } from "./trail.js";

/** @import { PlotArea, Scene, Theme } from "../../core/types.d.ts" */
/** @import { ChartData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { Arrays } from "./neurons.js" */

/**
 * Teacher rays and the circle of the initial radius.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {ChartData} chartData
 * @param {number} half upper end of the axes
 * @param {Scene} scene
 */
export function drawTask(context, area, chartData, half, { colours, theme }) {
  const x = (/** @type {number} */ value) => place(area.x, value);
  const y = (/** @type {number} */ value) => place(area.y, value);
  context.lineWidth = 2;
  context.lineCap = "butt";
  context.setLineDash([2, 5]);
  for (const ray of chartData.teacher ?? []) {
    const end = rayEnd(ray, half);
    context.strokeStyle = ray[2] >= 0 ? colours.positive : colours.negative;
    context.beginPath();
    context.moveTo(x(0), y(0));
    context.lineTo(x(end[0]), y(end[1]));
    context.stroke();
  }
  context.setLineDash([]);
  context.lineCap = "round";
  const { radius = 0 } = chartData;
  if (!(radius > 0)) return;
  context.strokeStyle = theme.line;
  context.lineWidth = 1.5;
  context.beginPath();
  context.ellipse(x(0), y(0), Math.abs(area.x.slope * radius), Math.abs(area.y.slope * radius), 0, 0, 2 * Math.PI);
  context.stroke();
}

/**
 * Small rings at the starts of the neurons.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {RunLog} log
 * @param {Arrays} spec
 * @param {Theme} theme
 */
export function drawStarts(context, area, log, spec, theme) {
  const at = neuronReader(log, spec, area);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i < neuronCount(log, spec); i++) {
    const { x, y } = at(0, i);
    context.moveTo(x + 2.5, y);
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
  }
  context.stroke();
}

/**
 * The trails of a run up to a frame, thinned to what can be seen.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {RunLog} log
 * @param {Arrays} spec
 * @param {number} upTo
 * @param {number} width
 * @param {string[]} colours for a >= 0 and a < 0, or one for both
 */
export function drawTrails(context, area, log, spec, upTo, width, colours) {
  const at = neuronReader(log, spec, area);
  const paths = colours.map(() => new Path2D());
  for (let i = 0; i < neuronCount(log, spec); i++) {
    const frames = thinned((k) => at(k, i), 0, upTo, 1);
    let last = -1;
    for (let j = 1; j < frames.length; j++) {
      const [from, to] = [at(frames[j - 1], i), at(frames[j], i)];
      const which = to.sign < 0 ? paths.length - 1 : 0;
      if (which !== last) paths[which].moveTo(from.x, from.y);
      paths[which].lineTo(to.x, to.y);
      last = which;
    }
  }
  context.lineWidth = width;
  paths.forEach((path, which) => {
    context.strokeStyle = colours[which];
    context.stroke(path);
  });
}

/**
 * Only the pieces of the trails after one frame and up to another.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {RunLog} log
 * @param {Arrays} spec
 * @param {number} from
 * @param {number} upTo
 * @param {number} width
 * @param {string[]} colours for a >= 0 and a < 0
 */
export function drawPieces(context, area, log, spec, from, upTo, width, colours) {
  const at = neuronReader(log, spec, area);
  const count = neuronCount(log, spec);
  context.lineWidth = width;
  colours.forEach((colour, which) => {
    context.strokeStyle = colour;
    context.beginPath();
    for (let i = 0; i < count; i++) {
      let before = at(from, i);
      for (let k = from + 1; k <= upTo; k++) {
        const here = at(k, i);
        if (here.sign < 0 === (which === 1) && Number.isFinite(here.x + here.y)) {
          context.moveTo(before.x, before.y);
          context.lineTo(here.x, here.y);
        }
        before = here;
      }
    }
    context.stroke();
  });
}

/**
 * The neurons: discs for a >= 0, triangles for a < 0.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {RunLog} log
 * @param {Arrays} spec
 * @param {number} frame
 * @param {number} size
 * @param {string[]} colours for a >= 0 and a < 0
 * @param {string} edge its colour
 */
export function drawHeads(context, area, log, spec, frame, size, colours, edge) {
  const at = neuronReader(log, spec, area);
  const count = neuronCount(log, spec);
  context.lineWidth = 1;
  context.strokeStyle = edge;
  colours.forEach((colour, which) => {
    context.fillStyle = colour;
    context.beginPath();
    for (let i = 0; i < count; i++) {
      const { x, y, sign } = at(frame, i);
      if (sign < 0 !== (which === 1) || !Number.isFinite(x + y)) continue;
      if (which === 0) {
        context.moveTo(x + size, y);
        context.arc(x, y, size, 0, 2 * Math.PI);
      } else {
        context.moveTo(x, y - 1.25 * size);
        context.lineTo(x + 1.2 * size, y + 0.9 * size);
        context.lineTo(x - 1.2 * size, y + 0.9 * size);
        context.closePath();
      }
    }
    context.fill();
    context.stroke();
  });
}
