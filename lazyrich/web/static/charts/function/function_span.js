// Ranges of the axes of a function; those of one run cover its first frame to its last.

import { studentCurve, studentKinks, teacherCurve, twinCurve } from "./function_models.js";

/** @import { Function as FunctionSpec } from "../../core/chart_specs.d.ts" */
/** @import { Range } from "../../core/types.d.ts" */
/** @import { FunctionData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { InputPath } from "./piecewise.js" */

const EXAMINED_FRAMES = 60; // frames of a run that are examined: between them its function changes little
const FARTHEST = 2; // largest range, in multiples of that of teacher and samples
const STEPS = 4; // number of steps in which the axes grow, for that range
const PADDING = 0.06;
export const STRIP = 0.15; // of the height, for the kinks

/** @typedef {{ low: number, high: number, jump: number }} Extremes of a function, and its largest kink */
/** @typedef {Pick<Extremes, "low" | "high">} Span Infinity and -Infinity where there is no number */
/** @typedef {Extremes & { next: number, last?: number }} Examined next: frame to examine; last: how many there were */

/** @type {WeakMap<RunLog, Map<string, Examined>>} */
const known = new WeakMap(); // RunLog -> name -> extremes so far

/**
 * Extremes of a run's student along a path.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {InputPath} path
 * @param {string} name of the path
 * @returns {Extremes}
 */
export function studentExtremes(log, spec, path, name) {
  return examine(log, name, (frame, seen) => {
    include(seen, studentCurve(log, spec, frame, path).f);
    for (const { jump } of studentKinks(log, spec, frame, path)) seen.jump = Math.max(seen.jump, Math.abs(jump));
  });
}

/**
 * Extremes of its lazy twin's function.
 *
 * @param {RunLog} log
 * @param {FunctionSpec} spec
 * @param {InputPath} path
 * @param {string} name of the path
 * @returns {Span}
 */
export function twinExtremes(log, spec, path, name) {
  return examine(log, `twin ${name}`, (frame, seen) => include(seen, twinCurve(log, spec, frame, path).f));
}

/**
 * Extremes of an array of predictions.
 *
 * @param {RunLog} log
 * @param {string} array
 * @returns {Span}
 */
export function predictedExtremes(log, array) {
  return examine(log, array, (frame, seen) => include(seen, log.array(frame, array)));
}

/**
 * Extremes of the teacher and the samples.
 *
 * @param {RunLog} log
 * @param {FunctionData} info
 * @param {InputPath} path
 * @returns {Extremes}
 */
export function taskExtremes(log, info, path) {
  return cached(log, `task ${info.over}`, (seen) => {
    const teacher = teacherCurve(log, path);
    const outputs = (info.points ?? []).map(([, y]) => y);
    include(seen, teacher?.f ?? []);
    include(seen, outputs);
    for (const { jump } of teacher?.kinks ?? []) seen.jump = Math.max(seen.jump, Math.abs(jump));
  });
}

/**
 * The range that holds the task and the students.
 *
 * @param {Span} task
 * @param {Span[]} students
 * @param {number} strip share of the height left free at the bottom
 * @returns {Range}
 */
export function rangeOf(task, students, strip) {
  const all = task.low <= task.high ? task : students.reduce(union, { low: Infinity, high: -Infinity });
  if (!(all.low <= all.high)) return [-1, 1];
  const size = all.high - all.low || Math.abs(all.high) || 1;
  const steps = (/** @type {number} */ beyond) =>
    (Math.ceil((STEPS * Math.max(0, Math.min(FARTHEST * size, beyond))) / size) / STEPS) * size;
  const below = steps(
    Math.max(0, ...students.map(({ low }) => all.low - low).filter(Number.isFinite)) - PADDING * size,
  );
  const above = steps(
    Math.max(0, ...students.map(({ high }) => high - all.high).filter(Number.isFinite)) - PADDING * size,
  );
  const [low, high] = [all.low - below - PADDING * size, all.high + above + PADDING * size];
  return [low - (strip / (1 - strip)) * (high - low), high];
}

/** @type {(one: Span, other: Span) => Span} */
const union = (one, other) => ({ low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) });

/**
 * @param {Span} seen
 * @param {Iterable<number>} values
 */
function include(seen, values) {
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < seen.low) seen.low = value;
    if (value > seen.high) seen.high = value;
  }
}

/**
 * The cached extremes of a function of a run; begin() fills new ones.
 *
 * @param {RunLog} log
 * @param {string} name
 * @param {(seen: Examined) => void} [begin]
 */
function cached(log, name, begin = () => {}) {
  const all = known.get(log) ?? new Map();
  known.set(log, all);
  const held = all.get(name);
  if (held) return held;
  const seen = { low: Infinity, high: -Infinity, jump: 0, next: 0 };
  all.set(name, seen);
  begin(seen);
  return seen;
}

/**
 * Examine some frames of a run, each once, and its last one.
 *
 * @param {RunLog} log
 * @param {string} name
 * @param {(frame: number, seen: Examined) => void} examineFrame
 */
function examine(log, name, examineFrame) {
  const seen = cached(log, name);
  const stride = Math.max(1, Math.floor(log.expected / EXAMINED_FRAMES));
  for (; seen.next < log.count; seen.next += stride) examineFrame(seen.next, seen);
  if (log.ended && seen.last !== log.count && log.count) examineFrame(log.count - 1, seen);
  if (log.ended) seen.last = log.count;
  return seen;
}
