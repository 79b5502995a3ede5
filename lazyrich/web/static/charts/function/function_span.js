// Ranges of the axes of a function; those of one run cover its first frame to its last.

import { studentCurve, studentKinks, teacherCurve, twinCurve } from "./function_models.js";

const LOOKS = 60; // number of frames of a run to examine: between them its function changes little
const FARTHEST = 2; // largest range, in multiples of that of teacher and samples
const STEPS = 4; // number of steps in which the axes grow, for that range
const AIR = 0.06;
export const STRIP = 0.15; // of the height, for the kinks

/** @typedef {{ low: number, high: number }} Extremes Infinity and -Infinity where there is no number */

const known = new WeakMap(); // RunLog -> name -> extremes so far

/** {low, high, jump} of a run's student along a path: extremes of the function, and its largest kink. */
export function studentExtremes(log, spec, path, name) {
  return looked(log, name, (frame, seen) => {
    hold(seen, studentCurve(log, spec, frame, path).f);
    for (const { jump } of studentKinks(log, spec, frame, path)) seen.jump = Math.max(seen.jump, Math.abs(jump));
  });
}

/** {low, high} of its lazy twin's function. */
export function twinExtremes(log, spec, path, name) {
  return looked(log, `twin ${name}`, (frame, seen) => hold(seen, twinCurve(log, spec, frame, path).f));
}

/** {low, high} of an array of what a run predicts. */
export function predictedExtremes(log, array) {
  return looked(log, array, (frame, seen) => hold(seen, log.array(frame, array)));
}

/** {low, high, jump} of the teacher and the samples, Infinity and -Infinity where there are none. */
export function taskExtremes(log, info, path) {
  return remembered(log, `task ${info.over}`, () => {
    const seen = { low: Infinity, high: -Infinity, jump: 0 };
    const teacher = teacherCurve(log, path);
    hold(seen, teacher?.f ?? []);
    hold(
      seen,
      (info.points ?? []).map((point) => point[1]),
    );
    for (const { jump } of teacher?.kinks ?? []) seen.jump = Math.max(seen.jump, Math.abs(jump));
    return seen;
  });
}

/** @import { Range } from "../../core/types.d.ts" */

/**
 * The range that holds the task and the students.
 *
 * @param {Extremes} task
 * @param {Extremes[]} students
 * @param {number} strip share of the height left free at the bottom
 * @returns {Range}
 */
export function spanned(task, students, strip) {
  const all = task.low <= task.high ? task : students.reduce(joined, { low: Infinity, high: -Infinity });
  if (!(all.low <= all.high)) return [-1, 1];
  const size = all.high - all.low || Math.abs(all.high) || 1;
  const steps = (beyond) => (Math.ceil((STEPS * Math.max(0, Math.min(FARTHEST * size, beyond))) / size) / STEPS) * size;
  const below = steps(Math.max(0, ...students.map(({ low }) => all.low - low).filter(Number.isFinite)) - AIR * size);
  const above = steps(Math.max(0, ...students.map(({ high }) => high - all.high).filter(Number.isFinite)) - AIR * size);
  const [low, high] = [all.low - below - AIR * size, all.high + above + AIR * size];
  return [low - (strip / (1 - strip)) * (high - low), high];
}

const joined = (one, other) => ({ low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) });

function hold(seen, values) {
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < seen.low) seen.low = value;
    if (value > seen.high) seen.high = value;
  }
}

function remembered(log, name, make) {
  if (!known.has(log)) known.set(log, new Map());
  const all = known.get(log);
  if (!all.has(name)) all.set(name, make());
  return all.get(name);
}

// Examines some frames of a run, each once, and its last.
function looked(log, name, look) {
  const seen = remembered(log, name, () => ({ low: Infinity, high: -Infinity, jump: 0, next: 0 }));
  const stride = Math.max(1, Math.floor(log.expected / LOOKS));
  for (; seen.next < log.count; seen.next += stride) look(seen.next, seen);
  if (log.ended && seen.last !== log.count && log.count) look(log.count - 1, seen);
  if (log.ended) seen.last = log.count;
  return seen;
}
