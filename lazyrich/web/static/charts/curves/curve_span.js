// The range of the common axis of curves, in log10 where it is logarithmic. before: the range until now.

import { plannedEnd } from "../../stream/timeline.js";

/** @import { Abscissa } from "../../core/chart_specs.d.ts" */

/** From the first time that a log axis can show to the end of the longest run, both in powers of ten. */
export function timeSpan({ runs, current }, x, before = [0, 4]) {
  const starts = runs.map((run) => run.log.bounds?.get(x)?.positive).filter(Number.isFinite);
  const pace = x === "step" ? 1 : current.log.chartData.time_per_step;
  const planned = Math.max(...runs.map((run) => (leavesRoom(run, current) ? (plannedEnd(run.log, x) ?? 0) : 0)));
  const end = Math.max(planned, ...runs.map((run) => run.log.bounds?.get(x)?.high ?? 0));
  const start = Math.min(...starts, pace ?? Infinity);
  if (!(end > 0) || !Number.isFinite(start)) return before;
  const wide = [Math.log10(start), Math.log10(end) + 0.02 * Math.max(1, Math.log10(end / start))];
  if (planned > 0) return [wide[0], Math.max(wide[1], wide[0] + 0.5)];
  // An end that is not known in advance grows by half decades.
  return [wide[0], Math.max(wide[0] + 1, Math.ceil(2 * wide[1]) / 2)];
}

// A kept run that has ended gets no room beyond its end; the current one's axis stays as it is.
const leavesRoom = ({ log, key }, current) => key === current.key || !log.ended;

/** The range that the headers of the runs announce. */
export function sweepSpan({ runs }, before = [-1, 1]) {
  const sweeps = runs.map(({ log }) => log.chartData.sweep).filter(Boolean);
  if (!sweeps.length) return before;
  const ends = sweeps.flat();
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const air = 0.02 * (to - from);
  return [from - air, to + air];
}

/** From the first value that a log axis can show to the last of any run, as far as its settings determine it. */
export function decadeSpan({ runs, current }, /** @type {Abscissa} */ { column, end: setting }, before = [0, 3]) {
  const there = runs.filter(({ log }) => Number.isFinite(log.bounds?.get(column)?.positive));
  if (!there.length) return before;
  const planned = (run) => (leavesRoom(run, current) ? (run.log.header.config[setting] ?? 0) : 0);
  const ends = there.map((run) => Math.max(run.log.bounds.get(column).high, planned(run)));
  const start = Math.log10(Math.min(...there.map(({ log }) => log.bounds.get(column).positive)));
  return [start, Math.max(Math.log10(Math.max(...ends)), start + 0.5) + 0.02];
}
