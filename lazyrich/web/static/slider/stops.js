// The stops of a slider.

/** @import { SliderData } from "../stream/messages.d.ts" */

/**
 * The stops of a slider, increasing, its present value among them.
 *
 * @param {Pick<SliderData, "stops" | "low" | "high" | "step" | "value">} described
 * @returns {number[]}
 */
export function stopsOf({ stops, low, high, step, value }) {
  const all = stops.length > 0 ? stops : between(low, high, step);
  return all.includes(value) ? all : [...all, value].sort((one, other) => one - other);
}

/**
 * Stops at equal distances, rounded to 12 digits to remove binary fractions: 0.15, not 0.15000000000000002.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} step
 */
function between(low, high, step) {
  const count = Math.floor((high - low) / step + 1e-9);
  const stops = Array.from({ length: count + 1 }, (_, k) => Number((low + k * step).toPrecision(12)));
  return stops[count] < high ? [...stops, high] : stops;
}

/**
 * Index of the stop nearest to a value, the lower one of two as near.
 *
 * @param {number[]} stops
 * @param {number} value
 */
export function nearest(stops, value) {
  const apart = stops.map((stop) => Math.abs(stop - value));
  return apart.indexOf(Math.min(...apart));
}
