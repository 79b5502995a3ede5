// The colours and the font that Streamlit gives to its components, as CSS custom properties.

import { contextOf } from "../shell/dom.js";

/** @import { Theme } from "../core/types.d.ts" */

/** @type {CanvasRenderingContext2D | null} */
let probe = null; // made when it is first needed

/**
 * [r, g, b] of any CSS colour, 0 to 255; the fallback where the browser cannot read it.
 *
 * @param {string} colour
 * @param {string} fallback
 */
function channels(colour, fallback) {
  probe ??= contextOf(document.createElement("canvas"));
  probe.fillStyle = fallback;
  probe.fillStyle = colour;
  const read = probe.fillStyle;
  if (read.startsWith("#")) return [1, 3, 5].map((i) => parseInt(read.slice(i, i + 2), 16));
  return (read.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

/**
 * A colour over another one.
 *
 * @param {number[]} over
 * @param {number[]} under
 * @param {number} share of the first
 */
function mixed(over, under, share) {
  return `rgb(${over.map((c, i) => Math.round(share * c + (1 - share) * under[i])).join(", ")})`;
}

/**
 * The parts of the theme that charts use. Equal themes have equal keys.
 *
 * @param {Element} host
 * @returns {Theme}
 */
export function readTheme(host) {
  const style = getComputedStyle(host);
  /** @type {(name: string, fallback: string) => string} */
  const property = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const text = channels(property("--st-text-color", style.color), "#262730");
  const background = channels(property("--st-background-color", "#ffffff"), "#ffffff");
  const read = {
    text: mixed(text, background, 1),
    muted: mixed(text, background, 0.72),
    line: mixed(text, background, 0.35),
    grid: mixed(text, background, 0.1),
    background: mixed(background, background, 1),
    dark: background.reduce((sum, c) => sum + c) < 3 * 128,
    font: property("--st-font", style.fontFamily),
  };
  return { ...read, key: JSON.stringify(read) };
}
