// Export of a picture drawn with a pen as a self-contained image file.

import { CanvasPen, SvgPen } from "./pens.js";
import { offerSvg, readsBack } from "./readback.js";
import { FONT, sheet } from "./sheet.js";

const SHARP = 2; // pixels of a PNG for one px

/**
 * Save what draw(pen) draws over the theme's background, below its title, settings and legend. name: of the file,
 * without its ending; lines, keys: as of `sheet`; size: [width, height] in px of what is drawn; format: "png" or "svg".
 */
export function saveSheet({ name, title, lines, keys = [], size, theme }, draw, format) {
  const [width, height] = size;
  const head = sheet({ title, lines, keys }, width, theme);
  const whole = [width, Math.ceil(head.height) + height];
  const compose = (pen) => {
    const corners = [0, width, width, 0].map((x, k) => ({ x, y: k < 2 ? 0 : whole[1] }));
    pen.line(corners, { fill: theme.background });
    head.draw(pen);
    pen.shift(0, Math.ceil(head.height));
    draw(pen);
  };
  return savePicture(name, whole, FONT, compose, format);
}

// Draw with compose(pen) within a size and return a file.
async function savePicture(name, /** @type {number[]} */ [width, height], font, compose, format) {
  if (format === "svg") {
    const pen = new SvgPen(width, height, font);
    compose(pen);
    await pen.pictured();
    return download(new Blob([String(pen)], { type: "image/svg+xml" }), `${name}.svg`);
  }
  if (!readsBack()) return offerSvg(() => savePicture(name, [width, height], font, compose, "svg"));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SHARP * width, height: SHARP * height });
  const context = canvas.getContext("2d");
  context.scale(SHARP, SHARP);
  compose(new CanvasPen(context, font));
  return download(await new Promise((resolve) => canvas.toBlob(resolve, "image/png")), `${name}.png`);
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
