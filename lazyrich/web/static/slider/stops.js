// Where a slider can stand, and how its numbers are written.

/**
 * The stops of a slider, increasing, its present value among them.
 *
 * @param {{ stops: number[], low: number, high: number, step: number, value: number }} described as
 *   lazyrich/web/components/slider.py does
 * @returns {number[]}
 */
export function stopsOf({ stops, low, high, step, value }) {
  const all = stops.length > 0 ? stops : between(low, high, step);
  return all.includes(value) ? all : [...all, value].sort((one, other) => one - other);
}

// 12 digits leave out what binary fractions add: 0.15, not 0.15000000000000002.
function between(low, high, step) {
  const count = Math.floor((high - low) / step + 1e-9);
  const stops = Array.from({ length: count + 1 }, (_, k) => Number((low + k * step).toPrecision(12)));
  return stops.at(-1) < high ? [...stops, high] : stops;
}

/** The place of the stop nearest to a value, the lower one of two as near. */
export function nearest(stops, value) {
  const apart = stops.map((stop) => Math.abs(stop - value));
  return apart.indexOf(Math.min(...apart));
}
