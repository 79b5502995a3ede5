// Records how far the lines of each run are drawn on a canvas, so that a frame of a playing run draws only new parts.

/** @import { ShownRun } from "./types.d.ts" */

export class Incremental {
  constructor() {
    /** @type {Map<string, number>} */
    this.ends = new Map(); // key of a run -> last frame on the canvas
  }

  /**
   * Whether these runs are those on the canvas and none has gone back, so that lines only get longer.
   *
   * @param {ShownRun[]} runs
   */
  holds(runs) {
    return runs.length === this.ends.size && runs.every((run) => run.upTo >= (this.ends.get(run.key) ?? Infinity));
  }

  /** Record that the canvas is empty. */
  restart() {
    this.ends.clear();
  }

  /**
   * Extend each run's line from the frame where it ends to run.upTo.
   *
   * @param {ShownRun[]} runs
   * @param {(run: ShownRun, from: number) => void} draw
   */
  extend(runs, draw) {
    for (const run of runs) {
      const from = this.ends.get(run.key) ?? 0;
      if (run.upTo > from) draw(run, from);
      this.ends.set(run.key, Math.max(0, run.upTo));
    }
  }
}
