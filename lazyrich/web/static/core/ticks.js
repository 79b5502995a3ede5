// Labels of an axis at given values, as many as fit.

import { setting, whole } from "./format.js";

/** @typedef {{ tickmode: "array", tickvals: number[], ticktext: string[] }} Ticks as plotly has them */

const LETTER = 7; // px: approximate width of a letter
const GAP = 8; // px between two labels
const MAX_POINTS = 60; // points: the labels of more are better round numbers

/**
 * Width of a text on an axis in px, about.
 *
 * @param {unknown} text
 */
export const textWidth = (text) => LETTER * String(text).length;

/**
 * A number as text below an axis.
 *
 * @param {number} x
 */
export const tickText = (x) => (Number.isInteger(x) && Math.abs(x) >= 1000 ? whole(x) : setting(x));

/**
 * Labels for numbers on an axis; null if they are too many.
 *
 * @param {number[]} numbers
 * @param {{ log: boolean, range: number[] }} axis
 * @param {number} length of the axis in px
 * @returns {Ticks | null}
 */
export function fittingTicks(numbers, { log, range }, length) {
  if (!numbers.length || numbers.length > MAX_POINTS) return null;
  const at = (/** @type {number} */ x) => (((log ? Math.log10(x) : x) - range[0]) / (range[1] - range[0])) * length;
  const places = [...new Set(numbers)]
    .sort((one, other) => one - other)
    .map((x) => ({ x, px: at(x), text: tickText(x) }));
  // Every, every second, every third ...: the first distance at which no two labels touch.
  for (let step = 1; step <= places.length; step++) {
    const some = places.filter((_, k) => k % step === 0);
    const free = some.every(
      ({ px, text }, k) => !k || px - some[k - 1].px >= (textWidth(text) + textWidth(some[k - 1].text)) / 2 + GAP,
    );
    if (free) return { tickmode: "array", tickvals: some.map(({ x }) => x), ticktext: some.map(({ text }) => text) };
  }
  return null;
}
