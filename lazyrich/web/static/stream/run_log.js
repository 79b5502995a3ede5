// The frames of one run that the browser holds: one long Float32Array, a row a frame.

import { required } from "../shell/dom.js";
import { Eta } from "./eta.js";
import { divergenceLimit } from "./extremes.js";

/** @import { Bounds } from "../core/types.d.ts" */
/** @import { ChartData, Ending, RunEntry, RunHeader, RunStatus, Settings } from "./messages.d.ts" */

const SPREAD = ["", ".low", ".high"]; // median, lowest and highest over the seeds: the last axis of an array with spread

const TERMINAL = new Set(["finished", "stopped", "failed"]);

export class RunLog {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {RunStatus} */
    this.status = "waiting";
    this.message = "";
    /** @type {Settings} */
    this.remedy = {};
    this.progress = 0;
    this.eta = new Eta();
    this.count = 0;
    /** @type {string[]} */
    this.verdicts = [];
    /** @type {string[]} */
    this.remarks = [];
    /** @type {RunHeader | null} */
    this.header = null;
    this.rowLength = 0;
    this.values = new Float32Array(0); // a row for each frame
    /** @type {Map<string, number>} */
    this.columns = new Map(); // column -> its place in a row
    /** @type {Map<string, { offset: number, size: number, shape: number[], spread: boolean }>} */
    this.arrays = new Map();
    /** @type {Map<string, number>} */
    this.limits = new Map(); // column or array -> limit beyond which its numbers are ignored
    /** @type {Map<string, Bounds>} */
    this.bounds = new Map(); // column -> extremes over all held frames
    /** @type {Map<string, number>} */
    this.reach = new Map(); // array -> largest absolute value over all held frames
    this.networks = 0; // networks that train side by side
    this.received = false; // whether the server has sent an entry of this run
    /** @type {Ending | null} */
    this.ending = null; // of a run that is over: whether its losses had settled
    this.settled = false; // whether no further frame can come
  }

  /**
   * Read the layout of a row, which comes with frame 0.
   *
   * @param {RunHeader} header
   */
  open(header) {
    if (this.header) return;
    this.header = header;
    this.columns = new Map(header.columns.map((name, index) => [name, index]));
    const spread = new Set(header.spread);
    let offset = header.columns.length;
    for (const [name, shape] of header.arrays) {
      const size = shape.reduce((product, n) => product * n, 1);
      this.arrays.set(name, { offset, size, shape, spread: spread.has(name) });
      // Arrays of many networks at this frame: a curve for each network, with its band.
      if (spread.has(name) && shape.length === 2) {
        // each network has a colour; seeds that the first row summarises have the run's colour
        this.networks = header.chart_data.alphas ? shape[0] : 1;
        for (let k = 0; k < shape[0]; k++)
          SPREAD.forEach((end, i) => this.columns.set(`${name}[${k}]${end}`, offset + 3 * k + i));
      }
      offset += size;
    }
    this.rowLength = offset;
    this.values = new Float32Array(offset * Math.max(1, header.expected));
  }

  /**
   * Read the entry of this run in an answer, and its frames.
   *
   * @param {RunEntry} entry
   * @param {Float32Array} rows of entry.count frames, from entry.first on
   */
  append(entry, rows) {
    this.status = entry.status;
    this.message = entry.message;
    this.remedy = entry.remedy;
    this.progress = entry.progress;
    this.ending = entry.ending ?? null;
    this.eta.update(entry.left, performance.now());
    this.received = true;
    // Rows may overlap with those of an earlier answer (after two concurrent requests), but must leave no gap.
    const known = this.count - entry.first;
    const fresh = known < 0 ? 0 : Math.max(0, entry.count - known);
    if (fresh > 0) {
      this.#grow(this.count + fresh);
      this.values.set(rows.subarray(known * this.rowLength), this.count * this.rowLength);
      this.verdicts.push(...entry.verdicts.slice(known));
      this.remarks.push(...(entry.remarks ?? entry.verdicts.map(() => "")).slice(known));
      for (let i = 0; i < fresh; i++) this.#measure(this.count++);
    }
    // A long log comes in several answers, the last one without frames. An answer with frames already held only may
    // belong to another request, and does not mean that there are no further frames.
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

  /** @returns {ChartData} */
  get chartData() {
    return this.header ? this.header.chart_data : {};
  }

  /** The settings of the run; empty before the header. */
  get config() {
    return this.header ? this.header.config : {};
  }

  /**
   * Resolve a list of a chart's specification: the list itself, or the entry of the header's chart data that it names.
   *
   * @template T
   * @param {string | T[]} [named]
   * @returns {T[]} empty before the header
   */
  listed(named = []) {
    const list = typeof named === "string" ? this.chartData[named] : named;
    return Array.isArray(list) ? list : [];
  }

  /**
   * @param {string} column
   * @returns {boolean}
   */
  has(column) {
    return this.columns.has(column);
  }

  /**
   * The value of a column at a frame; NaN if there is none.
   *
   * @param {number} frame
   * @param {string} column
   * @returns {number}
   */
  value(frame, column) {
    const index = this.columns.get(column);
    return index === undefined || frame < 0 || frame >= this.count ? NaN : this.values[frame * this.rowLength + index];
  }

  /**
   * The numbers of a chart array at a frame, flat; empty if there is none.
   *
   * @param {number} frame
   * @param {string} name
   */
  array(frame, name) {
    const place = this.arrays.get(name);
    if (!place || frame < 0 || frame >= this.count) return new Float32Array(0);
    const start = frame * this.rowLength + place.offset;
    return this.values.subarray(start, start + place.size);
  }

  /**
   * Offset of a chart array in a row, and its shape; an error for a run that has no such array.
   *
   * @param {string} name
   */
  layoutOf(name) {
    return required(this.arrays.get(name), `The array "${name}" of a run`);
  }

  /** @param {number} frame */
  step(frame) {
    return this.value(frame, "step");
  }

  /** @param {number} frame */
  time(frame) {
    return this.value(frame, "time");
  }

  /**
   * The last held frame at or before a flow time, or before a value of another increasing column; -1 if there is none.
   *
   * @param {number} reached
   * @param {string} column
   */
  frameAt(reached, column = "time") {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.value(middle, column) <= reached) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** @param {number} frames */
  #grow(frames) {
    if (frames * this.rowLength <= this.values.length) return;
    const larger = new Float32Array(2 * frames * this.rowLength);
    larger.set(this.values.subarray(0, this.count * this.rowLength));
    this.values = larger;
  }

  /**
   * Extremes for the axes, without the numbers of a diverging run.
   *
   * @param {number} frame
   */
  #measure(frame) {
    if (!frame) this.#limit();
    const row = frame * this.rowLength;
    for (const [name, index] of this.columns) {
      const value = this.values[row + index];
      if (!Number.isFinite(value) || Math.abs(value) > (this.limits.get(name) ?? Infinity)) continue;
      const seen = this.bounds.get(name) ?? { low: Infinity, high: -Infinity, positive: Infinity };
      this.bounds.set(name, {
        low: Math.min(seen.low, value),
        high: Math.max(seen.high, value),
        positive: value > 0 ? Math.min(seen.positive, value) : seen.positive,
      });
    }
    for (const [name, { offset, size }] of this.arrays) {
      let most = this.reach.get(name) ?? 0;
      const limit = this.limits.get(name) ?? Infinity;
      for (let i = row + offset; i < row + offset + size; i++) {
        const value = Math.abs(this.values[i]);
        if (value > most && value <= limit) most = value;
      }
      this.reach.set(name, most);
    }
  }

  #limit() {
    for (const [name, index] of this.columns) this.limits.set(name, divergenceLimit([this.values[index]]));
    for (const name of ["step", "time"]) this.limits.set(name, Infinity);
    for (const name of this.arrays.keys()) this.limits.set(name, divergenceLimit(this.array(0, name)));
  }
}
