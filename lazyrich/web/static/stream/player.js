// Position of the viewer on the timeline. Training has its own pace; playing, pausing and stepping happen here alone.

import { Machine, PLAYBACK } from "./states.js";

/** @import { Timeline } from "./timeline.js" */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const TICK = 1000 / 60;

export class Player {
  cursor = -1; // the frame of the timeline that is shown; -1 before the first
  furthest = -1; // the last frame that has been shown
  stopsAtFirst = false; // play no further than the first frame
  framesDue = 0; // by the speed, with a fraction
  /** @type {number | undefined} */
  lastTick = undefined; // time of the last animation frame

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
   * Go back to before the first frame, and play.
   *
   * @param {boolean} follow go straight to the newest frame each time
   * @param {boolean} stopsAtFirst play no further than the first frame
   */
  restart(follow, stopsAtFirst = false) {
    this.stopsAtFirst = stopsAtFirst;
    this.cursor = -1;
    this.furthest = -1;
    this.mode.dispatch(follow ? "follow" : "restart");
    this.framesDue = 0;
    this.lastTick = undefined;
  }

  /**
   * One animation frame.
   *
   * @param {number} now
   * @param {Timeline} timeline
   * @returns {boolean} whether the cursor moved
   */
  advance(now, timeline) {
    const newest = timeline.count - 1;
    const follow = this.mode.state === "following";
    const before = this.cursor;
    if (this.playing && newest > this.cursor) {
      if (this.cursor < 0)
        this.cursor = 0; // show the first frame as soon as it has come, at any speed
      else if (!follow)
        this.cursor = Math.min(this.cursor + this.#countDue(now, timeline.chartData.pace ?? 60), newest);
      if (this.stopsAtFirst) this.pause();
      else if (follow) this.cursor = newest;
      this.stopsAtFirst = false;
    } else this.framesDue = 0;
    this.lastTick = now;
    if (this.playing && timeline.settled && this.cursor === newest) this.mode.dispatch("end");
    this.furthest = Math.max(this.furthest, this.cursor);
    return this.cursor !== before;
  }

  /**
   * Whether the next animation frame can move the cursor.
   *
   * @param {Timeline} timeline
   */
  moving(timeline) {
    return this.playing && timeline.count - 1 > this.cursor;
  }

  /** @param {Timeline} timeline */
  play(timeline) {
    if (timeline.settled && this.cursor >= timeline.count - 1) this.cursor = -1;
    this.mode.dispatch("play");
  }

  pause() {
    this.mode.dispatch("pause");
  }

  /**
   * Move the cursor to a frame, or to the nearest one that is held, and pause. Without frames, keep playing.
   *
   * @param {number} frame
   * @param {Timeline} timeline
   */
  seek(frame, timeline) {
    if (timeline.count === 0) return;
    this.mode.dispatch("seek");
    this.cursor = Math.max(0, Math.min(Math.round(frame), timeline.count - 1));
    this.furthest = Math.max(this.furthest, this.cursor);
  }

  /**
   * Start at a frame of a run that replaces its own preview.
   *
   * @param {number} frame
   * @param {Timeline} timeline
   * @param {boolean} plays go on from there
   * @param {boolean} follow as in `restart`
   */
  startAt(frame, timeline, plays, follow = false) {
    this.restart(follow);
    this.cursor = frame;
    this.furthest = frame;
    if (!plays) this.mode.dispatch(timeline.settled && frame >= timeline.count - 1 ? "end" : "pause");
  }

  /**
   * Keep the cursor within a timeline that may be shorter, after a kept run was dropped.
   *
   * @param {Timeline} timeline
   */
  clampCursor(timeline) {
    this.cursor = Math.min(this.cursor, timeline.count - 1);
  }

  /**
   * Speed up or down by one of SPEEDS.
   *
   * @param {1 | -1} by
   */
  changeSpeed(by) {
    const index = SPEEDS.indexOf(this.speed) + by;
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index))];
  }

  /**
   * Count the frames to advance: one for each animation frame, so that none is painted twice or left out; above 60 Hz
   * by time.
   *
   * @param {number} now
   * @param {number} pace log frames a second, fewer if every frame is a separate result
   */
  #countDue(now, pace) {
    const elapsed = now - (this.lastTick ?? now - TICK);
    this.framesDue += this.speed * (pace / 60) * (elapsed < 0.8 * TICK ? elapsed / TICK : 1);
    const frames = Math.floor(this.framesDue);
    this.framesDue -= frames;
    return frames;
  }
}
