// Pace at which plotly redraws the axes of charts, one after the other, while the canvases are ahead of them.

const PAUSE_FACTOR = 10; // times the duration of the last redraw, so that painting keeps nine tenths of the time

export class AxesPace {
  constructor() {
    this.due = 0;
    this.turn = 0;
  }

  /**
   * The next chart whose axes lag behind, in turn; undefined while it is too soon.
   *
   * @template T
   * @param {T[]} charts
   * @param {number} now ms
   */
  next(charts, now) {
    return now < this.due || !charts.length ? undefined : charts[this.turn++ % charts.length];
  }

  /**
   * Record the duration of a redraw.
   *
   * @param {number} ms
   * @param {number} now
   */
  record(ms, now) {
    this.due = now + PAUSE_FACTOR * ms;
  }
}
