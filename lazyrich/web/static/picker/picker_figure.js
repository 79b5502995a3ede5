// The map as a plotly figure: colours, levels, marks and the colour bar. The dot is not part of it.

import { baseAxis, baseLayout, escapeHtml } from "../core/figure.js";
import { fitted } from "../core/titles.js";
import { saveFigure } from "../export/figure_file.js";
import { canReadCanvas } from "../export/readback.js";
import { DEFAULT_OPTIONS } from "../export/targets.js";
import { labels } from "./picker_labels.js";

/** @import { Layout, LayoutAxis, Margin, Plotly, SaveAs, Size, Theme, Trace } from "../core/types.d.ts" */
/** @import { MapAxis, MapData, MapMark, MapNumbers, MapQuantity } from "./map.d.ts" */
/** @import { Axis } from "./picker_axis.js" */
/** @import { Field } from "./picker_field.js" */

export const NARROW = 420; // px of width below which the colour bar is above the map instead of beside it
const LOG_LABELS = 1.15; // plotly writes those of a log axis a quarter larger, for their exponents
const BANDS = 40; // of colour, where the map cannot be drawn smooth
const LIGHT_FROM = 0.6; // of the colours' range: above it lines are dark, below it light

/**
 * @param {MapData} map
 * @param {Field} field
 * @param {Theme} theme
 * @param {boolean} narrow
 * @returns {Trace[]}
 */
export function traces(map, field, theme, narrow) {
  const [zmin, zmax] = map.z.range;
  const heat = {
    x: map.x.values,
    y: map.y.values,
    z: field.rows,
    zmin,
    zmax,
    ...(canReadCanvas() ? { type: "heatmap", zsmooth: "best" } : bands(map.z.range)),
    colorscale: map.colours,
    colorbar: colourBar(map.z, theme, narrow),
  };
  return [heat, ...map.contours.map((level) => contour(map, field, level)), ...map.marks.flatMap(markLines)];
}

/**
 * Plotly reads a heatmap back from a canvas, where some browsers return noise: they get the map as paths.
 *
 * @param {MapNumbers["range"]} range
 */
function bands([low, high]) {
  const size = (high - low) / BANDS;
  const contours = { start: low + size / 2, end: high - size / 2, size, coloring: "fill", showlines: false };
  return { type: "contour", autocontour: false, contours, line: { width: 0 }, connectgaps: false };
}

/**
 * @param {MapData} map
 * @param {Field} field
 * @param {Theme} theme
 * @param {Size} size
 * @param {boolean} narrow
 * @returns {Layout}
 */
export function layout(map, field, theme, [width, height], narrow) {
  const size = narrow ? 12 : 13;
  /** @type {(spec: MapAxis, axis: Axis) => LayoutAxis} */
  const axis = (spec, { low, high }) => ({
    ...baseAxis(theme),
    type: spec.log ? "log" : "linear",
    range: spec.log ? [Math.log10(low), Math.log10(high)] : [low, high],
    tickfont: { size: spec.log ? size / LOG_LABELS : size },
    ...(spec.ticks.length ? { tickvals: spec.ticks } : { nticks: narrow ? 5 : 9, ...(spec.log && decades(low, high)) }),
    showgrid: false,
    zeroline: false,
  });
  // Plotly must not change the margins: it would make room for the colour bar twice.
  const margin = { ...(narrow ? { l: 46, r: 10, t: 52, b: 38 } : { l: 56, r: 72, t: 12, b: 42 }), autoexpand: false };
  /** @type {Size} */
  const inner = [width - margin.l - margin.r, height - margin.t - margin.b];
  return {
    ...baseLayout(theme),
    width,
    height,
    plot_bgcolor: theme.grid, // gaps in the numbers
    margin,
    xaxis: axis(map.x, field.x),
    yaxis: axis(map.y, field.y),
    annotations: [...titles(map, margin, size, inner, theme), ...labels(map.marks, field, theme, size - 1, inner)],
  };
}

/**
 * Save the map as a self-contained image; see saveFigure.
 *
 * @param {Plotly} Plotly
 * @param {MapData} map
 * @param {Field} field
 * @param {Theme} theme
 * @param {SaveAs} format
 */
export function saveMap(Plotly, map, field, theme, format, options = DEFAULT_OPTIONS) {
  /** @type {Size} */
  const size = [900, 500];
  const title = `${map.z.title} over ${map.x.title} and ${map.y.title}`;
  const narrow = (options.target.width ?? size[0]) < NARROW;
  const figure = {
    traces: traces(map, field, theme, narrow),
    layout: (/** @type {number} */ width, /** @type {number} */ height) =>
      layout(map, field, theme, [width, height], narrow),
    margin: null,
  };
  return saveFigure(Plotly, { ...figure, theme, title, lines: map.lines, name: map.file, size }, format, options);
}

/**
 * At the outer edge of the margins: plotly would put its own on top of the numbers of a log axis.
 *
 * @param {MapData} map
 * @param {Margin} margin
 * @param {number} size px of the letters
 * @param {Size} inner of the plot area
 * @param {Theme} theme
 */
function titles({ x, y }, { l, b }, size, [width, height], { font: family }) {
  const edge = { xref: "paper", yref: "paper", showarrow: false, borderpad: 0 };
  const of = (/** @type {MapAxis} */ axis, /** @type {number} */ room) => {
    const { text, size: px } = fitted(titleText(axis), room, {
      family,
      short: axis.symbol,
      sizes: [size, size - 1, size - 2],
    });
    return { text: escapeHtml(text), font: { size: px } };
  };
  return [
    { ...edge, ...of(x, width), x: 0.5, y: 0, yshift: 1 - b, yanchor: "bottom" },
    { ...edge, ...of(y, height), x: 0, y: 0.5, xshift: 1 - l, xanchor: "left", textangle: -90 },
  ];
}

/**
 * Numbers at 1, 2 and 5 in each decade are too many for more than one.
 *
 * @param {number} low
 * @param {number} high
 */
function decades(low, high) {
  return high / low >= 20 ? { dtick: 1 } : {};
}

/** @param {MapQuantity} quantity */
function titleText({ title, unit }) {
  return unit ? `${title} (${unit})` : title;
}

/**
 * @param {MapNumbers} z
 * @param {Theme} theme
 * @param {boolean} narrow
 */
function colourBar(z, theme, narrow) {
  const shared = {
    thickness: narrow ? 8 : 11,
    outlinewidth: 0,
    tickfont: { size: narrow ? 11 : 12, color: theme.muted },
    ticklen: 2,
    tickcolor: theme.line,
    ticks: "outside",
    nticks: narrow ? 4 : 6,
    exponentformat: "power",
    lenmode: "fraction",
  };
  const title = { text: escapeHtml(titleText(z)), font: { size: narrow ? 12 : 13, color: theme.muted } };
  if (narrow)
    return {
      ...shared,
      orientation: "h",
      title: { ...title, side: "top" },
      len: 1,
      x: 0.5,
      xpad: 0,
      y: 1,
      yanchor: "bottom",
      ypad: 4,
    };
  return { ...shared, title: { ...title, side: "right" }, len: 1, y: 0.5, ypad: 0, x: 1, xpad: 10 };
}

/**
 * @param {MapData} map
 * @param {Field} field
 * @param {number} level
 * @returns {Trace}
 */
function contour(map, field, level) {
  const [low, high] = map.z.range;
  const color = (level - low) / (high - low) > LIGHT_FROM ? "rgba(0,0,0,0.65)" : "rgba(255,255,255,0.8)";
  return {
    type: "contour",
    x: map.x.values,
    y: map.y.values,
    z: field.rows,
    autocontour: false,
    contours: { start: level, end: level, size: 1, coloring: "none", showlabels: true, labelfont: { size: 11, color } },
    line: { color, width: 1 },
    showscale: false,
    connectgaps: false,
  };
}

/**
 * White with a dark edge is visible on every colour.
 *
 * @param {MapMark} mark
 * @returns {Trace[]}
 */
function markLines({ x, y }) {
  /** @type {(color: string, width: number) => Trace} */
  const line = (color, width) => ({ type: "scatter", mode: "lines", x, y, line: { color, width }, connectgaps: false });
  return x.length > 1 ? [line("rgba(0,0,0,0.45)", 3.5), line("#ffffff", 1.5)] : [];
}
