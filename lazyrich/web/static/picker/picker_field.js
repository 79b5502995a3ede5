// The numbers of the map, as a function of two places.

import { Axis } from "./picker_axis.js";

/** @import { MapData } from "./map.d.ts" */

export class Field {
  /** @param {MapData} map of one with moments it begins at the first */
  constructor(map) {
    this.x = new Axis(map.x);
    this.y = new Axis(map.y);
    const bytes = Uint8Array.from(atob(map.z.values), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    this.columns = map.x.values.length;
    const count = map.x.values.length * map.y.values.length;
    this.tables = Array.from({ length: map.moments ? map.moments.steps.length : 1 }, (_, k) =>
      map.y.values.map((_, j) =>
        Array.from({ length: this.columns }, (_, i) => view.getFloat32(4 * (k * count + j * this.columns + i), true)),
      ),
    );
    this.moment = 0;
  }

  /** The numbers at the moment, row by row. */
  get rows() {
    return this.tables[this.moment];
  }

  /**
   * z at two values: between the points of the grid like the picture, NaN in a gap and outside.
   *
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    if (!this.x.contains(x) || !this.y.contains(y)) return NaN;
    const [i, right] = this.x.cell(this.x.place(x));
    const [j, up] = this.y.cell(this.y.place(y));
    const { rows } = this;
    const corners = [rows[j][i], rows[j][i + 1], rows[j + 1][i], rows[j + 1][i + 1]];
    // no interpolation beside a gap
    if (!corners.every(Number.isFinite)) return corners[2 * Math.round(up) + Math.round(right)];
    const [a, b, c, d] = corners;
    return (1 - up) * ((1 - right) * a + right * b) + up * ((1 - right) * c + right * d);
  }
}
