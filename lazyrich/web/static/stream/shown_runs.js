// Runs on the charts: the current one, those kept beside it, and the ghost of the previous one.

import { required } from "../shell/dom.js";
import { RunLog } from "./run_log.js";
import { Timeline } from "./timeline.js";

/** @import { Ghost, ShownRun } from "../core/types.d.ts" */
/** @import { DescribedRun } from "./messages.d.ts" */
/** @typedef {DescribedRun & { log: RunLog }} Run */

const WORTH_A_GHOST = 3; // frames: fewer are a dot, not a trail

export class ShownRuns {
  /** @type {Run | null} */
  #current = null;

  constructor() {
    /** @type {Map<string, RunLog>} */
    this.logs = new Map(); // by id, of all runs that are shown or were shown last
    /** @type {Run[]} */
    this.kept = [];
    /** @type {Run | null} */
    this.ghost = null;
    /** @type {"time" | "step"} */
    this.along = "time"; // the column at which runs are compared: the progress of each
    this.repeats = false; // the next current run repeats this one, so it leaves no ghost
  }

  /** The run that is played; an error before the first update(). */
  get current() {
    return required(this.#current, "The current run");
  }

  /** Whether Python has said what is to be shown. */
  get begun() {
    return this.#current !== null;
  }

  /**
   * What Python says is to be shown.
   *
   * @param {DescribedRun[]} described
   * @param {boolean} dark on dark paper
   * @returns {boolean} whether the current run is another one now
   */
  update(described, dark = false) {
    /** @type {Map<string, RunLog>} */
    const logs = new Map(); // one for each id, as a kept run may also be the current one
    const shown = described.map((run) => {
      const log = logs.get(run.id) ?? this.logs.get(run.id) ?? new RunLog(run.id);
      logs.set(run.id, log);
      return { ...run, colour: (dark && run.dark_colour) || run.colour, log };
    });
    const before = this.#current;
    this.#current = shown.find((run) => run.role === "current") ?? null;
    const kept = shown.filter((run) => run.role === "kept");
    this.kept = kept.filter((run, i) => i === kept.findIndex((other) => other.id === run.id));
    const changed = before?.id !== this.current.id;
    const left = changed && before && !this.repeats && before.log.count >= WORTH_A_GHOST ? before : this.ghost;
    this.repeats = false;
    this.ghost = left && !logs.has(left.id) ? left : null;
    this.logs = logs;
    if (this.ghost) this.logs.set(this.ghost.id, this.ghost.log);
    return changed;
  }

  dismissGhost() {
    this.ghost = null;
  }

  /** {id: frames held}: the question to the server. */
  held() {
    return Object.fromEntries([this.current, ...this.kept].map((run) => [run.id, run.log.count]));
  }

  /** Whether more frames can come for any run shown. */
  get open() {
    return [this.current, ...this.kept].some((run) => !run.log.settled);
  }

  /** What playing and scrubbing go through. */
  get timeline() {
    return new Timeline(
      this.current.log,
      this.kept.map(({ log }) => log),
      this.along,
    );
  }

  /**
   * The runs as they stand at a place of the timeline: all are drawn up to the same flow time or step, or to their end.
   *
   * @param {number} cursor
   */
  at(cursor) {
    const { timeline, along, current, ghost } = this;
    const reached = timeline.reached(cursor);
    /** @type {ShownRun[]} */
    const kept = this.kept.map((run) => ({ ...run, key: run.id, upTo: run.log.at(reached, along) }));
    /** @type {ShownRun} */
    const shown = { ...current, key: "current", upTo: timeline.frame(cursor) };
    /** @type {Ghost | null} */
    const behind = ghost && { ...ghost, upTo: ghost.log.count - 1 };
    return { timeline, along, current: shown, kept, ghost: behind };
  }
}
