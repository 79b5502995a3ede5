// Runs with made-up numbers, as the server would tell them.

import { RunLog } from "../../lazyrich/web/static/stream/run_log.js";

/** Numbers in [0, 1) that are the same in every run. */
export function random(seed = 1) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A log with rows {step, time, ...}, arrays by name as a shape and a function of the frame, and how it is told.
 *
 * @param {number[][]} columns of each frame: step, time and the others that are named
 */
export function logOf(
  columns,
  { names = [], arrays = {}, spread = [], expected = columns.length, entry = {}, data = {} } = {},
) {
  const log = new RunLog("run");
  const shapes = Object.entries(arrays).map(([name, { shape }]) => [name, shape]);
  const header = { columns: ["step", "time", ...names], arrays: shapes, spread, expected, config: {}, settings: "" };
  log.open({ ...header, chart_data: { time_per_step: 1, ...data } });
  append(log, columns, arrays, { status: "running", ...entry });
  return log;
}

/** Frames that come behind those that a log holds. */
export function append(log, columns, arrays = {}, entry = {}) {
  const first = entry.first ?? log.count;
  const rows = columns.flatMap((row, k) => [...row, ...Object.values(arrays).flatMap(({ of }) => of(first + k))]);
  const told = { id: "run", message: "", remedy: {}, progress: 0, left: null, status: "running", ...entry };
  const verdicts = columns.map((_, k) => `frame ${first + k}`);
  log.append({ ...told, first, count: columns.length, verdicts }, Float32Array.from(rows));
}
