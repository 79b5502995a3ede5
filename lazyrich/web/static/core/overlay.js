// Two canvases over a plot area: lines, which only get longer, and heads, which are redrawn for each frame.

import { contextOf, element } from "../shell/dom.js";

/** @typedef {{ left: number, top: number, width: number, height: number }} Area in px */

const MAX_PIXEL_RATIO = 2; // pixels for one px: more are invisible and cost time

let enlarged = 1; // times that charts are drawn larger than they are laid out

/**
 * Set the factor by which a CSS transformation enlarges the charts: their canvases need as many pixels more.
 *
 * @param {number} times
 */
export function enlarge(times) {
  enlarged = times;
}

/** Pixels of a canvas for one px: those of the screen, up to MAX_PIXEL_RATIO. */
export function screenPixelRatio() {
  return Math.min((window.devicePixelRatio || 1) * enlarged, MAX_PIXEL_RATIO * enlarged);
}

/**
 * Call changed() when the number of pixels for one px changes, by a zoom of the page or another screen.
 *
 * @param {() => void} changed
 */
export function watchPixelRatio(changed) {
  const off = new AbortController();
  const arm = () => {
    const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`); // it fires only when this resolution ends
    const left = () => {
      arm();
      changed();
    };
    query.addEventListener("change", left, { once: true, signal: off.signal });
  };
  arm();
  return () => off.abort();
}

/**
 * A canvas to paint on, hidden from screen readers.
 *
 * @param {string[]} classes
 */
export function layer(...classes) {
  return element("canvas", { class: ["layer", ...classes].join(" "), "aria-hidden": "true" });
}

/**
 * Put a canvas over an area. Clears it. Returns its context, in px as well; until the browser takes the context away and
 * restores it, which happens when memory is short.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Area} area
 */
export function cover(canvas, { left, top, width, height }) {
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  canvas.width = Math.max(1, Math.round(width * screenPixelRatio()));
  canvas.height = Math.max(1, Math.round(height * screenPixelRatio()));
  return scaled(contextOf(canvas), width, height);
}

/** @type {(context: CanvasRenderingContext2D, width: number, height: number) => CanvasRenderingContext2D} */
function scaled(context, width, height) {
  context.setTransform(context.canvas.width / width, 0, 0, context.canvas.height / height, 0, 0);
  return context;
}

export class Overlay {
  /** @type {Area | null} */
  #area = null;

  constructor() {
    const [line, head] = [layer(), layer()];
    this.nodes = [line, head];
    this.line = contextOf(line);
    this.head = contextOf(head);
    this.scale = [1, 1]; // pixels for one px
    // A restored context is as new. The live chart redraws it, and the canvas may keep its size.
    for (const canvas of this.nodes) canvas.addEventListener("contextrestored", () => this.#prepare(canvas));
  }

  /** @param {HTMLCanvasElement} canvas */
  #prepare(canvas) {
    if (!this.#area) return;
    const context = scaled(contextOf(canvas), this.#area.width, this.#area.height);
    context.lineJoin = "round";
    context.lineCap = "round";
  }

  /**
   * Cover a plot area. Clears.
   *
   * @param {Area} area
   */
  cover(area) {
    this.#area = area;
    for (const canvas of this.nodes) {
      cover(canvas, area);
      this.#prepare(canvas);
    }
    const [{ width, height }] = this.nodes;
    this.scale = [width / area.width, height / area.height];
  }

  clearLines() {
    clear(this.line);
  }

  clearHeads() {
    clear(this.head);
  }
}

/** @param {CanvasRenderingContext2D} context */
function clear(context) {
  context.save();
  context.resetTransform();
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.restore();
}
