// What stands for the cells of a table that are still to come: the number of the nearest cell that is there.

const AROUND = 8; // cells: further from a computed one nothing is guessed

/** {values, pale} of a table, row by row: its numbers without most of its gaps, and 1 where a number is a guess. */
export function guessed(known, [rows, columns]) {
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

// NaN where there is no number around.
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
