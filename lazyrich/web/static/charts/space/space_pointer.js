// The mark under the visitor's pointer in a space: a frame of a trail, or a point of the landscape.

import { moment, setting, significant } from "../../core/format.js";
import { trailReader } from "./space_marks.js";

/** @import { Space } from "../../core/chart_specs.d.ts" */

const NEAR = 14; // px: a mark this close to the pointer is named

/** The nearest mark as {lines, at}, its description and its position; null if none is near. */
export function pointedAt(pointer, projection, /** @type {Space} */ { columns, axes }, runs, points) {
  let nearest = null;
  let least = NEAR;
  const consider = (at, tell) => {
    const far = Math.hypot(at.x - pointer.x, at.y - pointer.y);
    if (far < least) [nearest, least] = [{ at, tell }, far];
  };
  for (const { log, upTo, label } of runs) {
    const at = trailReader(log, columns, projection);
    for (let k = 0; k <= upTo; k++) {
      consider(at(k), () => [
        ...(label ? [label] : []),
        ...axes.map((title, c) => `${title} = ${significant(log.value(k, columns[c]))}`),
        moment(log, k),
      ]);
    }
  }
  for (const { label, x, y, z } of points) {
    consider(projection.at(x, y, z), () => [label, ...axes.map((title, c) => `${title} = ${setting([x, y, z][c])}`)]);
  }
  return nearest && { lines: nearest.tell(), at: nearest.at };
}
