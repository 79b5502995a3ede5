// Extremes of a run's numbers over all frames that the browser holds. Each frame is read once.

const DIVERGENCE_FACTOR = 1e6; // times the largest of the first numbers, or 1

/** @import { Bounds } from "../core/types.d.ts" */
/** @import { RunLog } from "./run_log.js" */

/**
 * Return the absolute value beyond which numbers are ignored: they come from a network that diverges, and would flatten
 * all others on axes and in colours.
 *
 * @param {ArrayLike<number>} first
 */
export function divergenceLimit(first) {
  return (
    DIVERGENCE_FACTOR *
    Array.from(first).reduce((most, one) => (Number.isFinite(one) ? Math.max(most, Math.abs(one)) : most), 1)
  );
}

/** @typedef {Bounds & { frames: number, limit: number }} Seen frames: number of frames read */

/** @type {WeakMap<RunLog, Map<string, Seen>>} */
const known = new WeakMap(); // by the name of the array

/**
 * Extremes of a chart array over the frames that have been read.
 *
 * @param {RunLog} log
 * @param {string} name
 * @returns {Seen}
 */
function seenOf(log, name) {
  const all = known.get(log) ?? new Map();
  known.set(log, all);
  const seen = all.get(name) ?? { frames: 0, limit: 0, low: Infinity, high: -Infinity, positive: Infinity };
  all.set(name, seen);
  return seen;
}

/**
 * The extremes of a chart array, low being Infinity where there is no number yet.
 *
 * @param {RunLog} log
 * @param {string} name
 * @param {(frame: number) => ArrayLike<number>} numbers of a frame; by default the array. A chart that passes other
 *   numbers, such as sums of arrays, must use another name
 * @returns {Bounds}
 */
export function extremes(log, name, numbers = (frame) => log.array(frame, name)) {
  const seen = seenOf(log, name);
  for (; seen.frames < log.count; seen.frames++) {
    const there = Array.from(numbers(seen.frames)).filter(Number.isFinite);
    if (!seen.limit && there.length) seen.limit = divergenceLimit(there);
    for (const value of there) {
      if (Math.abs(value) > seen.limit) continue;
      seen.low = Math.min(seen.low, value);
      seen.high = Math.max(seen.high, value);
      if (value > 0) seen.positive = Math.min(seen.positive, value);
    }
  }
  return seen;
}
