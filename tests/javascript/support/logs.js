// Runs with made-up numbers, in the form that the server sends.

import { RunLog } from "../../../lazyrich/web/static/stream/run_log.js";

/** @import { ChartData, RunEntry, RunHeader } from "../../../lazyrich/web/static/stream/messages.d.ts" */
/** @import { Run } from "../../../lazyrich/web/static/stream/shown_runs.js" */
/** @typedef {Record<string, { shape: number[], of: (frame: number) => number[] }>} Arrays by name */

/**
 * Numbers in [0, 1) that are the same in every run.
 *
 * @returns {() => number} the next one
 */
export function random(seed = 1) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * The header of a run, whose rows are by default a step and a time.
 *
 * @param {Partial<RunHeader>} [fields]
 * @returns {RunHeader}
 */
export function headerOf(fields) {
  const columns = ["step", "time"];
  const rest = { expected: 0, settings: "", environment: {}, config: {}, chart_data: {} };
  return { columns, arrays: [], spread: [], ...rest, ...fields };
}

/**
 * A log with rows {step, time, ...}, arrays by name as a shape and a function of the frame, and its entry.
 *
 * @param {number[][]} columns of each frame: step, time and the others that are named
 * @param {object} [more]
 * @param {string[]} [more.names]
 * @param {Arrays} [more.arrays]
 * @param {string[]} [more.spread]
 * @param {number} [more.expected]
 * @param {Partial<RunEntry>} [more.entry]
 * @param {ChartData} [more.data]
 */
export function logOf(
  columns,
  { names = [], arrays = {}, spread = [], expected = columns.length, entry = {}, data = {} } = {},
) {
  const log = new RunLog("run");
  /** @type {RunHeader["arrays"]} */
  const shapes = Object.entries(arrays).map(([name, { shape }]) => [name, shape]);
  const named = { columns: ["step", "time", ...names], arrays: shapes, spread, expected };
  log.open(headerOf({ ...named, chart_data: { time_per_step: 1, ...data } }));
  append(log, columns, arrays, entry);
  return log;
}

/**
 * Frames that come behind those that a log holds.
 *
 * @param {RunLog} log
 * @param {number[][]} columns
 * @param {Arrays} arrays
 * @param {Partial<RunEntry>} entry
 */
export function append(log, columns, arrays = {}, entry = {}) {
  const first = entry.first ?? log.count;
  const rows = columns.flatMap((row, k) => [...row, ...Object.values(arrays).flatMap(({ of }) => of(first + k))]);
  const verdicts = columns.map((_, k) => `frame ${first + k}`);
  log.append(entryOf({ ...entry, first, count: columns.length, verdicts }), Float32Array.from(rows));
}

/**
 * The server's entry of a run: by default one that trains, without new frames.
 *
 * @param {Partial<RunEntry>} [fields]
 * @returns {RunEntry}
 */
export function entryOf(fields) {
  const frames = { first: 0, count: 0, verdicts: [] };
  return { id: "run", status: "running", message: "", remedy: {}, progress: 0, left: null, ...frames, ...fields };
}

/**
 * The current run as Python names it.
 *
 * @param {string} id
 * @returns {Run}
 */
export function runOf(id, log = new RunLog(id)) {
  return { id, role: "current", label: "", pinned: false, colour: "", dash: "solid", log };
}
