// Reading the neurons of a run from its log.

/** Number of neurons in a plane's array; 0 before the run's first frame, or if the run has no such array. */
export function neuronCount(log, spec) {
  return log.header?.arrays && log.arrays.has(spec.array) ? log.arrays.get(spec.array).shape[0] : 0;
}

/** (frame, neuron) -> {x, y, sign}, in px where an area is given (see axes.js), else in data. */
export function neuronReader(log, spec, area) {
  const { offset } = log.arrays.get(spec.array);
  const signs = log.arrays.get(spec.sign)?.offset;
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

/** End of a teacher's ray, beyond the corner of any axes that reach to `half`. */
export function rayEnd([x, y], half) {
  const stretch = (1.5 * half) / (Math.hypot(x, y) || 1);
  return [stretch * x, stretch * y];
}
