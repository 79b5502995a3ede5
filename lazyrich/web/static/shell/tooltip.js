// Tooltip: a few words beside the point under the pointer.

import { element } from "./dom.js";

const ASIDE = 12; // px between the words and their target
const SLIP = 10; // px that a finger may move in a tap

export class Tooltip {
  /**
   * surface: element with the pointer events. find({x, y, held}) -> {lines, at: {x, y}} in px of the surface, null
   * without a tooltip; held: a button is down.
   */
  constructor(surface, find) {
    this.surface = surface;
    this.find = find;
    this.pointer = null;
    this.node = element("div", { class: "tip", hidden: true });
    const point = ({ offsetX, offsetY, buttons }) => this.point({ x: offsetX, y: offsetY, held: buttons > 0 });
    for (const name of ["pointermove", "pointerdown"]) surface.addEventListener(name, point);
    // A finger keeps its target. A tap shows its tooltip when the finger is lifted, until the next tap.
    let down = null;
    surface.addEventListener("pointerdown", (event) => (down = event));
    surface.addEventListener("pointerup", (event) => {
      const slipped = Math.hypot(event.clientX - down?.clientX, event.clientY - down?.clientY);
      if (event.pointerType === "touch" && slipped < SLIP) point(event);
    });
    surface.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch" || this.pointer?.held) this.point(null);
    });
  }

  /** Tell of a place {x, y, held} of the surface, null for none. */
  point(pointer) {
    this.pointer = pointer;
    this.renew();
  }

  hide() {
    this.node.hidden = true;
  }

  /** What is under the pointer may have changed. */
  renew() {
    const found = this.pointer && this.find(this.pointer);
    this.node.hidden = !found;
    if (!found) return;
    this.node.replaceChildren(...found.lines.map((words) => element("div", {}, words)));
    const { clientWidth, clientHeight } = this.surface;
    const [width, height] = [this.node.offsetWidth, this.node.offsetHeight];
    const { x, y } = found.at;
    const left = x + ASIDE + width < clientWidth ? x + ASIDE : x - ASIDE - width;
    this.node.style.left = `${Math.max(0, left)}px`;
    this.node.style.top = `${Math.min(clientHeight - height, Math.max(0, y - height / 2))}px`;
  }
}
