// Placeholders for the cells of a table that are not computed yet: the number of the nearest computed cell.

const AROUND = 8; // cells: farther from a computed one than this there is no placeholder

/**
 * The numbers of a table with its gaps filled from computed neighbours, and 1 for each number that was filled in.
 *
 * @param {Float32Array} known row by row
 * @param {number[]} shape (rows, columns)
 */
export function fillGaps(known, [rows, columns]) {
  const values = known.slice();
  const pale = new Uint8Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      if (Number.isFinite(known[i])) continue;
      values[i] = nearest(known, [rows, columns], [row, column]);
      pale[i] = 1;
    }
  }
  return { values, pale };
}

/**
 * The nearest number to a cell; NaN if there is none nearby.
 *
 * @param {Float32Array} known
 * @param {number[]} shape (rows, columns)
 * @param {number[]} cell (row, column)
 */
function nearest(known, [rows, columns], [row, column]) {
  let best = NaN;
  let least = Infinity;
  for (let y = Math.max(0, row - AROUND); y <= Math.min(rows - 1, row + AROUND); y++) {
    for (let x = Math.max(0, column - AROUND); x <= Math.min(columns - 1, column + AROUND); x++) {
      const apart =
        Math.max(Math.abs(y - row), Math.abs(x - column)) + 0.01 * (Math.abs(y - row) + Math.abs(x - column));
      if (apart < least && Number.isFinite(known[y * columns + x])) {
        best = known[y * columns + x];
        least = apart;
      }
    }
  }
  return best;
}
