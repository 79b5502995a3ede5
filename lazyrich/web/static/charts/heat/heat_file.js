// Export of a heat chart as a self-contained image file, with the scale of its colours.

import { sequential } from "../../colours/viridis.js";
import { saveSheet } from "../../export/picture_file.js";

/** @type {Size} */
const SIZE = [800, 590];
const HEAD = 26; // px for the scale
const EDGE = 14; // px around all
const RAMP = { left: 70, width: 160, steps: 80 }; // px of the scale
const PIXEL_RATIO = 2; // pixels for one px in what is pictured

/** @import { Heat, Portrait } from "../../core/chart_specs.d.ts" */
/** @import { Pen, SaveAs, Size, Theme } from "../../core/types.d.ts" */
/** @import { Make } from "../../export/picture_file.js" */
/** @import { ExportOptions } from "../../export/targets.js" */
/** @import { HeatChart } from "./heat.js" */

/**
 * Save what a heat chart shows; in an SVG the cells are a picture and the rest is drawn.
 *
 * @param {HeatChart<Heat | Portrait>} chart
 * @param {SaveAs} format
 * @param {ExportOptions} [options]
 */
export function saveHeat(chart, format, options) {
  const { theme } = chart.scene;
  const { log, frame } = chart.present;
  /** @type {Make} */
  const make =
    ([width, height]) =>
    (pen) => {
      scale(pen, chart, theme);
      pen.shift(EDGE, HEAD);
      chart.picture(pen, [width - 2 * EDGE, height - HEAD - EDGE], PIXEL_RATIO);
    };
  const name = chart.fileName({ log, upTo: frame });
  const box = chart.spec.outline_label ? [{ label: `framed: ${chart.spec.outline_label}` }] : [];
  const lines = chart.settingLines([{ ...chart.scene.current, log, upTo: frame }]);
  return saveSheet({ name, title: chart.title, lines, keys: box, size: SIZE, theme }, make, format, options);
}

/**
 * @param {Pen} pen
 * @param {HeatChart<Heat | Portrait>} chart
 * @param {Theme} theme
 */
function scale(pen, chart, theme) {
  const [low, high] = chart.colourEnds.map(({ textContent }) => textContent ?? "");
  const { left, width, steps } = RAMP;
  for (let k = 0; k < steps; k++) {
    const from = left + (k * width) / steps;
    pen.line(corners(from, 5, width / steps + 0.5, 10), { fill: `rgb(${sequential((k + 0.5) / steps).join(", ")})` });
  }
  pen.text({ x: left - 8, y: 10 }, low, { colour: theme.muted, size: 13, anchor: "end" });
  pen.text({ x: left + width + 8, y: 10 }, high, { colour: theme.muted, size: 13, anchor: "start" });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function corners(x, y, width, height) {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}
