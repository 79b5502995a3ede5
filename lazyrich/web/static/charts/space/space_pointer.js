// The mark under the visitor's pointer in a space: a frame of a trail, or a point of the landscape.

import { moment, setting, significant } from "../../core/format.js";
import { trailReader } from "./space_marks.js";

/** @import { Space } from "../../core/chart_specs.d.ts" */
/** @import { Point, ShownRun, Tip } from "../../core/types.d.ts" */
/** @import { SpacePoint } from "../../stream/messages.d.ts" */
/** @import { Projection } from "./projection.js" */

const NEAR = 14; // px: a mark this close to the pointer is named

/**
 * The position and the tooltip of the nearest mark; null if none is near.
 *
 * @param {Point} pointer
 * @param {Projection} projection
 * @param {Space} spec
 * @param {ShownRun[]} runs
 * @param {SpacePoint[]} points
 * @returns {Tip | null}
 */
export function pointedAt(pointer, projection, { columns, axes }, runs, points) {
  /** @type {{ at: Point, lines: () => string[] }[]} */
  let nearest = [];
  let least = NEAR;
  /** @type {(at: Point, lines: () => string[]) => void} */
  const consider = (at, lines) => {
    const distance = Math.hypot(at.x - pointer.x, at.y - pointer.y);
    if (distance < least) [nearest, least] = [[{ at, lines }], distance];
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
  const [found] = nearest;
  return found ? { lines: found.lines(), at: found.at } : null;
}
