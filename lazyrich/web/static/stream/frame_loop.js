// Schedule the work of a live chart: all work of an animation frame together, expensive work once nothing moves.

export const SETTLE_AFTER = 120; // ms of rest before the canvases become plotly traces
export const SETTLE_WAITING = 700; // ms, while playback waits for the next frame of training

/** @typedef {"paint" | "fit" | "ask"} Work paint changes, fit axes, ask the server for more */

export class FrameLoop {
  /**
   * @param {(now: number) => void} tick one animation frame
   * @param {() => void} settle called once nothing has moved for the time given to settleAfter()
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
   * Schedule work for the next animation frame.
   *
   * @param {Work[]} work
   */
  schedule(...work) {
    for (const kind of work) this.due.add(kind);
    if (this.frame || this.stopped) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.tick(now);
    });
  }

  /**
   * Settle after a delay in ms; a later call restarts the delay.
   *
   * @param {number} wait
   */
  settleAfter(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.settle, wait);
  }

  stop() {
    this.stopped = true;
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }
}
