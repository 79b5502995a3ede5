// Tooltip: a short text beside the point under the pointer.

import { element } from "./dom.js";

const OFFSET = 12; // px between the text and its target
const TAP_SLOP = 10; // px that a finger may move in a tap

/** @import { Pointer, Tip } from "../core/types.d.ts" */

export class Tooltip {
  /**
   * @param {HTMLElement} surface with the pointer events
   * @param {(pointer: Pointer) => Tip | null} find in px of the surface; null without a tooltip
   */
  constructor(surface, find) {
    this.surface = surface;
    this.find = find;
    /** @type {Pointer | null} */
    this.pointer = null;
    this.node = element("div", { class: "tip", hidden: true });
    const point = (/** @type {PointerEvent} */ { offsetX, offsetY, buttons }) =>
      this.moveTo({ x: offsetX, y: offsetY, held: buttons > 0 });
    surface.addEventListener("pointermove", point);
    surface.addEventListener("pointerdown", point);
    // A finger keeps its target. A tap shows its tooltip when the finger is lifted, until the next tap.
    let down = { clientX: NaN, clientY: NaN };
    surface.addEventListener("pointerdown", (event) => (down = event));
    surface.addEventListener("pointerup", (event) => {
      const slipped = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
      if (event.pointerType === "touch" && slipped < TAP_SLOP) point(event);
    });
    surface.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch" || this.pointer?.held) this.moveTo(null);
    });
  }

  /**
   * Show the tooltip of a position on the surface; null hides it.
   *
   * @param {Pointer | null} pointer
   */
  moveTo(pointer) {
    this.pointer = pointer;
    this.update();
  }

  hide() {
    this.node.hidden = true;
  }

  /** Look up again what is under the pointer, which may have changed. */
  update() {
    const found = this.pointer && this.find(this.pointer);
    this.node.hidden = !found;
    if (!found) return;
    this.node.replaceChildren(...found.lines.map((line) => element("div", {}, line)));
    const { clientWidth, clientHeight } = this.surface;
    const [width, height] = [this.node.offsetWidth, this.node.offsetHeight];
    const { x, y } = found.at;
    const left = x + OFFSET + width < clientWidth ? x + OFFSET : x - OFFSET - width;
    this.node.style.left = `${Math.max(0, left)}px`;
    this.node.style.top = `${Math.min(clientHeight - height, Math.max(0, y - height / 2))}px`;
  }
}
