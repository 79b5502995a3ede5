// Export of a plotly figure as a self-contained image: title, settings and legend above it, on the theme's background.

import { fitTitles } from "../core/titles.js";
import { keysOf } from "./figure_keys.js";
import { saveSheet } from "./picture_file.js";
import { FONT } from "./sheet.js";
import { AS_SHOWN } from "./targets.js";

/** @import { Order } from "./targets.js" */

const ROOM = { l: 76, r: 24, t: 14, b: 60 }; // px around the axes

/**
 * Save a figure.
 *
 * @param {any} Plotly
 * @param {any} described {traces, layout(width), theme, title, lines, keys, name, size, margin, square}; lines: its
 * settings; keys: legend entries besides the traces; size: [width, height] of the figure without the head above it;
 * layout: for a figure so many px wide and high, whose own margin is kept if there is no other; square: whether both
 * axes have one scale
 * @param {"png" | "svg" | "pdf" | "text" | "words"} format
 * @param {Order} [order]
 */
export function saveFigure(Plotly, described, format, order = AS_SHOWN) {
  const { traces, layout, theme, title, lines, keys = [], name, size, square = false, margin = ROOM } = described;
  const make = async ([width, height], kind) => {
    const figure = {
      data: structuredClone(traces), // plotly writes into what it draws
      layout: ready(layout(width, height), { width, height, theme, margin, square }),
    };
    const scale = kind === "png" ? order.target.sharp : 1;
    const address = await Plotly.toImage(figure, { format: kind === "png" ? "png" : "svg", width, height, scale });
    const text = () => decodeURIComponent(address.slice(address.indexOf(",") + 1));
    const body = kind === "png" ? await loaded(address) : text();
    return (pen) => pen.place(body, width, height);
  };
  return saveSheet({ name, title, lines, keys: [...keysOf(traces), ...keys], size, theme }, make, format, order);
}

function ready(layout, { width, height, theme, margin, square }) {
  const roomy = (axis) => axis && { ...axis, automargin: true, title: { ...axis.title, standoff: 10 } };
  const font = { ...layout.font, family: FONT };
  const whole = {
    ...layout,
    font,
    xaxis: roomy(layout.xaxis),
    yaxis: roomy(layout.yaxis),
    width,
    height,
    autosize: false,
    paper_bgcolor: theme.background,
    plot_bgcolor: layout.plot_bgcolor === theme.grid ? theme.grid : theme.background,
    margin: square ? squared(margin, width, height) : (margin ?? layout.margin),
    showlegend: false,
  };
  return whole.xaxis && whole.yaxis ? fitTitles(whole) : whole;
}

// Margins that leave a square in the middle.
function squared({ l, r, t, b }, width, height) {
  const side = Math.min(width - l - r, height - t - b);
  const [across, down] = [(width - l - r - side) / 2, (height - t - b - side) / 2];
  return { l: l + across, r: r + across, t: t + down, b: b + down };
}

async function loaded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
