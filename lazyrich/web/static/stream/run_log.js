// The frames of one run that the browser holds: one long Float32Array, a row a frame.

import { Eta } from "./eta.js";
import { farthest } from "./extremes.js";

const SPREAD = ["", ".low", ".high"]; // median, lowest and highest over the seeds: the last axis of an array with spread

const TERMINAL = new Set(["finished", "stopped", "failed"]);

export class RunLog {
  constructor(id) {
    this.id = id;
    this.status = "waiting";
    this.message = "";
    this.remedy = {};
    this.progress = 0;
    this.countdown = new Eta();
    this.count = 0;
    this.verdicts = [];
    this.remarks = [];
    this.header = null;
    this.rowLength = 0;
    this.networks = 0; // networks that train side by side
    this.heard = false; // the server has said something of this run
    this.ending = null; // of a run that is over: whether its losses had settled
    this.settled = false; // no frame can come any more
  }

  /** The meaning of a row; comes with frame 0. */
  open(header) {
    if (this.header) return;
    this.header = header;
    this.columns = new Map(header.columns.map((name, index) => [name, index]));
    this.arrays = new Map();
    const spread = new Set(header.spread);
    let offset = header.columns.length;
    for (const [name, shape] of header.arrays) {
      const size = shape.reduce((product, n) => product * n, 1);
      this.arrays.set(name, { offset, size, shape, spread: spread.has(name) });
      // What many networks do at this frame: a curve for each network, with its band.
      if (spread.has(name) && shape.length === 2) {
        this.networks = shape[0];
        for (let k = 0; k < shape[0]; k++)
          SPREAD.forEach((end, i) => this.columns.set(`${name}[${k}]${end}`, offset + 3 * k + i));
      }
      offset += size;
    }
    this.rowLength = offset;
    this.values = new Float32Array(offset * Math.max(1, header.expected));
    this.limits = new Map(); // column or array -> how far its numbers are looked at
    this.bounds = new Map(); // column -> {low, high, positive}: extremes over all held frames
    this.reach = new Map(); // array -> largest absolute value over all held frames
  }

  append(entry, rows) {
    Object.assign(this, {
      status: entry.status,
      message: entry.message,
      remedy: entry.remedy,
      progress: entry.progress,
      ending: entry.ending ?? null,
    });
    this.countdown.hear(entry.left, performance.now());
    this.heard = true;
    // Rows may overlap with what an earlier answer brought (two questions were under way), but must leave no gap.
    const known = this.count - entry.first;
    const fresh = known < 0 ? 0 : Math.max(0, entry.count - known);
    if (fresh > 0) {
      this.#grow(this.count + fresh);
      this.values.set(rows.subarray(known * this.rowLength), this.count * this.rowLength);
      this.verdicts.push(...entry.verdicts.slice(known));
      this.remarks.push(...(entry.remarks ?? entry.verdicts.map(() => "")).slice(known));
      for (let i = 0; i < fresh; i++) this.#measure(this.count++);
    }
    // A long log comes in several answers: the last is one without frames. One that brings only frames already held may
    // be an answer to another question, and says nothing of those beyond.
    const last = entry.count === 0 && entry.first === this.count;
    const full = this.header !== null && this.count >= this.expected;
    this.settled = this.ended && (last || full);
  }

  get ended() {
    return TERMINAL.has(this.status);
  }

  /** Frames of the full run; of an ended one, what there is. */
  get expected() {
    return this.header ? this.header.expected : 0;
  }

  get chartData() {
    return this.header ? this.header.chart_data : {};
  }

  has(column) {
    return this.header !== null && this.columns.has(column);
  }

  value(frame, column) {
    const index = this.header && this.columns.get(column);
    return index === undefined || index === null || frame < 0 || frame >= this.count
      ? NaN
      : this.values[frame * this.rowLength + index];
  }

  /** The numbers of a chart array at a frame, flat; empty where there is none. */
  array(frame, name) {
    const place = this.header && this.arrays.get(name);
    if (!place || frame < 0 || frame >= this.count) return new Float32Array(0);
    const start = frame * this.rowLength + place.offset;
    return this.values.subarray(start, start + place.size);
  }

  step(frame) {
    return this.value(frame, "step");
  }

  time(frame) {
    return this.value(frame, "time");
  }

  /** The last held frame at or before a flow time, or a value of another column that grows; -1 when there is none. */
  at(reached, column = "time") {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.value(middle, column) <= reached) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #grow(frames) {
    if (frames * this.rowLength <= this.values.length) return;
    const larger = new Float32Array(2 * frames * this.rowLength);
    larger.set(this.values.subarray(0, this.count * this.rowLength));
    this.values = larger;
  }

  // Extremes for the axes, without what a diverging run comes to.
  #measure(frame) {
    if (!frame) this.#limit();
    const row = frame * this.rowLength;
    for (const [name, index] of this.columns) {
      const value = this.values[row + index];
      if (!Number.isFinite(value) || Math.abs(value) > this.limits.get(name)) continue;
      const seen = this.bounds.get(name) ?? { low: Infinity, high: -Infinity, positive: Infinity };
      this.bounds.set(name, {
        low: Math.min(seen.low, value),
        high: Math.max(seen.high, value),
        positive: value > 0 ? Math.min(seen.positive, value) : seen.positive,
      });
    }
    for (const [name, { offset, size }] of this.arrays) {
      let most = this.reach.get(name) ?? 0;
      const limit = this.limits.get(name);
      for (let i = row + offset; i < row + offset + size; i++) {
        const value = Math.abs(this.values[i]);
        if (value > most && value <= limit) most = value;
      }
      this.reach.set(name, most);
    }
  }

  #limit() {
    for (const [name, index] of this.columns) this.limits.set(name, farthest([this.values[index]]));
    for (const name of ["step", "time"]) this.limits.set(name, Infinity);
    for (const name of this.arrays.keys()) this.limits.set(name, farthest(this.array(0, name)));
  }
}
