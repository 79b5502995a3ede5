// The range of the common axis of curves, in log10 where it is logarithmic. before: the range until now.

import { plannedEnd } from "../../stream/timeline.js";

/** @import { Abscissa } from "../../core/chart_specs.d.ts" */
/** @import { Range, Scene, ShownRun } from "../../core/types.d.ts" */

/**
 * From the first time or step that a log axis can show to the end of the longest run, both in powers of ten.
 *
 * @param {Scene} scene
 * @param {Range} [before]
 * @returns {Range}
 */
export function timeSpan({ runs, current, along }, before = [0, 4]) {
  const starts = runs.map((run) => run.log.bounds.get(along)?.positive ?? Infinity).filter(Number.isFinite);
  const pace = along === "step" ? 1 : current.log.chartData.time_per_step;
  const planned = Math.max(
    ...runs.map((run) => (includesPlannedEnd(run, current) ? (plannedEnd(run.log, along) ?? 0) : 0)),
  );
  const end = Math.max(planned, ...runs.map((run) => run.log.bounds.get(along)?.high ?? 0));
  const start = Math.min(...starts, pace ?? Infinity);
  if (!(end > 0) || !Number.isFinite(start)) return before;
  /** @type {Range} */
  const padded = [Math.log10(start), Math.log10(end) + 0.02 * Math.max(1, Math.log10(end / start))];
  if (planned > 0) return [padded[0], Math.max(padded[1], padded[0] + 0.5)];
  // An end that is not known in advance grows by half decades.
  return [padded[0], Math.max(padded[0] + 1, Math.ceil(2 * padded[1]) / 2)];
}

/**
 * Whether the axis includes the planned end of a run: not of a kept run that has ended before.
 *
 * @param {ShownRun} run
 * @param {ShownRun} current
 */
const includesPlannedEnd = ({ log, key }, current) => key === current.key || !log.ended;

/**
 * The range that the headers of the runs announce.
 *
 * @param {Scene} scene
 * @param {Range} [before]
 * @returns {Range}
 */
export function sweepSpan({ runs }, before = [-1, 1]) {
  const ends = runs.flatMap(({ log }) => log.chartData.sweep ?? []);
  if (!ends.length) return before;
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const padding = 0.02 * (to - from);
  return [from - padding, to + padding];
}

/**
 * From the first value that a log axis can show to the last of any run, as far as its settings determine it.
 *
 * @param {Scene} scene
 * @param {Abscissa} x
 * @param {Range} [before]
 * @returns {Range}
 */
export function decadeSpan({ runs, current }, { column, end }, before = [0, 3]) {
  const spans = runs.flatMap((run) => {
    const seen = run.log.bounds.get(column);
    if (!seen || !Number.isFinite(seen.positive)) return [];
    const planned = end && includesPlannedEnd(run, current) ? Number(run.log.config[end] ?? 0) : 0;
    return [{ from: seen.positive, to: Math.max(seen.high, planned) }];
  });
  if (!spans.length) return before;
  const start = Math.log10(Math.min(...spans.map(({ from }) => from)));
  const stop = Math.log10(Math.max(...spans.map(({ to }) => to)));
  return [start, Math.max(stop, start + 0.5) + 0.02];
}
