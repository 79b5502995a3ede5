// Timeline of a viewer: the frames of the current run and then, if a kept run is longer, the frames of that run after
// the current one's end, so that every run is shown to its own end.

import { moment, significant, whole } from "../core/format.js";

/** @import { RunLog } from "./run_log.js" */

export class Timeline {
  /**
   * @param {RunLog} current of the current run
   * @param {RunLog[]} kept of the runs beside it
   * @param {"time" | "step"} along the column at which runs are compared
   */
  constructor(current, kept = [], along = "time") {
    this.log = current;
    this.kept = kept;
    this.along = along;
    const last = (/** @type {RunLog} */ log) => (log.count > 0 ? log.value(log.count - 1, along) : -Infinity);
    this.longest = kept.reduce((one, other) => (last(other) > last(one) ? other : one), current);
    this.known = this.#after(current.settled ? last(current) : Infinity);
  }

  /** Number of frames that can be shown: those of another run only when the current one's end is known. */
  get count() {
    return this.log.count + this.known;
  }

  /** Frames of the full way, as far as can be told. */
  get expected() {
    const { log } = this;
    if (log.settled) return this.count;
    const own = log.ended ? log.count : Math.max(log.expected, log.count);
    return own + this.#after(plannedEnd(log, this.along) ?? Infinity);
  }

  get settled() {
    return [this.log, ...this.kept].every((log) => log.settled);
  }

  get chartData() {
    return this.log.chartData;
  }

  /**
   * The current run's frame at a place of the way.
   *
   * @param {number} cursor
   */
  frame(cursor) {
    return Math.min(cursor, this.log.count - 1);
  }

  /**
   * Whether the current run has come to its end before this place.
   *
   * @param {number} cursor
   */
  past(cursor) {
    return this.log.count > 0 && cursor >= this.log.count;
  }

  /**
   * How far a place is along the way, as flow time or steps.
   *
   * @param {number} cursor
   */
  reached(cursor) {
    return this.past(cursor)
      ? this.longest.value(this.#beyond(cursor), this.along)
      : this.log.value(cursor, this.along);
  }

  /**
   * Where a place is, in words.
   *
   * @param {number} cursor
   */
  where(cursor) {
    if (cursor < 0) return "–";
    if (!this.past(cursor)) return moment(this.log, cursor);
    return `${this.#when(this.#beyond(cursor))} · this run has ended`;
  }

  /**
   * Steps of different runs differ in length, so after the current run's end only the time is shown.
   *
   * @param {number} frame
   */
  #when(frame) {
    const { longest } = this;
    if (longest.chartData.position) return moment(longest, frame);
    if (this.along === "step" || !longest.chartData.time_per_step) return `step ${whole(longest.step(frame))}`;
    return `t = ${significant(longest.time(frame), 3)}`;
  }

  /** @param {number} cursor */
  #beyond(cursor) {
    return this.longest.count - this.known + (cursor - this.log.count);
  }

  /**
   * Frames of the longest run after a time or step.
   *
   * @param {number} end
   */
  #after(end) {
    if (this.longest === this.log || !Number.isFinite(end)) return 0;
    return this.longest.count - 1 - this.longest.at(end, this.along);
  }
}

/**
 * The end of a run by its settings, in flow time or steps; null if they do not determine it.
 *
 * @param {RunLog} log
 * @param {"time" | "step"} along
 * @returns {number | null}
 */
export function plannedEnd(log, along) {
  const { steps, until } = log.config;
  // a run until the losses are flat has no end that is known before
  if (until === "flat" && log.settled && log.count > 0) return log.value(log.count - 1, along);
  const pace = along === "step" ? 1 : log.chartData.time_per_step;
  return pace && steps ? pace * steps : null;
}
