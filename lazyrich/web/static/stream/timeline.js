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
    this.framesBeyond = this.#framesAfter(current.settled ? last(current) : Infinity);
  }

  /** Number of frames that can be shown: those of another run only when the current one's end is known. */
  get count() {
    return this.log.count + this.framesBeyond;
  }

  /** Expected number of frames, as far as the settings determine it. */
  get expected() {
    const { log } = this;
    if (log.settled) return this.count;
    const own = log.ended ? log.count : Math.max(log.expected, log.count);
    return own + this.#framesAfter(plannedEnd(log, this.along) ?? Infinity);
  }

  get settled() {
    return [this.log, ...this.kept].every((log) => log.settled);
  }

  get chartData() {
    return this.log.chartData;
  }

  /**
   * The current run's frame at a position of the timeline.
   *
   * @param {number} cursor
   */
  frame(cursor) {
    return Math.min(cursor, this.log.count - 1);
  }

  /**
   * Whether a position is beyond the current run's end.
   *
   * @param {number} cursor
   */
  isPastCurrent(cursor) {
    return this.log.count > 0 && cursor >= this.log.count;
  }

  /**
   * The flow time, or the step, of a position.
   *
   * @param {number} cursor
   */
  valueAt(cursor) {
    return this.isPastCurrent(cursor)
      ? this.longest.value(this.#frameOfLongest(cursor), this.along)
      : this.log.value(cursor, this.along);
  }

  /**
   * Text of a position, for the playback bar.
   *
   * @param {number} cursor
   */
  positionText(cursor) {
    if (cursor < 0) return "–";
    if (!this.isPastCurrent(cursor)) return moment(this.log, cursor);
    return `${this.#momentOfLongest(this.#frameOfLongest(cursor))} · this run has ended`;
  }

  /**
   * Steps of different runs differ in length, so after the current run's end only the time is shown.
   *
   * @param {number} frame
   */
  #momentOfLongest(frame) {
    const { longest } = this;
    if (longest.chartData.position) return moment(longest, frame);
    if (this.along === "step" || !longest.chartData.time_per_step) return `step ${whole(longest.step(frame))}`;
    return `t = ${significant(longest.time(frame), 3)}`;
  }

  /** @param {number} cursor */
  #frameOfLongest(cursor) {
    return this.longest.count - this.framesBeyond + (cursor - this.log.count);
  }

  /**
   * Frames of the longest run after a time or step.
   *
   * @param {number} end
   */
  #framesAfter(end) {
    if (this.longest === this.log || !Number.isFinite(end)) return 0;
    return this.longest.count - 1 - this.longest.frameAt(end, this.along);
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
