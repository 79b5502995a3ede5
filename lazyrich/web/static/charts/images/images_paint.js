// Filters as pictures: each with its own contrast, symmetric about 0, so that mid grey is a weight of 0.

import { enlarged } from "../../export/png.js";
import { contextOf } from "../../shell/dom.js";

const MIDDLE = 127.5;

/** @import { Point, Size } from "../../core/types.d.ts" */
/** @import { Part } from "../../export/png.js" */

/** @typedef {ArrayLike<number>} Numbers of all filters, one after the other */
/** @typedef {[channels: number, k: number]} FilterShape of a filter (channels, k, k) */

/**
 * The largest absolute value among `size` numbers from `start`; 0 when none is finite.
 *
 * @param {Numbers} values
 * @param {number} start
 * @param {number} size
 */
export function largest(values, start, size) {
  let most = 0;
  for (let i = start; i < start + size; i++) {
    const value = Math.abs(values[i]);
    if (value > most && value < Infinity) most = value;
  }
  return most;
}

/**
 * Write one filter, which starts at `start` in values, into an image, its corner at left, top: 0.5 + w / (2 most) in each
 * channel, grey where there is one channel.
 *
 * @param {ImageData} image
 * @param {number} left
 * @param {number} top
 * @param {Numbers} values
 * @param {number} start
 * @param {FilterShape} shape
 * @param {number} most
 */
export function writeFilter(image, left, top, values, start, [channels, k], most) {
  const { data, width } = image;
  const factor = most > 0 ? MIDDLE / most : 0;
  const plane = k * k;
  for (let row = 0; row < k; row++) {
    for (let column = 0; column < k; column++) {
      const from = start + row * k + column;
      const to = 4 * ((top + row) * width + left + column);
      for (let c = 0; c < 3; c++) {
        const weight = values[from + Math.min(c, channels - 1) * plane];
        data[to + c] = MIDDLE + (Number.isFinite(weight) ? factor * weight : 0);
      }
      data[to + 3] = 255;
    }
  }
}

/**
 * Paint a filter as one picture of k x k pixels, to be shown larger by the style sheet.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} values
 * @param {number} start
 * @param {FilterShape} shape
 * @param {number} most
 */
export function paintFilter(canvas, values, start, shape, most) {
  const [, k] = shape;
  const context = sized(canvas, k, k);
  const image = context.createImageData(k, k);
  writeFilter(image, 0, 0, values, start, shape, most);
  context.putImageData(image, 0, 0);
}

/**
 * Paint numbers from 0 to `most` from black to white.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Float64Array} values of a square
 * @param {number} side
 * @param {number} most
 */
export function paintGrey(canvas, values, side, most) {
  const context = sized(canvas, side, side);
  const image = context.createImageData(side, side);
  values.forEach((value, i) => image.data.set([...Array(3).fill((255 * value) / (most || 1)), 255], 4 * i));
  context.putImageData(image, 0, 0);
}

/** The filters of one network, a pixel for a weight: from here they are drawn larger, with gaps. */
export class Block {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.image = new ImageData(1, 1);
    this.filters = 0;
    this.k = 0;
    this.across = 1; // filters in a row
  }

  /**
   * @param {Numbers} values
   * @param {number[]} shape (networks, filters, channels, k, k)
   * @param {number} network the one to write
   * @param {number} across filters in a row
   */
  write(values, shape, network, across) {
    const [, filters, channels, k] = shape;
    const size = channels * k * k;
    const context = sized(this.canvas, across * k, Math.ceil(filters / across) * k);
    const { width, height } = this.canvas;
    if (this.image.width !== width || this.image.height !== height) this.image = context.createImageData(width, height);
    for (let filter = 0; filter < filters; filter++) {
      const start = (network * filters + filter) * size;
      const [left, top] = [(filter % across) * k, Math.floor(filter / across) * k];
      writeFilter(this.image, left, top, values, start, [channels, k], largest(values, start, size));
    }
    context.putImageData(this.image, 0, 0);
    this.filters = filters;
    this.k = k;
    this.across = across;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Point} corner
   * @param {number} cell side of a filter
   * @param {number} gap between two
   */
  draw(context, { x, y }, cell, gap) {
    context.imageSmoothingEnabled = false;
    for (const [[left, top], [right, down]] of this.#parts(cell, gap)) {
      context.drawImage(this.canvas, left, top, this.k, this.k, x + right, y + down, cell, cell);
    }
  }

  /**
   * Draw like draw() at the origin of a canvas of some size, and return an ImageData.
   *
   * @param {Size} size of the canvas
   * @param {number} cell side of a filter
   * @param {number} gap between two
   */
  pixels([width, height], cell, gap) {
    return enlarged(this.image, this.#parts(cell, gap), width, height);
  }

  /**
   * The position of each filter among the weights' pixels, and its target.
   *
   * @param {number} cell side of a filter
   * @param {number} gap between two
   * @returns {Part[]}
   */
  #parts(cell, gap) {
    const { k, across } = this;
    return Array.from({ length: this.filters }, (_, filter) => {
      const [column, row] = [filter % across, Math.floor(filter / across)];
      return [
        [column * k, row * k, k, k],
        [column * (cell + gap), row * (cell + gap), cell, cell],
      ];
    });
  }
}

/**
 * The context of a canvas of some size.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function sized(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return contextOf(canvas);
}
