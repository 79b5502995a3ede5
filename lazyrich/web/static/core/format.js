// Numbers for people: a few significant digits, thousands grouped, powers of ten written as powers.

const MINUS = "\u2212";
/** @type {Record<string, string>} */
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** @import { RunLog } from "../stream/run_log.js" */

/**
 * Formats by their number of decimal places. To make one takes longer than to use it twenty times, and a chart writes a
 * number for each neuron at each frame.
 *
 * @type {Map<number, Intl.NumberFormat>}
 */
const FORMATS = new Map();

/**
 * @param {number} value
 * @param {number} places
 */
function grouped(value, places) {
  let format = FORMATS.get(places);
  if (!format) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    FORMATS.set(places, format);
  }
  return format.format(value).replace("-", MINUS);
}

/**
 * A whole number: 12,400.
 *
 * @param {number} value
 */
export function whole(value) {
  return grouped(Math.round(value), 0);
}

/**
 * `digits` significant digits: 0.0017, 42, 1.2 × 10⁻⁷.
 *
 * @param {number} value
 */
export function significant(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return power(value.toExponential(digits - 1));
  const rounded = Number(value.toPrecision(digits));
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return grouped(rounded, places);
}

/**
 * Text of the moment of a frame: a flow time and a step, the value of the parameter that the run varies, or the number
 * of parts that it counts.
 *
 * @param {RunLog} log
 * @param {number} frame
 */
export function moment(log, frame) {
  const { position, counts } = log.chartData;
  if (counts) {
    const done = counts.column ? log.value(frame, counts.column) : log.step(frame);
    return `${whole(done)} of ${whole(counts.of)} ${counts.name}`;
  }
  if (position) return `${position.symbol} = ${significant(log.value(frame, position.column), 3)}`;
  if (!log.chartData.time_per_step) return `step ${whole(log.step(frame))}`; // steps of many networks cover many times
  return `t = ${significant(log.time(frame), 3)} (step ${whole(log.step(frame))})`;
}

/**
 * A setting without superfluous digits: 0.0012, 500, 1.25 × 10⁻⁵, true. Other numbers to three digits.
 *
 * @param {unknown} value
 */
export function setting(value) {
  if (typeof value !== "number") return String(value);
  const four = Number(value.toPrecision(4));
  // one that ends there is written out: 0.9999 is not 1
  const rounded = Math.abs(four - value) <= 1e-9 * Math.abs(value) ? four : Number(value.toPrecision(3));
  if (rounded === 0 || (Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e7))
    return String(rounded).replace("-", MINUS);
  return power(rounded.toExponential());
}

/** @param {string} written as JavaScript does: 1.2e-7 */
function power(written) {
  const [mantissa, exponent] = written.split("e");
  return `${mantissa.replace("-", MINUS)} × 10${[...String(Number(exponent))].map((c) => SUPERSCRIPT[c]).join("")}`;
}
