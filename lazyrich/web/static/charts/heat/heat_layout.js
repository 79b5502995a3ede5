// Layout of the tables of a heat chart: their positions and the sizes of their cells.

import { textWidth } from "../../core/ticks.js";

export const HEADING = 19; // px above a table, for its name
const GAP = 12; // px between tables
const EDGE = 1; // px around all
const MIN_OUTLINE = 4; // px: cells at least this large can have an outline
const LINE = 16; // px for a line of text beside a table

/** @import { Size } from "../../core/types.d.ts" */

/** @typedef {{ x: string[], y: string[] }} Labels of the columns and of the rows */
/** @typedef {{ x?: string, y?: string }} Titles below and beside them */
/** @typedef {{ k: number, x: number, y: number }} Table its number, and its upper left corner in px */
/** @typedef {{ k: number, row: number, column: number }} TableCell k: number of its table */

export class HeatLayout {
  /**
   * Tables with labels fill the space; cells of tables without labels are squares.
   *
   * @param {number[]} shape (rows, columns) or (networks, rows, columns)
   * @param {Size} size
   * @param {{ labels: Labels, titles: Titles, named: boolean }} text
   */
  constructor(shape, [width, height], { labels, titles, named }) {
    const [rows, columns] = shape.slice(-2);
    this.rows = rows;
    this.columns = columns;
    const count = shape.length > 2 ? shape[0] : 1;
    this.heading = named && count > 1;
    const wide = Math.max(0, ...labels.y.map(textWidth));
    this.left = (titles.y ? LINE : 0) + (wide ? wide + 6 : 0) + EDGE;
    this.below = (titles.x ? LINE : 0) + (labels.x.length ? LINE : 0) + EDGE;
    this.above = (this.heading ? HEADING : 0) + EDGE;
    const filling = labels.x.length > 0 || labels.y.length > 0;
    /** @type {Size} */
    this.cell = [0, 0];
    let perRow = 0; // tables in a row
    for (let across = 1; across <= count; across++) {
      const down = Math.ceil(count / across);
      const cell = this.#cell(
        (width - EDGE - GAP * (across - 1)) / across - this.left,
        (height - GAP * (down - 1)) / down - this.above - this.below,
        filling,
      );
      if (!(Math.min(...cell) > 0 && cell[0] * cell[1] > this.cell[0] * this.cell[1])) continue;
      this.cell = cell;
      perRow = across;
    }
    const step = [
      this.left + this.columns * this.cell[0] + GAP,
      this.above + this.rows * this.cell[1] + this.below + GAP,
    ];
    /** @type {Table[]} none where there is no room */
    this.tables = Array.from({ length: perRow ? count : 0 }, (_, k) => ({
      k,
      x: (k % perRow) * step[0] + this.left,
      y: Math.floor(k / perRow) * step[1] + this.above,
    }));
  }

  /**
   * @param {number} width of the room for a table
   * @param {number} height
   * @param {boolean} filling
   * @returns {Size}
   */
  #cell(width, height, filling) {
    const [w, h] = [width / this.columns, height / this.rows];
    return filling ? [w, h] : [Math.min(w, h), Math.min(w, h)];
  }

  /** Tell whether a cell is large enough for an outline. */
  get outlines() {
    return Math.min(...this.cell) >= MIN_OUTLINE;
  }

  /**
   * Of a table, in px.
   *
   * @returns {Size}
   */
  get size() {
    return [this.columns * this.cell[0], this.rows * this.cell[1]];
  }

  /**
   * The cell at a point; null outside the tables.
   *
   * @param {number} x px
   * @param {number} y px
   * @param {boolean} upward the first row is the lowest
   * @returns {TableCell | null}
   */
  find(x, y, upward) {
    const [width, height] = this.size;
    const table = this.tables.find((one) => x >= one.x && x < one.x + width && y >= one.y && y < one.y + height);
    if (!table) return null;
    const [column, line] = [Math.floor((x - table.x) / this.cell[0]), Math.floor((y - table.y) / this.cell[1])];
    return { k: table.k, column, row: upward ? this.rows - 1 - line : line };
  }
}
