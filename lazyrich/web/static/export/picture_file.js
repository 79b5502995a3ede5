// Saves a picture that is drawn with a pen, as a self-contained image file.

import { contextOf, required } from "../shell/dom.js";
import { CanvasPen, SvgPen } from "./pens.js";
import { printSheet } from "./print_sheet.js";
import { canReadCanvas, offerSvg } from "./readback.js";
import { FONT, sheet } from "./sheet.js";
import { cssLengths, DEFAULT_OPTIONS, sheetLayout } from "./targets.js";

/** @import { Pen, SaveAs, Size, Theme } from "../core/types.d.ts" */
/** @import { SheetKey } from "./sheet.js" */
/** @import { ExportOptions, Saved } from "./targets.js" */
/**
 * A picture to save. name: of the file, without its ending; title, lines, keys: as of `sheet`; size: [width, height]
 * in px of what is drawn, as the chart would have it.
 *
 * @typedef {{ name: string, title: string, lines: string[], keys?: SheetKey[], size: Size, theme: Theme }} Picture
 */
/** @typedef {(pen: Pen) => void} Draw */
/** @typedef {(size: Size, format: SaveAs) => Draw | Promise<Draw>} Make returns the function that draws at a size */

/**
 * Save a picture over the theme's background, below its title, settings and legend.
 *
 * @param {Picture} described
 * @param {Make} make
 * @param {SaveAs} format
 * @param {ExportOptions} options
 * @returns {Saved}
 */
export async function saveSheet(described, make, format, options = DEFAULT_OPTIONS) {
  if (format === "caption") return { title: described.title, lines: described.lines };
  if (format === "png" && !canReadCanvas()) {
    offerSvg(() => saveSheet(described, make, "svg", options));
    return undefined;
  }
  const { size, compose } = await composeSheet(described, make, options, format);
  if (format !== "png") {
    const text = await svgText(size, compose, options);
    if (format === "text") return text;
    if (format === "pdf") printSheet(text, cssLengths(options.target, size));
    else download(new Blob([text], { type: "image/svg+xml" }), `${described.name}.svg`);
    return undefined;
  }
  const { pixelRatio } = options.target;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(pixelRatio * size[0]), height: Math.round(pixelRatio * size[1]) });
  const context = contextOf(canvas);
  context.scale(canvas.width / size[0], canvas.height / size[1]);
  compose(new CanvasPen(context, FONT));
  // `toBlob` packs a picture in moments without other work and waits for them, in Chromium for up to 7 s.
  const [, png] = canvas.toDataURL("image/png").split(";base64,");
  const bytes = Uint8Array.from(atob(required(png, "A PNG of this size")), (one) => one.charCodeAt(0));
  download(new Blob([bytes], { type: "image/png" }), `${described.name}.png`);
  return undefined;
}

/**
 * Compose the sheet: the head, and the picture below or beside it.
 *
 * @param {Picture} described
 * @param {Make} make
 * @param {ExportOptions} options
 * @param {SaveAs} format
 */
async function composeSheet(
  { title, lines, keys = [], size, theme },
  make,
  { target, includeCaption, address },
  format,
) {
  const header = {
    title: includeCaption ? title : "",
    lines: includeCaption ? [...lines, address].filter(Boolean) : [],
    keys,
  };
  const headOf = (/** @type {number} */ width) => sheet(header, width, theme);
  const { head, inner, whole, corner } = sheetLayout(target, size, headOf);
  const draw = await make(inner, format);
  /** @type {Draw} */
  const compose = (pen) => {
    const corners = [0, whole[0], whole[0], 0].map((x, k) => ({ x, y: k < 2 ? 0 : whole[1] }));
    pen.line(corners, { fill: theme.background });
    head.draw(pen);
    pen.shift(...corner);
    draw(pen);
  };
  return { size: whole, compose };
}

/**
 * @param {Size} size
 * @param {Draw} compose
 * @param {ExportOptions} options
 */
async function svgText(size, compose, { target }) {
  const pen = new SvgPen(size[0], size[1], FONT, cssLengths(target, size));
  compose(pen);
  await pen.picturesReady();
  return String(pen);
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
