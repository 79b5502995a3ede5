// From where to where the common axis of curves goes, in log10 where it is logarithmic. before: how it stood until now.

/** From the first time that a log axis can show to the end of the current run, both in powers of ten. */
export function timeSpan({ runs, current: { log } }, x, before = [0, 4]) {
  const starts = runs.map((run) => run.log.bounds?.get(x)?.positive).filter(Number.isFinite);
  const { time_per_step: pace } = log.view;
  const planned = pace ? pace * (log.opening.config.steps ?? 0) : 0;
  const end = Math.max(planned, log.bounds?.get(x)?.high ?? 0);
  const start = Math.min(...starts, pace ?? Infinity);
  if (!(end > 0) || !Number.isFinite(start)) return before;
  const wide = [Math.log10(start), Math.log10(end) + 0.02 * Math.max(1, Math.log10(end / start))];
  if (planned > 0) return [wide[0], Math.max(wide[1], wide[0] + 0.5)];
  // Where the end is not known before, it grows by half decades.
  return [wide[0], Math.max(wide[0] + 1, Math.ceil(2 * wide[1]) / 2)];
}

/** What the opening says that the run will cover. */
export function sweepSpan(log, before = [-1, 1]) {
  const [from, to] = log.view.sweep ?? before;
  const air = 0.02 * (to - from);
  return [from - air, to + air];
}

/** From the first value that a log axis can show to the last that the run will have, as far as its settings tell. */
export function decadeSpan(log, { column, end: setting }, before = [0, 3]) {
  const seen = log.bounds?.get(column);
  if (!Number.isFinite(seen?.positive)) return before;
  const end = Math.max(seen.high, log.opening.config[setting] ?? 0);
  return [Math.log10(seen.positive), Math.max(Math.log10(end), Math.log10(seen.positive) + 0.5) + 0.02];
}
