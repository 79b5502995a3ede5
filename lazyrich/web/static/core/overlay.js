// Two canvases over a plot area: lines, which only get longer, and heads, which are redrawn for each frame.

import { element } from "../shell/dom.js";

const SHARPEST = 2; // pixels for one px: more are invisible and cost time

let enlarged = 1; // times that charts are drawn larger than they are laid out

/** Tell that charts are enlarged so many times by a transformation: their canvases need as many pixels more. */
export function enlarge(times) {
  enlarged = times;
}

/** Pixels of the screen for one px, as far as they are used. */
export function sharpness() {
  return Math.min((window.devicePixelRatio || 1) * enlarged, SHARPEST * enlarged);
}

/** Call changed() when the number of pixels for one px changes, by a zoom of the page or another screen. */
export function watchPixels(changed) {
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

/** A canvas to paint on, hidden from screen readers. */
export function layer(...classes) {
  return element("canvas", { class: ["layer", ...classes].join(" "), "aria-hidden": "true" });
}

/** Put a canvas over an area, in px. Clears it. Returns its context, in px as well. */
export function cover(canvas, { left, top, width, height }) {
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  canvas.width = Math.max(1, Math.round(width * sharpness()));
  canvas.height = Math.max(1, Math.round(height * sharpness()));
  const context = canvas.getContext("2d");
  context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  return context;
}

export class Overlay {
  constructor() {
    this.nodes = [layer(), layer()];
  }

  /** Cover a plot area. Clears. */
  cover(area) {
    const [line, head] = this.nodes.map((canvas) => {
      const context = cover(canvas, area);
      context.lineJoin = "round";
      context.lineCap = "round";
      return context;
    });
    this.line = line;
    this.head = head;
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

function clear(context) {
  if (!context) return;
  context.save();
  context.resetTransform();
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.restore();
}
