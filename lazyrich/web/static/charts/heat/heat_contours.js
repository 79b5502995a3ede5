// Level lines over the cells of a table, between the middles of those that have a number: marching squares.

/** @import { Point } from "../../core/types.d.ts" */

/** @typedef {[x: number, y: number, value: number]} Corner value: above the level */

/**
 * The pieces of a level's line: from where to where it crosses each square of four middles, in cells.
 *
 * @param {ArrayLike<number>} values row by row
 * @param {number} rows
 * @param {number} columns
 * @param {number} level
 */
export function levelLine(values, rows, columns, level) {
  /** @type {[from: Point, to: Point][]} */
  const pieces = [];
  const at = (/** @type {number} */ row, /** @type {number} */ column) => values[row * columns + column] - level;
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      /** @type {Corner[]} */
      const corners = [
        [column, row, at(row, column)],
        [column + 1, row, at(row, column + 1)],
        [column + 1, row + 1, at(row + 1, column + 1)],
        [column, row + 1, at(row + 1, column)],
      ];
      if (!corners.every(([, , value]) => Number.isFinite(value))) continue;
      const crossed = corners.flatMap((one, k) => crossing(one, corners[(k + 1) % 4]));
      // Four crossings are a saddle: the corners on the side of the middle are joined.
      if (crossed.length === 4) {
        const inner = corners.reduce((sum, [, , value]) => sum + value, 0) >= 0;
        if (inner === corners[0][2] >= 0) crossed.push(...crossed.splice(0, 1));
      }
      for (let k = 0; k + 1 < crossed.length; k += 2) pieces.push([crossed[k], crossed[k + 1]]);
    }
  }
  return pieces;
}

/**
 * @param {Corner} one
 * @param {Corner} other
 * @returns {Point[]} where the level crosses the side between them, if it does
 */
function crossing([x0, y0, from], [x1, y1, to]) {
  if (from >= 0 === to >= 0) return [];
  const share = from / (from - to);
  return [{ x: x0 + share * (x1 - x0) + 0.5, y: y0 + share * (y1 - y0) + 0.5 }];
}
