// Reading the neurons of a run from its log.

/** @import { Plane } from "../../core/chart_specs.d.ts" */
/** @import { AxisScale, Point } from "../../core/types.d.ts" */
/** @import { Ray } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @typedef {Pick<Plane, "array" | "sign">} Arrays names of a run's arrays of neurons and of the signs of their readouts */
/** @typedef {Point & { sign: 1 | -1 }} Neuron */

/**
 * Number of neurons in a run's frames; 0 before the first one, or if the run has no such array.
 *
 * @param {RunLog} log
 * @param {Arrays} arrays
 */
export function neuronCount(log, { array }) {
  return log.arrays.get(array)?.shape[0] ?? 0;
}

/**
 * A reader of the neurons of a run's frames.
 *
 * @param {RunLog} log
 * @param {Arrays} arrays
 * @param {{ x: AxisScale, y: AxisScale } | null} area of the neurons in px; null for the units of the data
 * @returns {(frame: number, neuron: number) => Neuron}
 */
export function neuronReader(log, { array, sign = "" }, area) {
  const { offset } = log.layoutOf(array);
  const signs = log.arrays.get(sign)?.offset;
  const { values, rowLength } = log;
  const [ax, bx, ay, by] = area ? [area.x.slope, area.x.start, area.y.slope, area.y.start] : [1, 0, 1, 0];
  return (frame, neuron) => {
    const row = frame * rowLength;
    return {
      x: ax * values[row + offset + 2 * neuron] + bx,
      y: ay * values[row + offset + 2 * neuron + 1] + by,
      sign: signs === undefined || values[row + signs + neuron] >= 0 ? 1 : -1,
    };
  };
}

/**
 * End of a teacher's ray, beyond the corner of any axes that reach to `half`.
 *
 * @param {Ray} ray
 * @param {number} half
 */
export function rayEnd([x, y], half) {
  const stretch = (1.5 * half) / (Math.hypot(x, y) || 1);
  return [stretch * x, stretch * y];
}
