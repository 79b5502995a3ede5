// Which runs are on the charts: the current one, those kept beside it, and the ghost of the one before.

import { RunLog } from "./log.js";

const WORTH_A_GHOST = 3; // frames: fewer are a dot, not a trail

export class ShownRuns {
  constructor() {
    this.logs = new Map(); // id -> RunLog, of all that is shown or was last
    this.current = null; // {id, label, colour, log}
    this.kept = [];
    this.ghost = null;
    this.repeats = false; // the next current run repeats this one, so it leaves no ghost
  }

  /** What Python says is to be shown. Returns whether the current run is another one now. */
  update(described) {
    const logs = new Map(); // one for each id: a kept run may be the current one as well
    for (const { id } of described) logs.set(id, logs.get(id) ?? this.logs.get(id) ?? new RunLog(id));
    const shown = described.map((run) => ({ ...run, log: logs.get(run.id) }));
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

  /** {id: frames held}: what to ask the server to go on from. */
  held() {
    return Object.fromEntries([this.current, ...this.kept].map((run) => [run.id, run.log.count]));
  }

  /** Whether more frames can come for any run shown. */
  get open() {
    return [this.current, ...this.kept].some((run) => !run.log.settled);
  }

  /** The runs as they stand when the current one is at a frame: all are drawn up to the same flow time. */
  at(cursor) {
    const time = this.current.log.time(cursor);
    return {
      current: { ...this.current, key: "current", upTo: cursor },
      kept: this.kept.map((run) => ({ ...run, key: run.id, upTo: run.log.at(time) })),
      ghost: this.ghost && { ...this.ghost, upTo: this.ghost.log.count - 1 },
    };
  }
}
