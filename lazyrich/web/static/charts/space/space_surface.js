// Surfaces in space, painted pixel by pixel without WebGL: works everywhere, and detects hidden parts of lines.

import { sequential } from "../../colours/viridis.js";
import { contextOf } from "../../shell/dom.js";
import { SLACK } from "./projection.js";

/** @import { ReadableCanvas, Theme } from "../../core/types.d.ts" */
/** @import { Sheet } from "../../stream/messages.d.ts" */
/** @import { Projected, Projection } from "./projection.js" */

/** @typedef {Record<"x" | "y" | "z" | "tone", Float64Array[]>} Mesh a surface; tone: the place of its colour, 0 to 1 */
/** @typedef {Record<"left" | "top" | "near" | "shade" | "tone", Float32Array>} Corners of its triangles, in pixels */

const BANDS = 14; // steps of colour: their edges are contours of the loss
const EDGE = 0.16; // of a band, which fades into the next

// px around a point: it is hidden only if the surface is in front of it at these too
const AROUND = [
  [0, 0],
  [1.5, 0],
  [-1.5, 0],
  [0, 1.5],
  [0, -1.5],
];

/**
 * A table of 1024 colours from no loss to the largest, muted towards the paper.
 *
 * @param {Theme} theme
 */
export function lossColours({ background, dark }) {
  const paper = Array.from(background.matchAll(/\d+/g), Number);
  const table = new Uint8ClampedArray(3 * 1024);
  for (let i = 0; i < 1024; i++) {
    const share = (i / 1023) * BANDS;
    const band = Math.floor(share);
    const into = Math.max(0, (share - band - 1 + EDGE) / EDGE);
    const pure = sequential((Math.min(BANDS - 1, band) + into) / BANDS);
    const kept = dark ? 0.8 : 0.78;
    for (let c = 0; c < 3; c++) table[3 * i + c] = kept * pure[c] + (1 - kept) * paper[c];
  }
  return table;
}

/**
 * Sheets from a run's header as meshes, twice as fine.
 *
 * @param {Sheet[]} [sheets]
 * @returns {Mesh[]}
 */
export function meshes(sheets = []) {
  // The root of the loss is a distance from the target. Half of the surface is within half of the colours.
  const roots = sheets.flatMap((sheet) => sheet.colour.flat().map((loss) => Math.sqrt(Math.max(0, loss))));
  const middle = roots.sort((one, other) => one - other)[roots.length >> 1] || 1;
  const tone = (/** @type {number} */ loss) => 1 - 2 ** -(Math.sqrt(Math.max(0, loss)) / middle);
  return sheets.map((sheet) => {
    const fine = (/** @type {number[][]} */ values) => finer(values.map((row) => Float64Array.from(row)));
    const [x, y, z] = [sheet.x, sheet.y, sheet.z].map(fine);
    return { x, y, z, tone: fine(sheet.colour.map((row) => row.map(tone))) };
  });
}

/**
 * Half-way points by cubic interpolation, along the rows and then along the columns.
 *
 * @param {Float64Array[]} rows
 */
function finer(rows) {
  /** @type {(a: number, b: number, c: number, d: number) => number} */
  const between = (a, b, c, d) => (9 * (b + c) - a - d) / 16;
  const wide = rows.map((row) => {
    const end = row.length - 1;
    const closed = Math.abs(row[0] - row[end]) < 1e-9;
    const at = (/** @type {number} */ k) => {
      if (k < 0) return closed ? row[end + k] : row[0];
      if (k > end) return closed ? row[1] : row[end];
      return row[k];
    };
    return Float64Array.from({ length: 2 * row.length - 1 }, (_, i) => {
      const k = i >> 1;
      return i % 2 ? between(at(k - 1), at(k), at(k + 1), at(k + 2)) : row[k];
    });
  });
  const last = wide.length - 1;
  // beyond the ends, straight on
  const at = (/** @type {number} */ k, /** @type {number} */ j) =>
    k < 0 ? 2 * wide[0][j] - wide[1][j] : k > last ? 2 * wide[last][j] - wide[last - 1][j] : wide[k][j];
  return Array.from({ length: 2 * last + 1 }, (_, i) => {
    const k = i >> 1;
    if (i % 2 === 0) return wide[k];
    return wide[k].map((_, j) => between(at(k - 1, j), at(k, j), at(k + 1, j), at(k + 2, j)));
  });
}

/** A painted surface: a canvas, and the nearness of the foremost point at each pixel. */
export class Surface {
  /**
   * @param {Projection} projection
   * @param {number} ratio pixels of the canvas for one px of the picture
   */
  constructor(projection, ratio) {
    this.projection = projection;
    this.ratio = ratio;
    const [width, height] = projection.size.map((px) => Math.max(1, Math.round(px * ratio)));
    this.width = width;
    this.height = height;
    this.near = new Float32Array(this.width * this.height);
    /** @type {ReadableCanvas} */
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, { width: this.width, height: this.height });
  }

  /**
   * @param {Mesh[]} meshes
   * @param {Uint8ClampedArray} colours as of lossColours()
   */
  paint(meshes, colours) {
    const context = contextOf(this.canvas);
    const image = context.createImageData(this.width, this.height);
    for (const mesh of meshes) this.#mesh(mesh, colours, image.data);
    context.putImageData(image, 0, 0);
    this.canvas.pixels = () => image;
    return this;
  }

  /**
   * Tell whether a point lies behind the surface; false near an edge of the surface.
   *
   * @param {Projected} point
   */
  hides({ x, y, near }) {
    return AROUND.every(([dx, dy]) => this.#nearest(x + dx, y + dy) > near + SLACK);
  }

  /**
   * The nearness of the surface at a pixel.
   *
   * @param {number} x px
   * @param {number} y px
   */
  #nearest(x, y) {
    const column = Math.floor(x * this.ratio);
    const row = Math.floor(y * this.ratio);
    const inside = column >= 0 && row >= 0 && column < this.width && row < this.height;
    return inside ? this.near[row * this.width + column] : 0;
  }

  /**
   * @param {Mesh} mesh
   * @param {Uint8ClampedArray} colours
   * @param {Uint8ClampedArray} pixels
   */
  #mesh({ x, y, z, tone }, colours, pixels) {
    const [rows, columns] = [x.length, x[0].length];
    const count = rows * columns;
    const [left, top, near, shade] = [0, 0, 0, 0].map(() => new Float32Array(count));
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const point = this.projection.at(x[i][j], y[i][j], z[i][j]);
        const k = i * columns + j;
        [left[k], top[k], near[k]] = [point.x * this.ratio, point.y * this.ratio, point.near];
      }
    }
    this.#shade({ x, y, z }, shade);
    const flat = Float32Array.from(tone.flatMap((row) => [...row]));
    const corners = { left, top, near, shade, tone: flat };
    for (let i = 0; i < rows - 1; i++) {
      for (let j = 0; j < columns - 1; j++) {
        const k = i * columns + j;
        this.#triangle(corners, k, k + 1, k + columns, colours, pixels);
        this.#triangle(corners, k + 1, k + columns + 1, k + columns, colours, pixels);
      }
    }
  }

  /**
   * Light from above the viewer's left shoulder; both sides of the surface are lit.
   *
   * @param {Omit<Mesh, "tone">} mesh
   * @param {Float32Array} shade to fill
   */
  #shade({ x, y, z }, shade) {
    const { stretch, right, above, toward } = this.projection;
    const light = [0, 1, 2].map((c) => 0.8 * toward[c] + 0.5 * above[c] - 0.35 * right[c]);
    const size = Math.hypot(...light);
    const [rows, columns] = [x.length, x[0].length];
    /** @type {(grid: Float64Array[], c: number, i: number, j: number, di: number, dj: number) => number} */
    const along = (grid, c, i, j, di, dj) => {
      const [i0, i1] = [Math.max(0, i - di), Math.min(rows - 1, i + di)];
      // a full turn ends where it begins
      const [j0, j1] = [dj && j === 0 ? columns - 2 : j - dj, dj && j === columns - 1 ? 1 : j + dj];
      return (grid[i1][j1] - grid[i0][j0]) * stretch[c];
    };
    for (let i = 0; i < rows; i++) {
      const ring = i === 0 && rows > 2 ? 1 : i; // at the tip of a cone or bowl the turn is a point
      for (let j = 0; j < columns; j++) {
        const [ax, ay, az] = [x, y, z].map((grid, c) => along(grid, c, ring, j, 1, 0));
        const [bx, by, bz] = [x, y, z].map((grid, c) => along(grid, c, ring, j, 0, 1));
        const normal = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
        const length = Math.hypot(...normal) || 1;
        const dot = (normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2]) / (length * size);
        shade[i * columns + j] = 0.68 + 0.36 * Math.abs(dot);
      }
    }
  }

  /**
   * @param {Corners} corners
   * @param {number} a index of a corner
   * @param {number} b
   * @param {number} c
   * @param {Uint8ClampedArray} colours
   * @param {Uint8ClampedArray} pixels
   */
  #triangle({ left, top, near, shade, tone }, a, b, c, colours, pixels) {
    const [xa, ya, xb, yb, xc, yc] = [left[a], top[a], left[b], top[b], left[c], top[c]];
    const area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya);
    if (!(Math.abs(area) > 1e-6)) return;
    const first = Math.max(0, Math.ceil(Math.min(xa, xb, xc) - 0.5));
    const last = Math.min(this.width - 1, Math.floor(Math.max(xa, xb, xc) - 0.5));
    const highest = Math.max(0, Math.ceil(Math.min(ya, yb, yc) - 0.5));
    const lowest = Math.min(this.height - 1, Math.floor(Math.max(ya, yb, yc) - 0.5));
    const [bx, by] = [(yc - ya) / area, (xa - xc) / area]; // change of b's share from pixel to pixel
    const [cx, cy] = [(ya - yb) / area, (xb - xa) / area];
    for (let row = highest; row <= lowest; row++) {
      const dy = row + 0.5 - ya;
      for (let column = first; column <= last; column++) {
        const dx = column + 0.5 - xa;
        const ofB = dx * bx + dy * by;
        const ofC = dx * cx + dy * cy;
        if (ofB < -1e-6 || ofC < -1e-6 || ofB + ofC > 1 + 1e-6) continue;
        const ofA = 1 - ofB - ofC;
        const nearness = ofA * near[a] + ofB * near[b] + ofC * near[c];
        const at = row * this.width + column;
        if (!(nearness > this.near[at])) continue;
        this.near[at] = nearness;
        const bright = ofA * shade[a] + ofB * shade[b] + ofC * shade[c];
        const share = ofA * tone[a] + ofB * tone[b] + ofC * tone[c];
        const colour = 3 * Math.min(1023, Math.max(0, Math.round(1023 * share)));
        pixels[4 * at] = bright * colours[colour];
        pixels[4 * at + 1] = bright * colours[colour + 1];
        pixels[4 * at + 2] = bright * colours[colour + 2];
        pixels[4 * at + 3] = 255;
      }
    }
  }
}
