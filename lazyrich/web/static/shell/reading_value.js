// Text of a reading's number at a frame.

import { significant, whole } from "../core/format.js";

/** @import { Reading } from "../core/chart_specs.d.ts" */
/** @import { RunLog } from "../stream/run_log.js" */
/** @typedef {Pick<Reading, "column"> & Partial<Reading>} ReadingFormat the parts that format its number */

/**
 * Below its resolution a number is written as 0.
 *
 * @param {ReadingFormat} reading
 * @param {RunLog} log
 * @param {number} frame
 */
export function readingValue({ column, unit, digits, scale, count, resolution }, log, frame) {
  const exact = log.value(frame, column) * (scale ?? 1);
  const rounded = () => significant(Math.abs(exact) < (resolution ?? 0) ? 0 : exact, digits ?? 2);
  const value = count && Number.isInteger(exact) ? whole(exact) : rounded();
  return unit ? `${value}\u202f${unit}` : value;
}
