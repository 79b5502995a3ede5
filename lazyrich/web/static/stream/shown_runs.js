// Runs on the charts: the current one, those kept beside it, and the ghost of the previous one.

import { required } from "../shell/dom.js";
import { RunLog } from "./run_log.js";
import { Timeline } from "./timeline.js";

/** @import { Ghost, ShownRun } from "../core/types.d.ts" */
/** @import { DescribedRun } from "./messages.d.ts" */
/** @typedef {DescribedRun & { log: RunLog }} Run */

const MIN_GHOST_FRAMES = 3; // frames: fewer are a dot, not a trail

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
    this.repeatsCurrent = false; // the next current run repeats this one, so it leaves no ghost
  }

  /** The run that is played; an error before the first update(). */
  get current() {
    return required(this.#current, "The current run");
  }

  /** Whether update() has been called. */
  get hasCurrent() {
    return this.#current !== null;
  }

  /**
   * Take the runs that Python wants to be shown.
   *
   * @param {DescribedRun[]} described
   * @param {boolean} dark whether the background is dark
   * @returns {boolean} whether the current run has changed
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
    const ghost =
      changed && before && !this.repeatsCurrent && before.log.count >= MIN_GHOST_FRAMES ? before : this.ghost;
    this.repeatsCurrent = false;
    this.ghost = ghost && !logs.has(ghost.id) ? ghost : null;
    this.logs = logs;
    if (this.ghost) this.logs.set(this.ghost.id, this.ghost.log);
    return changed;
  }

  dismissGhost() {
    this.ghost = null;
  }

  /** {id: frames held} of all runs shown; the server answers with the frames beyond these. */
  heldFrames() {
    return Object.fromEntries([this.current, ...this.kept].map((run) => [run.id, run.log.count]));
  }

  /** Whether more frames can come for any run shown. */
  get incomplete() {
    return [this.current, ...this.kept].some((run) => !run.log.settled);
  }

  /** The frames that playing and scrubbing go through. */
  get timeline() {
    return new Timeline(
      this.current.log,
      this.kept.map(({ log }) => log),
      this.along,
    );
  }

  /**
   * The runs at a position of the timeline: all are drawn up to the same flow time or step, or to their end.
   *
   * @param {number} cursor
   */
  at(cursor) {
    const { timeline, along, current, ghost } = this;
    const reached = timeline.valueAt(cursor);
    /** @type {ShownRun[]} */
    const kept = this.kept.map((run) => ({ ...run, key: run.id, upTo: run.log.frameAt(reached, along) }));
    /** @type {ShownRun} */
    const shown = { ...current, key: "current", upTo: timeline.frame(cursor) };
    /** @type {Ghost | null} */
    const shownGhost = ghost && { ...ghost, upTo: ghost.log.count - 1 };
    return { timeline, along, current: shown, kept, ghost: shownGhost };
  }
}
