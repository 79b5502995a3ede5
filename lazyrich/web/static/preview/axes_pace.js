// When plotly draws the axes of one more chart, while the canvases move ahead of them.

const SHARE = 10; // times what the last one took, so that pictures keep nine tenths of the time

export class AxesPace {
  constructor() {
    this.due = 0;
    this.turn = 0;
  }

  /**
   * One of those whose axes are behind, in turn, or undefined while it is too soon.
   *
   * @template T
   * @param {T[]} behind
   * @param {number} now ms
   */
  next(behind, now) {
    return now < this.due || !behind.length ? undefined : behind[this.turn++ % behind.length];
  }

  /**
   * It took so many ms, up to now.
   *
   * @param {number} ms
   * @param {number} now
   */
  took(ms, now) {
    this.due = now + SHARE * ms;
  }
}
