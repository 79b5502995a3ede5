// Layout of filters in a picture: a block for each network, as large as the space allows.

const BETWEEN = 20; // px between blocks
const EDGE = 3; // px around all of them, for the frame of the selected filter

export const GAP = 3; // px between the filters of a block
export const HEADING = 27; // px above a block

/** @import { Point, Size } from "../../core/types.d.ts" */

/** @typedef {{ network: number, filter: number }} FilterPick which filter of which network */
/** @typedef {Point & { width: number, height: number }} Rectangle */

export class ImagesLayout {
  /**
   * @param {number[]} shape (networks, filters, channels, k, k)
   * @param {Size} size
   * @param {number} [pixelRatio] device pixels of one px
   */
  constructor([networks, filters], [width, height], pixelRatio = 1) {
    this.networks = networks;
    this.filters = filters;
    this.across = Math.ceil(Math.sqrt(filters));
    this.down = Math.ceil(filters / this.across);
    const [w, h] = [width - 2 * EDGE, height - 2 * EDGE];
    let room = -Infinity; // px for a filter
    this.columns = 1;
    for (let columns = 1; columns <= networks; columns++) {
      const rows = Math.ceil(networks / columns);
      const block = [(w - (columns - 1) * BETWEEN) / columns, (h - (rows - 1) * BETWEEN) / rows - HEADING];
      const most = Math.min(
        (block[0] - (this.across - 1) * GAP) / this.across,
        (block[1] - (this.down - 1) * GAP) / this.down,
      );
      if (most <= room) continue;
      room = most;
      this.columns = columns;
    }
    this.cell = Math.max(1, Math.floor(pixelRatio * room) / pixelRatio);
    this.width = this.across * this.cell + (this.across - 1) * GAP;
    this.height = this.down * this.cell + (this.down - 1) * GAP;
  }

  /**
   * The upper left corner of a network's block of filters, below its heading.
   *
   * @param {number} network
   */
  block(network) {
    const [column, row] = [network % this.columns, Math.floor(network / this.columns)];
    return {
      x: EDGE + column * (this.width + BETWEEN),
      y: EDGE + HEADING + row * (this.height + HEADING + BETWEEN),
    };
  }

  /**
   * The upper left corner of a filter.
   *
   * @param {FilterPick} pick
   */
  at({ network, filter }) {
    const { x, y } = this.block(network);
    const pitch = this.cell + GAP;
    return { x: x + (filter % this.across) * pitch, y: y + Math.floor(filter / this.across) * pitch };
  }

  /**
   * The filter under a point; null between them.
   *
   * @param {number} x px
   * @param {number} y px
   * @returns {FilterPick | null}
   */
  find(x, y) {
    const pitch = this.cell + GAP;
    for (let network = 0; network < this.networks; network++) {
      const from = this.block(network);
      const [column, row] = [Math.floor((x - from.x) / pitch), Math.floor((y - from.y) / pitch)];
      const filter = row * this.across + column;
      if (column < 0 || row < 0 || column >= this.across || filter >= this.filters) continue;
      const corner = this.at({ network, filter });
      if (x < corner.x + this.cell && y < corner.y + this.cell) return { network, filter };
    }
    return null;
  }

  /**
   * The filter next to another, across all blocks; the same one at an end.
   *
   * @param {FilterPick} pick
   * @param {number} right number of filters
   * @param {number} down
   * @returns {FilterPick}
   */
  beside({ network, filter }, right, down) {
    const column = (network % this.columns) * this.across + (filter % this.across) + right;
    const row = Math.floor(network / this.columns) * this.down + Math.floor(filter / this.across) + down;
    const to = {
      network: Math.floor(row / this.down) * this.columns + Math.floor(column / this.across),
      filter: (row % this.down) * this.across + (column % this.across),
    };
    const inside = column >= 0 && row >= 0 && column < this.columns * this.across;
    return inside && to.network < this.networks && to.filter < this.filters ? to : { network, filter };
  }

  /**
   * Free rectangles: the gaps in the last row, and the space below and beside the blocks.
   *
   * @param {Size} size
   * @returns {Rectangle[]}
   */
  free([width, height]) {
    const { x, y } = this.block(this.networks - 1);
    const [right, below] = [x + this.width + BETWEEN, y + this.height + BETWEEN];
    const beside = EDGE + this.columns * (this.width + BETWEEN);
    return [
      { x: right, y, width: width - right, height: height - y },
      { x: EDGE, y: below, width: width - EDGE, height: height - below },
      { x: beside, y: EDGE + HEADING, width: width - beside, height: height - EDGE - HEADING },
    ];
  }
}
