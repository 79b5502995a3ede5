// Two canvases over a plot area: lines, which only ever get longer, and heads, which are drawn anew for each frame.

import { element } from "./elements.js";

export class Layer {
  constructor() {
    this.lines = element("canvas", { class: "layer", "aria-hidden": "true" });
    this.heads = element("canvas", { class: "layer", "aria-hidden": "true" });
    this.nodes = [this.lines, this.heads];
  }

  /** Cover a plot area. Clears. */
  cover({ left, top, width, height }) {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of this.nodes) {
      canvas.style.left = `${left}px`;
      canvas.style.top = `${top}px`;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    this.scale = [this.lines.width / width, this.lines.height / height];
    [this.line, this.head] = this.nodes.map((canvas) => {
      const context = canvas.getContext("2d");
      context.setTransform(this.scale[0], 0, 0, this.scale[1], 0, 0);
      context.lineJoin = "round";
      context.lineCap = "round";
      return context;
    });
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
