// A plane at rest: the same picture as plotly traces and shapes.

import { moment, significant } from "../../core/format.js";
import { neuronCount, neuronReader, rayEnd } from "./neurons.js";
import { thinnedTo } from "./trail.js";

const MAX_POINTS = 150; // of a neuron's trail

/** @import { DrawnRun, Scene, Trace } from "../../core/types.d.ts" */
/** @import { ChartData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { Arrays } from "./neurons.js" */

/** @typedef {[neuron: number, moment: string]} Caption of a point of a trail */
/** @typedef {{ x: (number | null)[], y: (number | null)[], customdata: (Caption | null)[] }} TrailPoints null: a gap */

/**
 * Teacher rays and the circle of the initial radius.
 *
 * @param {ChartData} chartData
 * @param {number} half upper end of the axes
 * @param {Scene} scene
 */
export function taskShapes(chartData, half, { colours, theme }) {
  /** @type {object[]} */
  const shapes = (chartData.teacher ?? []).map((ray) => {
    const [x1, y1] = rayEnd(ray, half);
    const line = { color: ray[2] >= 0 ? colours.positive : colours.negative, width: 2, dash: "2px,5px" };
    return { type: "line", layer: "below", x0: 0, y0: 0, x1, y1, line };
  });
  const { radius = 0 } = chartData;
  if (radius > 0) {
    const line = { color: theme.line, width: 1.5 };
    shapes.push({ type: "circle", layer: "below", x0: -radius, x1: radius, y0: -radius, y1: radius, line });
  }
  return shapes;
}

/**
 * The trails of the previous run.
 *
 * @param {DrawnRun} run
 * @param {Arrays} spec
 * @param {number} pixels px for one unit of data
 * @param {Scene} scene
 * @returns {Trace[]}
 */
export function ghostTraces({ log, upTo }, spec, pixels, { colours }) {
  const [points] = trailPoints(log, spec, upTo, pixels, false);
  return [{ ...lines("previous run", points, colours.ghost, 1.5), opacity: 0.5, hoverinfo: "skip" }];
}

/**
 * Trails, starts and heads of a run.
 *
 * @param {DrawnRun} run
 * @param {Arrays} spec
 * @param {number} pixels px for one unit of data
 * @param {number} width
 * @param {boolean} small the plane is a thumbnail
 * @param {Scene} scene
 * @returns {Trace[]}
 */
export function runTraces({ log, upTo }, spec, pixels, width, small, { colours, theme }) {
  const [positive, negative] = trailPoints(log, spec, upTo, pixels, true);
  const hovertemplate = "neuron %{customdata[0]}, %{customdata[1]}<br>(%{x:.3g}, %{y:.3g})<extra></extra>";
  const at = neuronReader(log, spec, null);
  const all = Array.from({ length: neuronCount(log, spec) }, (_, i) => i);
  /** @type {(name: string, neurons: number[], frame: number, marker: Trace["marker"]) => Trace} */
  const markers = (name, neurons, frame, marker) => ({
    type: "scatter",
    mode: "markers",
    name,
    marker,
    x: neurons.map((i) => at(frame, i).x),
    y: neurons.map((i) => at(frame, i).y),
  });
  const size = small ? 6 : all.length > 200 ? 7 : 10;
  const edge = { width: 1, color: theme.background };
  /** @type {(name: string, neurons: number[], symbol: string, color: string) => Trace} */
  const heads = (name, neurons, symbol, color) => ({
    ...markers(name, neurons, upTo, { symbol, size: symbol === "circle" ? size : size + 2, color, line: edge }),
    text: neurons.map(
      (i) => `neuron ${i + 1}, ${name}<br>|a|‖w‖ = ${significant(Math.hypot(at(upTo, i).x, at(upTo, i).y))}`,
    ),
    hovertemplate: `%{text}<br>${moment(log, upTo)}<extra></extra>`,
  });
  const rings = { symbol: "circle-open", size: 5, color: theme.muted, line: { width: 1 } };
  return [
    { ...lines("trail, a > 0", positive, colours.positive, width), hovertemplate, showlegend: false },
    { ...lines("trail, a < 0", negative, colours.negative, width), hovertemplate, showlegend: false },
    { ...markers("start", all, 0, rings), hoverinfo: "skip" },
    heads(
      "a > 0",
      all.filter((i) => at(upTo, i).sign > 0),
      "circle",
      colours.positive,
    ),
    heads(
      "a < 0",
      all.filter((i) => at(upTo, i).sign < 0),
      "triangle-up",
      colours.negative,
    ),
  ];
}

/**
 * @param {string} name
 * @param {TrailPoints} points
 * @param {string} color
 * @param {number} width
 * @returns {Trace}
 */
function lines(name, points, color, width) {
  return { type: "scatter", mode: "lines", name, ...points, line: { color, width }, connectgaps: false };
}

/**
 * The points of the trails where a >= 0 and where a < 0, with gaps between pieces that do not join.
 *
 * @param {RunLog} log
 * @param {Arrays} spec
 * @param {number} upTo
 * @param {number} pixels px for one unit of data
 * @param {boolean} bySign if not, all points are among the first
 */
function trailPoints(log, spec, upTo, pixels, bySign) {
  const data = neuronReader(log, spec, null);
  const scale = { log: false, slope: pixels, start: 0 };
  const screen = neuronReader(log, spec, { x: scale, y: scale });
  /** @type {TrailPoints[]} */
  const sets = [0, 1].map(() => ({ x: [], y: [], customdata: [] }));
  /** @type {string[]} */
  const when = []; // formatted once for all neurons, because formatting numbers is slow
  /** @type {(set: TrailPoints, frame: number, neuron: number) => void} */
  const add = (set, k, i) => {
    const { x, y } = data(k, i);
    set.x.push(x);
    set.y.push(y);
    when[k] ??= moment(log, k);
    set.customdata.push([i + 1, when[k]]);
  };
  for (let i = 0; i < neuronCount(log, spec); i++) {
    const frames = thinnedTo(MAX_POINTS, (k) => screen(k, i), 0, upTo);
    let last = null;
    for (let j = 1; j < frames.length; j++) {
      const set = sets[bySign && data(frames[j], i).sign < 0 ? 1 : 0];
      if (set !== last) {
        if (set.x.length) for (const list of Object.values(set)) list.push(null);
        add(set, frames[j - 1], i);
      }
      add(set, frames[j], i);
      last = set;
    }
  }
  return sets;
}
