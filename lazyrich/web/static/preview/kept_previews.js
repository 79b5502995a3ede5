// Previews that have come, for a hand that goes back and forth: the latest used, up to a bound of bytes.

/** @import { RunLog } from "../stream/run_log.js" */

const MAX_BYTES = 16_000_000;

export class KeptPreviews {
  constructor(most = MAX_BYTES) {
    this.most = most;
    this.bytes = 0;
    /** @type {Map<string, RunLog>} */
    this.logs = new Map(); // by key, the one used last at the end
  }

  /** @param {string} key */
  find(key) {
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
  keep(key, log) {
    this.bytes += log.values.byteLength - (this.logs.get(key)?.values.byteLength ?? 0);
    this.logs.delete(key);
    this.logs.set(key, log);
    for (const [oldest, { values }] of this.logs) {
      if (this.bytes <= this.most || oldest === key) return;
      this.logs.delete(oldest);
      this.bytes -= values.byteLength;
    }
  }
}
