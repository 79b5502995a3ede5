// Runs on the charts: the current one, those kept beside it, and the ghost of the previous one.

import { RunLog } from "./run_log.js";
import { Timeline } from "./timeline.js";

const WORTH_A_GHOST = 3; // frames: fewer are a dot, not a trail

export class ShownRuns {
  constructor() {
    this.logs = new Map(); // id -> RunLog, of all runs that are shown or were shown last
    this.current = null; // {id, label, colour, log}
    this.kept = [];
    this.ghost = null;
    /** @type {"time" | "step"} */
    this.along = "time"; // the column at which runs are compared: the progress of each
    this.repeats = false; // the next current run repeats this one, so it leaves no ghost
  }

  /** What Python says is to be shown, on dark paper or light. Returns whether the current run is another one now. */
  update(described, dark = false) {
    const logs = new Map(); // one for each id, as a kept run may also be the current one
    for (const { id } of described) logs.set(id, logs.get(id) ?? this.logs.get(id) ?? new RunLog(id));
    const inked = ({ colour, dark_colour: onDark }) => (dark && onDark ? onDark : colour);
    const shown = described.map((run) => ({ ...run, colour: inked(run), log: logs.get(run.id) }));
    const before = this.current;
    this.current = shown.find((run) => run.role === "current");
    const kept = shown.filter((run) => run.role === "kept");
    this.kept = kept.filter((run, i) => i === kept.findIndex((other) => other.id === run.id));
    const changed = before?.id !== this.current.id;
    if (changed && before && !this.repeats && before.log.count >= WORTH_A_GHOST) this.ghost = before;
    this.repeats = false;
    if (this.ghost && shown.some((run) => run.id === this.ghost.id)) this.ghost = null;
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

  /** The runs as they stand at a place of the timeline: all are drawn up to the same flow time or step, or to their end. */
  at(cursor) {
    const timeline = this.timeline;
    const reached = timeline.reached(cursor);
    return {
      timeline,
      along: this.along,
      current: { ...this.current, key: "current", upTo: timeline.frame(cursor) },
      kept: this.kept.map((run) => ({ ...run, key: run.id, upTo: run.log.at(reached, this.along) })),
      ghost: this.ghost && { ...this.ghost, upTo: this.ghost.log.count - 1 },
    };
  }
}
