// Export of a plotly figure as a self-contained image: title, settings and legend above it, on the theme's background.

import { keysOf } from "./figure_keys.js";
import { saveSheet } from "./picture_file.js";
import { offerSvg, readsBack } from "./readback.js";
import { FONT } from "./sheet.js";

const ROOM = { l: 76, r: 24, t: 14, b: 60 }; // px around the axes
const SHARP = 2; // pixels of a PNG for one px

/**
 * Save a figure. described: {traces, layout, theme, title, lines, keys, name, size, margin}; lines: its settings; keys:
 * legend entries besides the traces; size: [width, height] of the figure without the head above it.
 */
export async function saveFigure(Plotly, described, format) {
  if (format === "png" && !readsBack()) return offerSvg(() => saveFigure(Plotly, described, "svg"));
  const { traces, layout, theme, title, lines, keys = [], name, size, margin = ROOM } = described;
  const [width, height] = size;
  const roomy = (axis) => axis && { ...axis, automargin: true, title: { ...axis.title, standoff: 10 } };
  const figure = {
    data: traces,
    layout: {
      ...layout,
      font: { ...layout.font, family: FONT },
      xaxis: roomy(layout.xaxis),
      yaxis: roomy(layout.yaxis),
      width,
      height,
      autosize: false,
      paper_bgcolor: theme.background,
      plot_bgcolor: layout.plot_bgcolor === theme.grid ? theme.grid : theme.background,
      margin,
      showlegend: false,
    },
  };
  const address = await Plotly.toImage(figure, { format, width, height, scale: format === "png" ? SHARP : 1 });
  const body = format === "svg" ? decodeURIComponent(address.slice(address.indexOf(",") + 1)) : await loaded(address);
  const draw = (pen) => pen.place(body, width, height);
  return saveSheet({ name, title, lines, keys: [...keysOf(traces), ...keys], size, theme }, draw, format);
}

async function loaded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
