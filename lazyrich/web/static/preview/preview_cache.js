// Least-recently-used cache of previews, for a control that is moved back and forth; bounded in bytes.

/** @import { RunLog } from "../stream/run_log.js" */

const MAX_BYTES = 16_000_000;

export class PreviewCache {
  constructor(maxBytes = MAX_BYTES) {
    this.maxBytes = maxBytes;
    this.bytes = 0;
    /** @type {Map<string, RunLog>} */
    this.logs = new Map(); // by key, the one used last at the end
  }

  /** @param {string} key */
  get(key) {
    const log = this.logs.get(key);
    if (log) {
      this.logs.delete(key);
      this.logs.set(key, log);
    }
    return log;
  }

  /**
   * @param {string} key
   * @param {RunLog} log
   */
  set(key, log) {
    this.bytes += log.values.byteLength - (this.logs.get(key)?.values.byteLength ?? 0);
    this.logs.delete(key);
    this.logs.set(key, log);
    for (const [oldest, { values }] of this.logs) {
      if (this.bytes <= this.maxBytes || oldest === key) return;
      this.logs.delete(oldest);
      this.bytes -= values.byteLength;
    }
  }
}
