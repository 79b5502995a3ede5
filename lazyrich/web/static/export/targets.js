// Targets of a saved picture: the size of its layout, and the size of the file.
//
// Fonts and lines keep their px, so a smaller layout on the same paper has larger type: 13 px are 19.5 pt on a slide of
// 13.3 inches, and 8.7 pt in a column of 8.5 cm.

/**
 * @typedef {object} Target
 * @property {string} label
 * @property {string} about in a sentence
 * @property {number} [width] px of the layout; as the chart has it if not given
 * @property {number} [height] px of all of it; in proportion if not given
 * @property {number} pixelRatio pixels of a PNG for one px
 * @property {number} [centimetres] width of the file
 */

/** @type {Record<"screen" | "slide" | "column", Target>} */
export const TARGETS = {
  screen: { label: "Screen", about: "As large as charts are on a page.", pixelRatio: 2 },
  slide: {
    label: "Slide, 16:9",
    about: "1920 × 1080 pixels, 33.9 × 19.1 cm, with type of 18 to 25 points.",
    width: 640,
    height: 360,
    pixelRatio: 3,
    centimetres: 33.867,
  },
  column: {
    label: "Column, 8.5 cm",
    about: "600 pixels an inch, with type of 8 to 11 points.",
    width: 360,
    pixelRatio: 5.578,
    centimetres: 8.5,
  },
};

/**
 * includeCaption: draw title, settings and address above the picture; address: of the page, "" to leave it out.
 *
 * @typedef {{ target: Target, includeCaption: boolean, address: string }} ExportOptions
 */

/** @import { SaveAs, Size } from "../core/types.d.ts" */
/** @typedef {{ title: string, lines: string[] }} Caption the title of a picture and its settings */
/** @typedef {Promise<Caption | string | undefined>} Saved */
/**
 * A view that can be saved as a picture; save() returns null while there is nothing to save.
 *
 * @typedef {{ save(format: SaveAs, options?: ExportOptions): Saved | null }} Savable
 */

/** @type {ExportOptions} */
export const DEFAULT_OPTIONS = { target: TARGETS.screen, includeCaption: true, address: "" };

const MIN_PROPORTION = 0.62; // smallest height over width of what is drawn for a target without a height
const BESIDE_PROPORTION = 0.8; // height over width above which a picture is placed beside its head on a slide
const MAX_HEAD_SHARE = 1 / 3; // of a slide's height: a taller head is placed beside the picture, too

/** @typedef {ReturnType<typeof import("./sheet.js").sheet>} Head */

/**
 * Place the head and the picture on the sheet.
 *
 * @param {Target} target
 * @param {Size} size [width, height] in px of what is drawn, as the chart would have it
 * @param {(width: number) => Head} headOf gives the head for a width
 * @returns {{ head: Head, inner: Size, corner: Size, whole: Size }} inner: [width, height] of what is drawn,
 *   corner: [x, y] of it, whole: [width, height] of all
 */
export function sheetLayout({ width, height }, [natural, tall], headOf) {
  const head = headOf(width ?? natural);
  const top = Math.ceil(head.height);
  if (width && height && (tall / natural > BESIDE_PROPORTION || top > MAX_HEAD_SHARE * height)) {
    const wide = Math.max(height, Math.round(MIN_PROPORTION * width));
    return { head: headOf(width - wide), inner: [wide, height], corner: [width - wide, 0], whole: [width, height] };
  }
  const proportion = Math.min(1, Math.max(MIN_PROPORTION, tall / natural));
  /** @type {Size} */
  const inner = width ? [width, height ? height - top : Math.round(width * proportion)] : [natural, tall];
  return { head, inner, corner: [0, top], whole: [inner[0], top + inner[1]] };
}

/**
 * Width and height of the file as CSS lengths; without a width in centimetres, the px of the layout.
 *
 * @param {Target} target
 * @param {Size} size
 */
export function cssLengths({ centimetres }, [width, height]) {
  if (!centimetres) return [String(width), String(height)];
  return [width, height].map((px) => `${((px * centimetres) / width).toFixed(3)}cm`);
}
