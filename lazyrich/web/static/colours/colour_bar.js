// The scale of colours in a caption.

import { element } from "../shell/dom.js";

const STOPS = 9; // colours that are written out: between them CSS goes straight

/**
 * A bar of the colours from low to high.
 *
 * @param {(share: number) => number[]} colours [r, g, b] of a share from 0 to 1
 */
export function ramp(colours) {
  const stops = Array.from({ length: STOPS }, (_, k) => `rgb(${[...colours(k / (STOPS - 1))].join(" ")})`);
  const style = `background: linear-gradient(to right, ${stops.join(", ")})`;
  return element("span", { class: "ramp", "aria-hidden": "true", style });
}
