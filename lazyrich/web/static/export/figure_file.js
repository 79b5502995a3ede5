// Export of a plotly figure as a self-contained image: title, settings and legend above it, on the theme's background.

import { fitTitles } from "../core/titles.js";
import { keysOf } from "./figure_keys.js";
import { saveSheet } from "./picture_file.js";
import { FONT } from "./sheet.js";
import { DEFAULT_OPTIONS } from "./targets.js";

/** @import { Layout, LayoutAxis, Margin, Plotly, SaveAs, Size, Theme, Trace } from "../core/types.d.ts" */
/** @import { Draw, Picture } from "./picture_file.js" */
/** @import { ExportOptions } from "./targets.js" */
/**
 * A figure to save. layout: for a width and height in px; its own margin is kept if `margin` is null;
 * keys: legend entries besides the traces; square: whether both axes have one scale.
 *
 * @typedef {Picture & { traces: Trace[], layout: (width: number, height: number) => Layout, margin?: Margin | null,
 *   square?: boolean }} Figure
 */

const ROOM = { l: 76, r: 24, t: 14, b: 60 }; // px around the axes

/**
 * Save a figure.
 *
 * @param {Plotly} Plotly
 * @param {Figure} described
 * @param {SaveAs} format
 * @param {ExportOptions} [options]
 */
export function saveFigure(Plotly, described, format, options = DEFAULT_OPTIONS) {
  const { traces, layout, theme, title, lines, keys = [], name, size, square = false, margin = ROOM } = described;
  /** @type {(size: Size, kind: SaveAs) => Promise<Draw>} */
  const make = async ([width, height], kind) => {
    const figure = {
      data: structuredClone(traces), // plotly writes into what it draws
      layout: exportLayout(layout(width, height), { width, height, theme, margin, square }),
    };
    const scale = kind === "png" ? options.target.pixelRatio : 1;
    const address = await Plotly.toImage(figure, { format: kind === "png" ? "png" : "svg", width, height, scale });
    const text = () => decodeURIComponent(address.slice(address.indexOf(",") + 1));
    const body = kind === "png" ? await loadImage(address) : text();
    return (pen) => pen.place(body, width, height);
  };
  return saveSheet({ name, title, lines, keys: [...keysOf(traces), ...keys], size, theme }, make, format, options);
}

/**
 * @param {Layout} layout
 * @param {{ width: number, height: number, theme: Theme, margin: Margin | null, square: boolean }} look
 * @returns {Layout}
 */
function exportLayout(layout, { width, height, theme, margin, square }) {
  const roomy = (/** @type {LayoutAxis | undefined} */ axis) =>
    axis && { ...axis, automargin: true, title: { ...axis.title, standoff: 10 } };
  const [xaxis, yaxis] = [layout.xaxis, layout.yaxis].map(roomy);
  const font = { ...layout.font, family: FONT };
  const whole = {
    ...layout,
    font,
    width,
    height,
    autosize: false,
    paper_bgcolor: theme.background,
    plot_bgcolor: layout.plot_bgcolor === theme.grid ? theme.grid : theme.background,
    margin: square && margin ? squareMargins(margin, width, height) : (margin ?? layout.margin),
    showlegend: false,
  };
  return xaxis && yaxis ? fitTitles({ ...whole, xaxis, yaxis }) : whole;
}

/**
 * Margins that leave a square in the middle.
 *
 * @param {Margin} margin
 * @param {number} width
 * @param {number} height
 */
function squareMargins({ l, r, t, b }, width, height) {
  const side = Math.min(width - l - r, height - t - b);
  const [across, down] = [(width - l - r - side) / 2, (height - t - b - side) / 2];
  return { l: l + across, r: r + across, t: t + down, b: b + down };
}

/** @param {string} address */
async function loadImage(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
