// The bars of a moment as numbers.

import { networkColour } from "../../colours/network_colours.js";

/** @import { Bars } from "../../core/chart_specs.d.ts" */
/** @import { DrawnRun, Palette } from "../../core/types.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/**
 * A bar from its foot to foot + value, with a whisker from foot + low to foot + high.
 *
 * @typedef {object} Bar
 * @property {number} foot
 * @property {number} value not finite where there is no bar yet
 * @property {number} low
 * @property {number} high
 * @property {number} bottom the lowest of all these ends
 * @property {number} top
 * @property {string} colour
 */

/**
 * Number of bars in a log's frames.
 *
 * @param {RunLog} log
 * @param {Bars} spec
 */
export function barCount(log, { array }) {
  return log.layoutOf(array).shape[0];
}

/**
 * A bar for each network at the run's frame.
 *
 * @param {DrawnRun} run
 * @param {Bars} spec
 * @param {Palette} colours
 * @returns {Bar[]}
 */
export function barsOf({ log, upTo, colour }, spec, colours) {
  const values = log.array(upTo, spec.array);
  const under = spec.under ? log.array(upTo, spec.under) : [];
  const count = barCount(log, spec);
  return Array.from({ length: count }, (_, k) => {
    const foot = Number.isFinite(under[3 * k]) ? under[3 * k] : 0;
    const [value, low, high] = values.subarray(3 * k, 3 * k + 3);
    const ends = [foot, ...[value, low, high].filter(Number.isFinite).map((end) => foot + end)];
    return {
      foot,
      value,
      low,
      high,
      bottom: Math.min(...ends),
      top: Math.max(...ends),
      colour: count > 1 ? networkColour(colours, k) : colour,
    };
  });
}
