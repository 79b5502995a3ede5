// A picture that is drawn with a pen, as an image file that stands alone.

import { CanvasPen, SvgPen } from "./pens.js";
import { offerSvg, readsBack } from "./readback.js";

const SHARP = 2; // pixels of a PNG for one px

/**
 * Save what draw(pen) draws over the theme's background, with a title in the upper left corner. name: of the file,
 * without its ending; size: [width, height] in px; format: "png" or "svg".
 */
export function saveTitled({ name, title, size, theme }, draw, format) {
  const [width, height] = size;
  const compose = (pen) => {
    const corners = [0, width, width, 0].map((x, k) => ({ x, y: k < 2 ? 0 : height }));
    pen.line(corners, { fill: theme.background });
    pen.text({ x: 16, y: 26 }, title, { colour: theme.text, size: 17, anchor: "start" });
    draw(pen);
  };
  return savePicture(name, size, theme.font, compose, format);
}

// What compose(pen) draws within a size, as a file.
async function savePicture(name, [width, height], font, compose, format) {
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
