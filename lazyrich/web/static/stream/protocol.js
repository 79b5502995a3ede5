// Read the server's binary answer. The format is described in lazyrich/client/protocol.py.

/** @import { Answer } from "./messages.d.ts" */
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
 * Give each entry's rows to its log. A run that is no longer shown has no log, and only a log knows the length of its
 * rows, so the rows after them are requested again. An entry without rows is sent once, so it must not be lost.
 *
 * @param {Answer} answer
 * @param {Map<string, RunLog>} logs by the id of their run
 */
export function deliver({ runs, floats }, logs) {
  let offset = 0;
  let lost = false; // whether the start of the next rows is unknown
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
