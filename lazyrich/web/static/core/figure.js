// Common parts of all plotly figures: the look of the axes and the bar of buttons.

import { openExport } from "../export/dialog.js";

/** @import { LayoutAxis, Plotly, Theme } from "./types.d.ts" */
/** @import { Savable } from "../export/targets.js" */

/**
 * Escape labels from data, because plotly interprets a small dialect of HTML.
 *
 * @param {unknown} text
 */
export function escapeHtml(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/**
 * Invert escapeHtml().
 *
 * @param {string} label
 */
export function unescapeHtml(label) {
  return label.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

// A finger that moves over a figure scrolls the page, as everywhere; zoom and pan are among the buttons.
const drag = () => (window.matchMedia("(pointer: coarse)").matches ? false : "zoom");

/** @param {Theme} theme */
export function baseLayout(theme) {
  return {
    dragmode: drag(),
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 13, color: theme.muted },
    hovermode: "closest",
    hoverlabel: {
      bgcolor: theme.background,
      bordercolor: theme.line,
      font: { family: theme.font, size: 13, color: theme.text },
      align: "left",
    },
    showlegend: false,
    modebar: { bgcolor: theme.background, color: theme.muted, activecolor: theme.text, orientation: "h" },
  };
}

/** @param {Theme} theme */
export function baseAxis(theme) {
  return {
    gridcolor: theme.grid,
    zerolinecolor: theme.grid,
    zerolinewidth: 1,
    linecolor: theme.line,
    showline: true,
    mirror: true,
    ticks: "outside",
    ticklen: 4,
    tickcolor: theme.line,
    tickfont: { size: 13 },
    title: { font: { size: 13 } },
    exponentformat: "power",
    automargin: false,
  };
}

/**
 * An axis of values, which may be logarithmic.
 *
 * @param {Theme} theme
 * @param {{ log: boolean, title: string, short?: string }} look short: title for narrow charts
 * @param {number[]} range
 * @param {number | null} dtick distance of the labels; null leaves it to plotly
 * @returns {LayoutAxis}
 */
export function valueAxis(theme, { log, title, short }, range, dtick) {
  const axis = baseAxis(theme);
  return {
    ...axis,
    type: log ? "log" : "linear",
    range,
    nticks: 6,
    dtick,
    title: { ...axis.title, text: escapeHtml(title ?? ""), short },
    zeroline: !log,
    hoverformat: ".3g",
    tickfont: { size: log ? 11 : 13 }, // plotly writes the labels of log axes a quarter larger
  };
}

const SHEET = "M2 2h9l3 3v9H2zM4 4v8h8V6h-2V4zM5 8h6v1H5zM5 10h6v1H5z";
const SAVE = "M3 2h8l3 3v9H2V2zM5 2v4h6V2M5 14V9h6v5";
const framed = (/** @type {string} */ path) => ({ width: 16, height: 16, path });

/**
 * @param {Plotly} Plotly
 * @param {Savable & { reset(): void }} chart
 * @param {boolean} small only the buttons that fit on a thumbnail
 */
export function barConfig(Plotly, chart, small) {
  /** @type {(name: string, title: string, icon: object, click: () => void) => object} */
  const own = (name, title, icon, click) => ({ name, title, icon, click });
  const { home, camera } = Plotly.Icons;
  const images = [
    own("export", "Save for slides or papers", framed(SHEET), () => openExport(chart)),
    own("png", "Download as PNG", camera, () => chart.save("png")),
    own("svg", "Download as SVG", framed(SAVE), () => chart.save("svg")),
  ];
  const reset = own("reset", "Reset the axes", home, () => chart.reset());
  return {
    displaylogo: false,
    responsive: false,
    doubleClick: false, // plotly would reset to its own ranges; the chart resets to those it has chosen
    scrollZoom: false,
    showTips: false,
    modeBarButtons: small ? [images.slice(1)] : [images, ["zoom2d", "pan2d", reset]],
  };
}
