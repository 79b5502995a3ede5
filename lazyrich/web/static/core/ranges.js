// Ranges of axes. They grow in large jumps, because each jump makes plotly redraw its axes, which costs a few frames.

/** @import { BoundedAxis } from "./chart_specs.d.ts" */
/** @import { Range } from "./types.d.ts" */
/**
 * Whether a value is a finite number, not a gap.
 *
 * @param {unknown} value
 * @returns {value is number}
 */
export const isNumber = (value) => Number.isFinite(value);

const STEPS = [1, 1.5, 2, 3, 5, 7.5, 10];

/**
 * The next round number at or above a positive one.
 *
 * @param {number} value
 */
export function roundUp(value) {
  if (!(value > 0)) return 1;
  const decade = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((one) => one * decade >= value * (1 - 1e-9)) ?? 10;
  return step * decade;
}

const DECADES = 9; // below the top of a logarithmic axis: smaller values are zero for all visible purposes

/**
 * Range of a logarithmic axis, in powers of ten, for values from `low` to `high` (> 0): half decades, with padding.
 *
 * @param {number} low
 * @param {number} high
 * @returns {Range}
 */
export function logRange(low, high) {
  if (!(low > 0) || !(high > 0)) return [-3, 0.5];
  const top = Math.ceil(2 * (Math.log10(high) + 0.1)) / 2;
  const bottom = Math.floor(2 * (Math.log10(low) - 0.15)) / 2;
  return [Math.max(Math.min(bottom, top - 1), top - DECADES), top];
}

const TENTHS = 10;
const MIN_CLOSE = 0.3; // of a decade: values that hardly differ must look so

/**
 * Range of a logarithmic axis that ends close to its values, in powers of ten: tenths of a decade, with padding.
 *
 * @param {number} low
 * @param {number} high
 * @returns {Range}
 */
export function closeRange(low, high) {
  if (!(low > 0) || !(high > 0)) return [-0.5, 0.5];
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const padding = 0.05 + Math.max(0, MIN_CLOSE - (to - from)) / 2;
  return [Math.floor(TENTHS * (from - padding)) / TENTHS, Math.ceil(TENTHS * (to + padding)) / TENTHS];
}

/**
 * Range of a linear axis. Small drifts of a large number must look small, so it spans at least a tenth of it.
 *
 * @param {number} low
 * @param {number} high
 * @returns {Range}
 */
export function linearRange(low, high) {
  if (!(low <= high)) return [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size === 0) return [-0.004, 0.1];
  if (low >= 0 && low < 0.5 * high) return [-0.04 * roundUp(1.1 * high), roundUp(1.1 * high)];
  if (high <= 0 && high > 0.5 * low) return [-roundUp(-1.1 * low), 0.04 * roundUp(-1.1 * low)];
  const half = roundUp(Math.max(0.65 * (high - low), 0.05 * size));
  const middle = (low + high) / 2;
  const grain = half / 5;
  return [Math.floor((middle - half) / grain) * grain, Math.ceil((middle + half) / grain) * grain];
}

/**
 * Clamp a linear range to the possible values: a share is at most 1, an accuracy at least that of guessing.
 *
 * @param {Range} range
 * @param {number} low of the values
 * @param {number} high
 * @param {Pick<BoundedAxis, "floor" | "ceiling">} axis
 * @returns {Range}
 */
export function clampRange([from, to], low, high, { floor, ceiling }) {
  const padding = 0.04 * (Math.min(to, ceiling ?? to) - Math.max(from, floor ?? from));
  return [
    floor !== undefined && low >= floor ? Math.max(from, floor - padding) : from,
    ceiling !== undefined && high <= ceiling ? Math.min(to, ceiling + padding) : to,
  ];
}

/**
 * The range to show: the present one while it contains the wanted one, else the union of both.
 *
 * @param {Range | undefined} present
 * @param {Range} wanted
 * @returns {Range}
 */
export function grown(present, wanted) {
  if (!present) return wanted;
  const slack = 1e-9 * (present[1] - present[0]);
  if (wanted[0] >= present[0] - slack && wanted[1] <= present[1] + slack) return present;
  return [Math.min(present[0], wanted[0]), Math.max(present[1], wanted[1])];
}

/**
 * Whether the wanted range would leave most of the present one empty.
 *
 * @param {Range} present
 * @param {Range} wanted
 */
export function wasteful(present, wanted) {
  return present[1] - present[0] > 2.2 * (wanted[1] - wanted[0]);
}

/**
 * Distance between the labels on a logarithmic axis, in powers of ten.
 *
 * @param {Range} range
 */
export function decadesApart(range) {
  return Math.max(1, Math.ceil((range[1] - range[0]) / 6));
}

/**
 * Whether two ranges differ by less than can be seen: the time at which a run ends is known to seven digits at first.
 *
 * @type {(one: Range, other: Range) => boolean}
 */
export function sameRange(one, other) {
  const slack = 1e-6 * (one[1] - one[0]);
  return Math.abs(one[0] - other[0]) <= slack && Math.abs(one[1] - other[1]) <= slack;
}
