// Remaining time of a run as text that does not jump: follow the server's estimate slowly, and count down between two
// of its answers.

import { isNumber } from "../core/ranges.js";

const SMOOTHING = 1500; // ms, time constant: two thirds of a change are shown after it
const MAX_HELD_GROWTH = 1.3; // factor; a smaller increase is not shown, as the number falls again soon

export class Eta {
  constructor() {
    this.end = NaN; // time at which the run will be over, on the clock of `now`
    this.updatedAt = 0;
    this.shownSeconds = NaN;
  }

  /**
   * Take the server's estimate.
   *
   * @param {number | null | undefined} seconds left; without a number nothing changes
   * @param {number} now ms
   */
  update(seconds, now) {
    if (!isNumber(seconds)) return;
    const end = now + 1000 * seconds;
    if (Number.isNaN(this.end)) this.end = end;
    else this.end += (end - this.end) * (1 - Math.exp((this.updatedAt - now) / SMOOTHING));
    this.updatedAt = now;
  }

  /**
   * `12 s left`; empty while nothing is known and in the last second.
   *
   * @param {number} now ms
   */
  text(now) {
    const seconds = Math.max(0, this.end - now) / 1000;
    const rounded = round(seconds);
    if (!(rounded > this.shownSeconds && seconds < MAX_HELD_GROWTH * this.shownSeconds + 1))
      this.shownSeconds = rounded;
    if (!(this.shownSeconds >= 1)) return "";
    return this.shownSeconds < 120
      ? `${this.shownSeconds}\u202fs left`
      : `${Math.round(this.shownSeconds / 60)}\u202fmin left`;
  }
}

/**
 * Rounded to the significant digits of an estimate: 12 s, 35 s, 3 min.
 *
 * @param {number} seconds
 */
function round(seconds) {
  const unit = seconds < 20 ? 1 : seconds < 60 ? 5 : seconds < 120 ? 10 : 60;
  return unit * Math.round(seconds / unit);
}
