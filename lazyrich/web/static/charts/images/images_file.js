// Export of pictures of filters as a self-contained image file.

import { saveSheet } from "../../export/picture_file.js";
import { HEADING } from "./images_layout.js";

const BLOCK = 310; // px: approximate width of a block of filters
const EDGE = 13; // px around all
const MIN_WIDTH = 480; // px: smallest width, for the title
const PIXEL_RATIO = 2; // pixels for one px in what is pictured

/** @import { SaveAs, Size } from "../../core/types.d.ts" */
/** @import { Make } from "../../export/picture_file.js" */
/** @import { ExportOptions } from "../../export/targets.js" */
/** @import { ImagesChart } from "./images.js" */

/**
 * Save the picture of filters; in an SVG each block is a bitmap and the rest are shapes.
 *
 * @param {ImagesChart} chart
 * @param {SaveAs} format
 * @param {ExportOptions} [options]
 */
export function saveImages(chart, format, options) {
  const { theme } = chart.scene;
  const { log, frame } = chart.present;
  /** @type {Make} */
  const make =
    ([width, height]) =>
    (pen) => {
      pen.shift(EDGE, 0);
      chart.picture(pen, [width - 2 * EDGE, height - EDGE], PIXEL_RATIO);
    };
  const name = chart.fileName({ log, upTo: frame });
  const lines = chart.settingLines([{ ...chart.scene.current, log, upTo: frame }]);
  return saveSheet({ name, title: chart.title, lines, size: size(chart.shape[0]), theme }, make, format, options);
}

/**
 * Up to three blocks in a row, more in two.
 *
 * @param {number} networks
 * @returns {Size}
 */
function size(networks) {
  const columns = networks <= 3 ? networks : Math.ceil(networks / 2);
  const rows = Math.ceil(networks / columns);
  return [Math.max(MIN_WIDTH, columns * BLOCK + 2 * EDGE), rows * (BLOCK + HEADING) + EDGE];
}
