// Titles of axes that are never cut off: with little room they become smaller, then shorter, then are omitted; the
// caption above the chart names the content in any case.

import { contextOf } from "../shell/dom.js";
import { escapeHtml, unescapeHtml } from "./figure.js";

/** @import { Layout, LayoutAxis } from "./types.d.ts" */

const SIZES = [13, 12, 11, 10]; // px
const PADDING = 6; // px that stay free at both ends together
const MARGIN = { l: 80, r: 80, t: 100, b: 80 }; // px, plotly's own

/** @type {CanvasRenderingContext2D | null} */
let measuring = null;

/**
 * Width in px of a text without tags.
 *
 * @param {string} text
 * @param {number} size px of the font
 * @param {string} family of the font
 */
export function widthOf(text, size, family) {
  measuring ??= contextOf(document.createElement("canvas"));
  measuring.font = `${size}px ${family}`;
  return measuring.measureText(text).width;
}

/**
 * A title that fits.
 *
 * @param {string} text
 * @param {number} room px along the axis
 * @param {{ family: string, short?: string, sizes?: number[] }} look short: a shorter title to try, besides the part
 *   before its first comma or bracket
 * @returns {{ text: string, size: number }}
 */
export function fitted(text, room, { family, short = "", sizes = SIZES }) {
  const candidates = [text, text.replace(/\s+\(.*$/, ""), short, text.replace(/,.*$/, "")].filter(Boolean);
  for (const candidate of candidates) {
    const size = sizes.find((px) => widthOf(candidate, px, family) <= room - PADDING);
    if (size) return { text: candidate, size };
  }
  return { text: "", size: sizes[0] };
}

/** @typedef {Layout & { width: number, height: number, xaxis: LayoutAxis, yaxis: LayoutAxis }} Sized */

/**
 * Fit the titles of both axes of a plotly layout into its width and height. A title in the middle of its axis has room
 * to the nearer edge of the figure on both sides.
 *
 * @param {Sized} layout
 * @returns {Sized}
 */
export function fitTitles(layout) {
  const { l, r, t, b } = { ...MARGIN, ...layout.margin };
  const across = { from: l, to: layout.width - r, all: layout.width };
  const up = { from: t, to: layout.height - b, all: layout.height };
  const { family = "sans-serif" } = layout.font ?? {};
  /** @type {(axis: LayoutAxis, place: typeof across) => LayoutAxis} */
  const fit = (axis, { from, to, all }) => {
    const { title } = axis;
    if (!title?.text) return axis;
    const middle = (from + to) / 2;
    const found = fitted(unescapeHtml(title.text), 2 * Math.min(middle, all - middle), { family, short: title.short });
    return { ...axis, title: { ...title, text: escapeHtml(found.text), font: { ...title.font, size: found.size } } };
  };
  return { ...layout, xaxis: fit(layout.xaxis, across), yaxis: fit(layout.yaxis, up) };
}

/**
 * The update for Plotly.relayout of a figure whose size has changed, with its titles refitted.
 *
 * @param {Sized} layout
 * @returns {Record<string, unknown>}
 */
export function refitted({ xaxis, yaxis }) {
  return Object.fromEntries(
    Object.entries({ xaxis, yaxis }).flatMap(([name, { title }]) =>
      title?.text === undefined
        ? []
        : [
            [`${name}.title.text`, title.text],
            [`${name}.title.font.size`, title.font?.size ?? SIZES[0]],
          ],
    ),
  );
}
