// Reading the server's binary answer. The format is written down in lazyrich/client/protocol.py.

/** @import { Answer } from "../core/types.d.ts" */
/** @import { RunLog } from "./run_log.js" */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Answer}
 */
export function readAnswer(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { ...header, floats: new Float32Array(buffer, 4 + length) };
}

/**
 * Give each entry's rows to its log. A run no longer looked at has none, and how long its rows are only its log knows:
 * rows that follow them are asked for again. What is said without rows is said once, so it must not be lost.
 *
 * @param {Answer} answer
 * @param {Map<string, RunLog>} logs by the id of their run
 */
export function deliver({ runs, floats }, logs) {
  let offset = 0;
  let lost = false; // where the next rows begin
  for (const entry of runs) {
    const log = logs.get(entry.id);
    if (!log || (lost && entry.count > 0)) {
      lost ||= entry.count > 0;
      continue;
    }
    if (entry.header) log.open(entry.header);
    const length = entry.count * log.rowLength;
    log.append(entry, floats.subarray(offset, offset + length));
    offset += length;
  }
}
