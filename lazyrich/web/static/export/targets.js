// What a picture is saved for: how large it is laid out, and how large it is then.
//
// Fonts and lines keep their px, so a smaller layout on the same paper has larger type: 13 px are 19.5 pt on a slide of
// 13.3 inches, and 8.7 pt in a column of 8.5 cm.

/**
 * @typedef {object} Target
 * @property {string} label
 * @property {string} about in a sentence
 * @property {number} [width] px of the layout; as the chart has it if not given
 * @property {number} [height] px of all of it; in proportion if not given
 * @property {number} sharp pixels of a PNG for one px
 * @property {number} [centimetres] width of the file
 */

/** @type {Record<"screen" | "slide" | "column", Target>} */
export const TARGETS = {
  screen: { label: "Screen", about: "As large as charts are on a page.", sharp: 2 },
  slide: {
    label: "Slide, 16:9",
    about: "1920 × 1080 pixels, 33.9 × 19.1 cm, with type of 18 to 25 points.",
    width: 640,
    height: 360,
    sharp: 3,
    centimetres: 33.867,
  },
  column: {
    label: "Column, 8.5 cm",
    about: "600 pixels an inch, with type of 8 to 11 points.",
    width: 360,
    sharp: 5.578,
    centimetres: 8.5,
  },
};

/** @typedef {{ target: Target, told: boolean, address: string }} Order what is saved: told: with title and settings */

/** @import { SaveAs, Size } from "../core/types.d.ts" */
/** @typedef {{ title: string, lines: string[] }} Words the title of a picture and its settings */
/** @typedef {Promise<Words | string | undefined>} Saved */
/**
 * What can be saved as a picture; null while there is nothing to save.
 *
 * @typedef {{ save(format: SaveAs, order?: Order): Saved | null }} Savable
 */

/** @type {Order} */
export const AS_SHOWN = { target: TARGETS.screen, told: true, address: "" };

const FLAT = 0.62; // height over width, at least, of what is drawn for a target without a height
const HIGH = 0.8; // height over width from which a picture stands beside its head on a slide
const LONG = 1 / 3; // of a slide's height: a longer head stands beside the picture, too

/** @typedef {ReturnType<typeof import("./sheet.js").sheet>} Head */

/**
 * Where the head and what is drawn have their places.
 *
 * @param {Target} target
 * @param {Size} size [width, height] in px of what is drawn, as the chart would have it
 * @param {(width: number) => Head} headOf gives the head for a width
 * @returns {{ head: Head, inner: Size, corner: Size, whole: Size }} inner: [width, height] of what is drawn,
 *   corner: [x, y] of it, whole: [width, height] of all
 */
export function placed({ width, height }, [natural, tall], headOf) {
  const head = headOf(width ?? natural);
  const top = Math.ceil(head.height);
  if (width && height && (tall / natural > HIGH || top > LONG * height)) {
    const wide = Math.max(height, Math.round(FLAT * width));
    return { head: headOf(width - wide), inner: [wide, height], corner: [width - wide, 0], whole: [width, height] };
  }
  const proportion = Math.min(1, Math.max(FLAT, tall / natural));
  /** @type {Size} */
  const inner = width ? [width, height ? height - top : Math.round(width * proportion)] : [natural, tall];
  return { head, inner, corner: [0, top], whole: [inner[0], top + inner[1]] };
}

/**
 * The px of a file that is wider than it is laid out, as CSS lengths; the layout's own px where it is not.
 *
 * @param {Target} target
 * @param {Size} size
 */
export function lengths({ centimetres }, [width, height]) {
  if (!centimetres) return [String(width), String(height)];
  return [width, height].map((px) => `${((px * centimetres) / width).toFixed(3)}cm`);
}
