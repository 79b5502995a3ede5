// Schedule the work of a live chart: all work of an animation frame together, expensive work once nothing moves.

export const SETTLE_AFTER = 120; // ms of rest before the canvases become plotly traces
export const SETTLE_WAITING = 700; // ms, when playing goes on as soon as training has the next frame

/** @typedef {"paint" | "fit" | "ask"} Work paint changes, fit axes, ask the server for more */

export class FrameLoop {
  /**
   * @param {(now: number) => void} tick one animation frame
   * @param {() => void} settle called once nothing has moved for as long as `rest` says
   */
  constructor(tick, settle) {
    this.tick = tick;
    this.settle = settle;
    /** @type {Set<Work>} */
    this.due = new Set();
    this.frame = 0;
    this.timer = 0;
    this.stopped = false;
  }

  /**
   * Request work in the next animation frame.
   *
   * @param {Work[]} work
   */
  wake(...work) {
    for (const one of work) this.due.add(one);
    if (this.frame || this.stopped) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.tick(now);
    });
  }

  /**
   * Settle after so many ms, if nothing puts it off.
   *
   * @param {number} wait
   */
  rest(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.settle, wait);
  }

  stop() {
    this.stopped = true;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }
}
