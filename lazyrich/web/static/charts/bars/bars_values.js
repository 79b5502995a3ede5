// The bars of a moment as numbers.

import { networkColour } from "../../colours/network_colours.js";

/** @import { Bars } from "../../core/chart_specs.d.ts" */

/** Number of bars in a log's frames. */
export function barCount(log, /** @type {Bars} */ { array }) {
  return log.arrays.get(array).shape[0];
}

/** A bar for each network at the run's frame: its base, value, spread and two ends. */
export function barsOf({ log, upTo, colour }, spec, colours) {
  const values = log.array(upTo, spec.array);
  const under = spec.under ? log.array(upTo, spec.under) : [];
  const count = barCount(log, spec);
  return Array.from({ length: count }, (_, k) => {
    const foot = Number.isFinite(under[3 * k]) ? under[3 * k] : 0;
    const [value, low, high] = values.subarray(3 * k, 3 * k + 3);
    const ends = [foot, ...[value, low, high].filter(Number.isFinite).map((end) => foot + end)];
    return {
      ...{ foot, value, low, high, bottom: Math.min(...ends), top: Math.max(...ends) },
      colour: count > 1 ? networkColour(colours, k) : colour,
    };
  });
}
