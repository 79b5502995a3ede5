// A function at rest: the same picture as plotly traces.

import { escapeHtml } from "../../core/figure.js";
import { significant } from "../../core/format.js";
import { plotlyDash } from "../../shell/dom.js";
import { DOT, sampleRadius, TEACHER_TICK, TICK } from "./function_canvas.js";
import { STRIP } from "./function_span.js";

/** @import { Dash, Range, Trace } from "../../core/types.d.ts" */
/** @import { Sample } from "../../stream/messages.d.ts" */
/** @import { Graph, Kink } from "./piecewise.js" */

/**
 * @typedef {object} Look
 * @property {string} name
 * @property {string} colour
 * @property {number} width
 * @property {Dash} dash
 * @property {string} [momentText] none for a function that is constant in time
 */

const finite = (/** @type {number} */ value) => (Number.isFinite(value) ? value : null);

/**
 * A function.
 *
 * @param {Graph} graph
 * @param {Look & { unit: string }} look unit: of t
 * @returns {Trace}
 */
export function functionTrace({ t, f }, { name, colour, width, dash, unit, momentText = "" }) {
  const label = escapeHtml(name);
  const when = momentText ? `<br>${escapeHtml(momentText)}` : "";
  return {
    type: "scatter",
    mode: "lines",
    name: label,
    x: t,
    y: f.map(finite),
    line: { color: colour, width, dash: plotlyDash(dash) },
    hovertemplate: `${label}: %{y:.3g}<br>at %{x:.3~f}${unit}${when}<extra></extra>`,
  };
}

/**
 * The area between two functions at the same inputs: the lower edge, and the upper one filled down to it.
 *
 * @param {{ low: Graph, high: Graph }} spread
 * @param {string} colour
 * @param {string} name
 */
export function spreadTraces({ low, high }, colour, name) {
  /** @type {(graph: Graph, more: Trace) => Trace} */
  const edge = ({ t, f }, more) => ({
    type: "scatter",
    mode: "lines",
    x: t,
    y: f.map(finite),
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
    ...more,
  });
  return [edge(low, {}), edge(high, { fill: "tonexty", fillcolor: `${colour}38`, showlegend: true, name })];
}

/**
 * Samples.
 *
 * @param {Sample[]} points
 * @param {{ colour: string, edge: string, unit: string }} look
 * @returns {Trace}
 */
export function sampleTrace(points, { colour, edge, unit }) {
  const sized = points.some(([, , share]) => share !== undefined && Math.abs(share - 1) > 1e-6);
  const norm = sized ? "<br>|x| is %{customdata:.2f} of the mean" : "";
  return {
    type: "scatter",
    mode: "markers",
    name: "training samples",
    x: points.map(([t]) => t),
    y: points.map(([, y]) => y),
    customdata: points.map(([, , share]) => share ?? 1),
    marker: {
      color: colour,
      size: points.map(([, , share]) => 2 * sampleRadius(share)),
      line: { width: 1, color: edge },
    },
    hovertemplate: `sample: %{y:.3g}<br>at %{x:.3~f}${unit}${norm}<extra></extra>`,
  };
}

/**
 * Kinks as ticks on the lower edge.
 *
 * @param {Kink[]} kinks
 * @param {number} most the change of slope of the highest ticks
 * @param {Range} range of the y axis
 * @param {[positive: string, negative: string]} colours
 * @param {{ owner: "student" | "teacher", unit: string }} look
 * @returns {Trace[]}
 */
export function kinkTraces(kinks, most, range, [positive, negative], { owner, unit }) {
  const height = STRIP * (range[1] - range[0]);
  return [
    { way: "up", color: positive, some: kinks.filter(({ jump }) => jump > 0) },
    { way: "down", color: negative, some: kinks.filter(({ jump }) => jump < 0) },
  ]
    .filter(({ some }) => some.length)
    .map(({ way, color, some }) => ({
      type: "scatter",
      mode: "lines",
      name: `kinks, slope ${way}, ${owner}`,
      x: some.flatMap(({ at }) => [at, at, null]),
      y: some.flatMap(({ jump }) => [range[0], range[0] + height * Math.min(1, Math.abs(jump) / most), null]),
      text: some.flatMap(({ jump }) => Array(3).fill(significant(jump, 2))),
      line: { color, width: TICK, dash: owner === "teacher" ? plotlyDash(TEACHER_TICK) : "solid" },
      hovertemplate: `${owner}: slope changes by %{text}<br>at %{x:.3~f}${unit}<extra></extra>`,
    }));
}

/**
 * The line on which predicted and true outputs are equal.
 *
 * @param {Range} range of the x axis
 * @param {string} colour
 * @returns {Trace}
 */
export function equalTrace(range, colour) {
  return {
    type: "scatter",
    mode: "lines",
    name: "predicted = true",
    x: range,
    y: range,
    line: { color: colour, width: 1.5, dash: plotlyDash("dot") },
    hoverinfo: "skip",
  };
}

/**
 * Predictions over true outputs.
 *
 * @param {{ truth: number[], predicted: Float32Array }} outputs
 * @param {Look & { hollow: boolean }} look
 * @returns {Trace}
 */
export function predictedTrace({ truth, predicted }, { name, colour, hollow, momentText = "" }) {
  const label = escapeHtml(name);
  return {
    type: "scatter",
    mode: "markers",
    name: label,
    x: truth,
    y: Array.from(predicted, finite),
    marker: {
      symbol: hollow ? "circle-open" : "circle",
      color: colour,
      size: 2 * DOT,
      line: { width: hollow ? 1.2 : 0 },
    },
    hovertemplate: `${label}: %{y:.3g}, true %{x:.3g}<br>${escapeHtml(momentText)}<extra></extra>`,
  };
}

/**
 * Shapes over the parts without samples.
 *
 * @param {Range} samples from where to where they lie
 * @param {string} colour
 */
export function outsideShapes([low, high], colour) {
  const band = (/** @type {number} */ x0, /** @type {number} */ x1) => ({
    type: "rect",
    layer: "below",
    yref: "paper",
    y0: 0,
    y1: 1,
    x0,
    x1,
    fillcolor: colour,
    line: { width: 0 },
  });
  const far = 10 * (high - low || 1);
  return [band(low - far, low), band(high, high + far)];
}
