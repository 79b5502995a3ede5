// The functions that the chart shows, computed from a run's log: student, teacher and the student's lazy twin.

import { neuronCount, neuronReader } from "../plane/neurons.js";
import { circle, curve, evenly, kinks, line, network } from "./piecewise.js";

const CURVE_POINTS = 91; // number of places at which a curve is drawn, besides its kinks
const DEGREES = 2; // kinks closer than this are merged
const SHARE = DEGREES / 360; // the same as a share of a path that is no circle

/** @import { Function as FunctionSpec } from "../../core/chart_specs.d.ts" */
/** @import { FunctionData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { Graph, InputPath, Kink } from "./piecewise.js" */

/**
 * The description of a run's function in its header; by default the unit circle without data.
 *
 * @param {RunLog} log
 * @returns {FunctionData}
 */
export function functionInfo(log) {
  return log.chartData.function ?? { over: "circle", radius: 1, points: [] };
}

/**
 * The inputs over which a function is drawn.
 *
 * @param {FunctionData} info
 */
export function pathOf({ over, radius, range = [-1, 1], constant = 0, axis, x_unit: unit }) {
  return over === "line" ? line(...range, constant, axis, unit) : circle(radius);
}

/**
 * Whether a run's frames hold the data of the student's function.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 */
export function hasStudent(log, spec) {
  return log.header !== null && neuronCount(log, spec) > 0;
}

/**
 * The student's function at a frame.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {number} frame
 * @param {InputPath} path
 */
export function studentCurve(log, spec, frame, path) {
  if (log.arrays.has(spec.whole)) return sampled(log, spec.whole, frame, path);
  return toUserUnits(log, curve(student(log, spec, frame), path, evenly(path, CURVE_POINTS)));
}

/**
 * Whether a run's frames hold the data of its lazy twin: over inputs, or as predictions.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {FunctionData["over"]} over
 */
export function hasTwin(log, spec, over) {
  if (over === "outputs") return log.arrays.has(spec.twin_predicted);
  return log.arrays.has(spec.twin) || log.arrays.has(spec.twin_whole);
}

/**
 * The function of its lazy twin at a frame, which jumps where the neurons of the start switch.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {number} frame
 * @param {InputPath} path
 */
export function twinCurve(log, spec, frame, path) {
  if (!log.arrays.has(spec.twin)) return sampled(log, spec.twin_whole, frame, path);
  const normals = /** @type {number[][]} */ (log.listed(spec.twin)).flat();
  const model = { normals, weights: log.array(frame, spec.twin), leak: leak(log) };
  return toUserUnits(log, curve(model, path, evenly(path, CURVE_POINTS)));
}

/**
 * The kinks of the student's function at a frame.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {number} frame
 * @param {InputPath} path
 * @returns {Kink[]}
 */
export function studentKinks(log, spec, frame, path) {
  if (!log.arrays.has(spec.binned)) return kinks(student(log, spec, frame), path, mergeDistance(path));
  const jumps = log.array(frame, spec.binned);
  const width = (path.to - path.from) / jumps.length;
  return Array.from(jumps, (jump, k) => ({ at: path.from + (k + 0.5) * width, jump })).filter(({ jump }) => jump);
}

/**
 * The teacher's function and its kinks; null if there is no teacher.
 *
 * @param {RunLog} log
 * @param {InputPath} path
 */
export function teacherCurve(log, path) {
  const rays = log.chartData.teacher ?? [];
  if (!rays.length) return null;
  const model = network(rays.length, (i) => ({ x: rays[i][0], y: rays[i][1], sign: rays[i][2] }), leak(log));
  return { ...curve(model, path, evenly(path, CURVE_POINTS)), kinks: kinks(model, path, mergeDistance(path)) };
}

/**
 * The spread over seeds at a frame; null where the frames hold none.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {number} frame
 * @param {InputPath} path
 */
export function spreadOf(log, spec, frame, path) {
  if (frame < 0 || !log.arrays.has(spec.median)) return null;
  const [median, low, high] = [spec.median, spec.low, spec.high].map((array) => sampled(log, array, frame, path));
  return { median, low, high };
}

/**
 * A function that the frames hold at evenly spread inputs.
 *
 * @param {RunLog} log
 * @param {string} array
 * @param {number} frame
 * @param {InputPath} path
 */
function sampled(log, array, frame, path) {
  const f = Array.from(log.array(frame, array));
  return toUserUnits(log, { t: Array.from(evenly(path, f.length)), f });
}

/**
 * @param {RunLog} log
 * @param {Graph} graph
 * @returns {Graph}
 */
function toUserUnits(log, { t, f }) {
  const [scale, shift] = functionInfo(log).y_unit ?? [1, 0];
  return { t, f: f.map((y) => scale * y + shift) };
}

const leak = (/** @type {RunLog} */ log) => log.config.leak ?? 0;
const mergeDistance = (/** @type {InputPath} */ { period, from, to }) => (period ? DEGREES : SHARE * (to - from));

/**
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {number} frame
 */
function student(log, spec, frame) {
  const at = neuronReader(log, spec, null);
  return network(neuronCount(log, spec), (i) => at(frame, i), leak(log));
}
