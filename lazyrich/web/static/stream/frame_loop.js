// Schedule the work of a live chart: all work of an animation frame together, expensive work once nothing moves.

export const SETTLE_AFTER = 120; // ms of rest before the canvases become plotly traces
export const SETTLE_WAITING = 700; // ms, when playing goes on as soon as training has the next frame

export class FrameLoop {
  /** tick(now): one animation frame. settle(): called once nothing has moved for as long as `rest` says. */
  constructor(tick, settle) {
    this.tick = tick;
    this.settle = settle;
    this.due = new Set();
    this.frame = 0;
    this.timer = undefined;
    this.stopped = false;
  }

  /** Request work in the next animation frame: "paint" changes, "fit" axes, "ask" the server for more. */
  wake(...work) {
    for (const one of work) this.due.add(one);
    if (this.frame || this.stopped) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.tick(now);
    });
  }

  /** Settle after so many ms, if nothing puts it off. */
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
