// Ranges of the axes of a function; those of one run cover its first frame to its last.

import { studentCurve, studentKinks, teacherCurve, twinCurve } from "./function_models.js";

/** @import { Function as FunctionSpec } from "../../core/chart_specs.d.ts" */
/** @import { Range } from "../../core/types.d.ts" */
/** @import { FunctionData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { InputPath } from "./piecewise.js" */

const LOOKS = 60; // number of frames of a run to examine: between them its function changes little
const FARTHEST = 2; // largest range, in multiples of that of teacher and samples
const STEPS = 4; // number of steps in which the axes grow, for that range
const AIR = 0.06;
export const STRIP = 0.15; // of the height, for the kinks

/** @typedef {{ low: number, high: number, jump: number }} Extremes of a function, and its largest kink */
/** @typedef {Pick<Extremes, "low" | "high">} Span Infinity and -Infinity where there is no number */
/** @typedef {Extremes & { next: number, last?: number }} Looked next: the frame to examine; last: how many there were */

/** @type {WeakMap<RunLog, Map<string, Looked>>} */
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
  return looked(log, name, (frame, seen) => {
    hold(seen, studentCurve(log, spec, frame, path).f);
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
  return looked(log, `twin ${name}`, (frame, seen) => hold(seen, twinCurve(log, spec, frame, path).f));
}

/**
 * Extremes of an array of what a run predicts.
 *
 * @param {RunLog} log
 * @param {string} array
 * @returns {Span}
 */
export function predictedExtremes(log, array) {
  return looked(log, array, (frame, seen) => hold(seen, log.array(frame, array)));
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
  return remembered(log, `task ${info.over}`, (seen) => {
    const teacher = teacherCurve(log, path);
    const outputs = (info.points ?? []).map(([, y]) => y);
    hold(seen, teacher?.f ?? []);
    hold(seen, outputs);
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
export function spanned(task, students, strip) {
  const all = task.low <= task.high ? task : students.reduce(joined, { low: Infinity, high: -Infinity });
  if (!(all.low <= all.high)) return [-1, 1];
  const size = all.high - all.low || Math.abs(all.high) || 1;
  const steps = (/** @type {number} */ beyond) =>
    (Math.ceil((STEPS * Math.max(0, Math.min(FARTHEST * size, beyond))) / size) / STEPS) * size;
  const below = steps(Math.max(0, ...students.map(({ low }) => all.low - low).filter(Number.isFinite)) - AIR * size);
  const above = steps(Math.max(0, ...students.map(({ high }) => high - all.high).filter(Number.isFinite)) - AIR * size);
  const [low, high] = [all.low - below - AIR * size, all.high + above + AIR * size];
  return [low - (strip / (1 - strip)) * (high - low), high];
}

/** @type {(one: Span, other: Span) => Span} */
const joined = (one, other) => ({ low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) });

/**
 * @param {Span} seen
 * @param {Iterable<number>} values
 */
function hold(seen, values) {
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < seen.low) seen.low = value;
    if (value > seen.high) seen.high = value;
  }
}

/**
 * What is known of a function of a run; begun with nothing, at first.
 *
 * @param {RunLog} log
 * @param {string} name
 * @param {(seen: Looked) => void} [begin]
 */
function remembered(log, name, begin = () => {}) {
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
 * Examines some frames of a run, each once, and its last.
 *
 * @param {RunLog} log
 * @param {string} name
 * @param {(frame: number, seen: Looked) => void} look
 */
function looked(log, name, look) {
  const seen = remembered(log, name);
  const stride = Math.max(1, Math.floor(log.expected / LOOKS));
  for (; seen.next < log.count; seen.next += stride) look(seen.next, seen);
  if (log.ended && seen.last !== log.count && log.count) look(log.count - 1, seen);
  if (log.ended) seen.last = log.count;
  return seen;
}
