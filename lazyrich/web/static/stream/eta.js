// Remaining time of a run as text that does not jump: follow the server's estimate slowly, and count down between two
// of its answers.

import { isNumber } from "../core/ranges.js";

const SLOWNESS = 1500; // ms in which the text follows two thirds of a change
const STUBBORN = 1.3; // a number that would grow by less does not change, as it is going to fall

export class Eta {
  constructor() {
    this.end = NaN; // time at which the run will be over, on the clock of `now`
    this.heard = 0;
    this.shown = NaN;
  }

  /**
   * @param {number | null | undefined} seconds what the server says is left, if it does
   * @param {number} now ms
   */
  hear(seconds, now) {
    if (!isNumber(seconds)) return;
    const end = now + 1000 * seconds;
    if (Number.isNaN(this.end)) this.end = end;
    else this.end += (end - this.end) * (1 - Math.exp((this.heard - now) / SLOWNESS));
    this.heard = now;
  }

  /**
   * `12 s left`; empty while nothing is known and in the last second.
   *
   * @param {number} now ms
   */
  words(now) {
    const seconds = Math.max(0, this.end - now) / 1000;
    const rounded = round(seconds);
    if (!(rounded > this.shown && seconds < STUBBORN * this.shown + 1)) this.shown = rounded;
    if (!(this.shown >= 1)) return "";
    return this.shown < 120 ? `${this.shown}\u202fs left` : `${Math.round(this.shown / 60)}\u202fmin left`;
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
