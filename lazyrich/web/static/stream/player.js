// Position of the viewer on the timeline. Training has its own pace; playing, pausing and stepping happen here alone.

import { Machine, PLAYBACK } from "./states.js";

/** @import { Timeline } from "./timeline.js" */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const TICK = 1000 / 60;

export class Player {
  cursor = -1; // the frame of the timeline that is shown; -1 before the first
  furthest = -1; // the last frame that has been shown
  waits = false; // play no further than the first frame
  credit = 0; // frames that are due
  /** @type {number | undefined} */
  last = undefined; // time of the last animation frame

  constructor() {
    this.speed = 1;
    this.mode = new Machine(PLAYBACK, "playing");
    this.restart(false);
  }

  get playing() {
    return this.mode.state === "playing" || this.mode.state === "following";
  }

  /** Whether playing came to the last frame there will be. */
  get ended() {
    return this.mode.state === "ended";
  }

  /**
   * Back to before the first frame, and play.
   *
   * @param {boolean} follow go straight to the newest frame each time
   * @param {boolean} waits play no further than the first frame
   */
  restart(follow, waits = false) {
    this.waits = waits;
    this.cursor = -1;
    this.furthest = -1;
    this.mode.happen(follow ? "follow" : "restart");
    this.credit = 0;
    this.last = undefined;
  }

  /**
   * One animation frame.
   *
   * @param {number} now
   * @param {Timeline} log the one looked at
   * @returns {boolean} whether the cursor moved
   */
  advance(now, log) {
    const newest = log.count - 1;
    const follow = this.mode.state === "following";
    const before = this.cursor;
    if (this.playing && newest > this.cursor) {
      if (this.cursor < 0)
        this.cursor = 0; // show the first frame as soon as it has come, at any speed
      else if (!follow) this.cursor = Math.min(this.cursor + this.#due(now, log.chartData.pace ?? 60), newest);
      if (this.waits) this.pause();
      else if (follow) this.cursor = newest;
      this.waits = false;
    } else this.credit = 0;
    this.last = now;
    if (this.playing && log.settled && this.cursor === newest) this.mode.happen("end");
    this.furthest = Math.max(this.furthest, this.cursor);
    return this.cursor !== before;
  }

  /**
   * Whether the next animation frame can move the cursor.
   *
   * @param {Timeline} log
   */
  moving(log) {
    return this.playing && log.count - 1 > this.cursor;
  }

  /** @param {Timeline} log */
  play(log) {
    if (log.settled && this.cursor >= log.count - 1) this.cursor = -1;
    this.mode.happen("play");
  }

  pause() {
    this.mode.happen("pause");
  }

  /**
   * To a frame, as far as it is held. Before the first one there is nowhere to go, and playing goes on.
   *
   * @param {number} frame
   * @param {Timeline} log
   */
  seek(frame, log) {
    if (log.count === 0) return;
    this.mode.happen("seek");
    this.cursor = Math.max(0, Math.min(Math.round(frame), log.count - 1));
    this.furthest = Math.max(this.furthest, this.cursor);
  }

  /**
   * At a frame of a run whose picture was there before it, and from there on if it plays.
   *
   * @param {number} frame
   * @param {Timeline} log
   * @param {boolean} plays
   * @param {boolean} follow as in `restart`
   */
  arrive(frame, log, plays, follow = false) {
    this.restart(follow);
    this.cursor = frame;
    this.furthest = frame;
    if (!plays) this.mode.happen(log.settled && frame >= log.count - 1 ? "end" : "pause");
  }

  /**
   * A timeline that has become shorter: a run kept beside was dropped.
   *
   * @param {Timeline} log
   */
  hold(log) {
    this.cursor = Math.min(this.cursor, log.count - 1);
  }

  /**
   * Speed up or down by one of SPEEDS.
   *
   * @param {1 | -1} by
   */
  shift(by) {
    const index = SPEEDS.indexOf(this.speed) + by;
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index))];
  }

  /**
   * One log frame for each animation frame, so that none is painted twice or left out; above 60 Hz by time.
   *
   * @param {number} now
   * @param {number} pace log frames a second, fewer if every frame is a separate result
   */
  #due(now, pace) {
    const elapsed = now - (this.last ?? now - TICK);
    this.credit += this.speed * (pace / 60) * (elapsed < 0.8 * TICK ? elapsed / TICK : 1);
    const frames = Math.floor(this.credit);
    this.credit -= frames;
    return frames;
  }
}
