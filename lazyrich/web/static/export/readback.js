// Detect whether the browser returns the true pixels of a canvas. With privacy.resistFingerprinting (Tor, LibreWolf,
// Mullvad, and Firefox if it is set) it returns noise or white instead, so a PNG of a chart would be noise.

import { contextOf } from "../shell/dom.js";

const COLOURS = [
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [240, 228, 66],
];
const SIDE = 8; // pixels of the square of each colour
const NEAR = 8; // of 255: some browsers move a few values by one or two, which is invisible

/** Draw four known squares and read them back; call it anew each time, as visitors can grant the permission later. */
export function canReadCanvas() {
  try {
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE * COLOURS.length, height: SIDE });
    const context = contextOf(canvas);
    COLOURS.forEach((colour, k) => {
      context.fillStyle = `rgb(${colour.join(", ")})`;
      context.fillRect(k * SIDE, 0, SIDE, SIDE);
    });
    const { data } = context.getImageData(0, 0, canvas.width, SIDE);
    return data.every((value, i) => {
      const colour = COLOURS[Math.floor(((i >> 2) % canvas.width) / SIDE)];
      return Math.abs(value - [...colour, 255][i % 4]) <= NEAR;
    });
  } catch {
    return false; // refused
  }
}

const MESSAGE =
  "This browser does not let pages read pictures back (privacy.resistFingerprinting), so a PNG would be noise: " +
  "save the chart as SVG, or allow this site to use canvas data and try again.";

/**
 * Explain in a dialog why there is no PNG, and offer saveSvg() instead.
 *
 * @param {() => void} saveSvg
 */
export function offerSvg(saveSvg) {
  const dialog = document.createElement("dialog");
  const paragraph = Object.assign(document.createElement("p"), { textContent: MESSAGE });
  /** @type {(text: string, act: () => void) => HTMLButtonElement} */
  const button = (text, act) => {
    const node = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    node.addEventListener("click", () => {
      dialog.close();
      act();
    });
    return node;
  };
  dialog.setAttribute("data-testid", "no-png");
  dialog.setAttribute("aria-label", "No PNG in this browser");
  Object.assign(dialog.style, { maxWidth: "min(32rem, 90vw)", border: "none", borderRadius: "8px", font: "inherit" });
  const row = document.createElement("div");
  Object.assign(row.style, { display: "flex", gap: "12px" });
  row.append(
    button("Save as SVG", saveSvg),
    button("Close", () => {}),
  );
  dialog.append(paragraph, row);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
