// Filters as pictures: each with its own contrast, symmetric about 0, so that mid grey is a weight of 0.

import { enlarged } from "../../export/png.js";

/** @import { Part } from "../../export/png.js" */

const MIDDLE = 127.5;

/** The largest absolute value among `size` numbers from `start`; 0 when none is finite. */
export function largest(values, start, size) {
  let most = 0;
  for (let i = start; i < start + size; i++) {
    const value = Math.abs(values[i]);
    if (value > most && value < Infinity) most = value;
  }
  return most;
}

/**
 * Write one filter (channels, k, k), which starts at `start` in values, into an ImageData, its corner at left, top:
 * 0.5 + w / (2 most) in each channel, grey where there is one channel.
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

/** A canvas with one picture of k x k pixels, to be shown larger by the style sheet. */
export function paintFilter(canvas, values, start, [channels, k], most) {
  const context = sized(canvas, k, k).getContext("2d");
  const image = context.createImageData(k, k);
  writeFilter(image, 0, 0, values, start, [channels, k], most);
  context.putImageData(image, 0, 0);
}

/** Numbers from 0 to `most` from black to white. */
export function paintGrey(canvas, values, side, most) {
  const context = sized(canvas, side, side).getContext("2d");
  const image = context.createImageData(side, side);
  values.forEach((value, i) => image.data.set([0, 1, 2].fill((255 * value) / (most || 1)).concat(255), 4 * i));
  context.putImageData(image, 0, 0);
}

/** The filters of one network, a pixel for a weight: from here they are drawn larger, with gaps. */
export class Block {
  constructor() {
    this.canvas = document.createElement("canvas");
  }

  /** values: flat, all networks' filters of the shape (networks, filters, channels, k, k). */
  write(values, shape, network, across) {
    const [, filters, channels, k] = shape;
    const size = channels * k * k;
    const context = sized(this.canvas, across * k, Math.ceil(filters / across) * k).getContext("2d");
    const { width, height } = this.canvas;
    if (this.image?.width !== width || this.image.height !== height)
      this.image = context.createImageData(width, height);
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

  draw(context, { x, y }, cell, gap) {
    context.imageSmoothingEnabled = false;
    for (const [from, [to, down]] of this.#parts(cell, gap)) {
      context.drawImage(this.canvas, ...from, x + to, y + down, cell, cell);
    }
  }

  /**
   * Draw like draw() at the origin of a canvas of some size, and return an ImageData.
   *
   * @param {number[]} size of the canvas
   * @param {number} cell side of a filter
   * @param {number} gap between two
   */
  pixels([width, height], cell, gap) {
    return enlarged(this.image, this.#parts(cell, gap), width, height);
  }

  /**
   * The position of each filter among the weights' pixels, and its target.
   *
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

function sized(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return canvas;
}
