// A picture that is drawn with a pen, as an image file that stands alone.

import { CanvasPen, SvgPen } from "./pens.js";
import { printSheet } from "./print_sheet.js";
import { offerSvg, readsBack } from "./readback.js";
import { FONT, sheet } from "./sheet.js";
import { AS_SHOWN, lengths, placed } from "./targets.js";

/** @import { Order } from "./targets.js" */

/**
 * Save a picture over the theme's background, below its title, settings and legend.
 *
 * @param {any} described name: of the file, without its ending; title, lines, keys: as of `sheet`; size: [width,
 * height] in px of what is drawn, as the chart would have it; theme
 * @param {(size: any, format: string) => ((pen: any) => void) | Promise<(pen: any) => void>} make gives what draws
 * at some size
 * @param {"png" | "svg" | "pdf" | "text" | "words"} format the last two return the text of the SVG, and {title, lines}
 * @param {Order} [order]
 */
export async function saveSheet(described, make, format, order = AS_SHOWN) {
  if (format === "words") return { title: described.title, lines: described.lines };
  if (format === "png" && !readsBack()) return offerSvg(() => saveSheet(described, make, "svg", order));
  const { size, compose } = await composed(described, make, order, format);
  if (format !== "png") {
    const text = await svgText(size, compose, order);
    if (format === "text") return text;
    if (format === "pdf") return printSheet(text, lengths(order.target, size));
    return download(new Blob([text], { type: "image/svg+xml" }), `${described.name}.svg`);
  }
  const { sharp } = order.target;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(sharp * size[0]), height: Math.round(sharp * size[1]) });
  const context = canvas.getContext("2d");
  context.scale(canvas.width / size[0], canvas.height / size[1]);
  compose(new CanvasPen(context, FONT));
  return download(await new Promise((resolve) => canvas.toBlob(resolve, "image/png")), `${described.name}.png`);
}

// {size, compose(pen)}: all of the picture, the head and what is drawn below it.
async function composed({ title, lines, keys = [], size, theme }, make, { target, told, address }, format) {
  const said = { title: told ? title : "", lines: told ? [...lines, address].filter(Boolean) : [], keys };
  const headOf = (width) => sheet(said, width, theme);
  const { head, inner, whole, corner } = placed(target, size, headOf);
  const draw = await make(inner, format);
  const compose = (pen) => {
    const corners = [0, whole[0], whole[0], 0].map((x, k) => ({ x, y: k < 2 ? 0 : whole[1] }));
    pen.line(corners, { fill: theme.background });
    head.draw(pen);
    pen.shift(...corner);
    draw(pen);
  };
  return { size: whole, compose };
}

async function svgText(size, compose, { target }) {
  const pen = new SvgPen(size[0], size[1], FONT, lengths(target, size));
  compose(pen);
  await pen.pictured();
  return String(pen);
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
