// Lines of one moment at rest: the same picture as plotly traces.

import { escapeHtml } from "../../core/figure.js";
import { significant } from "../../core/format.js";
import { tickText } from "../../core/ticks.js";
import { plotlyDash } from "../../shell/dom.js";
import { WIDTH } from "../curves/curve_canvas.js";
import { GUIDE, PALE, RADIUS, WHISKER } from "./lines_canvas.js";
import { joined, spreadPieces } from "./lines_points.js";

/** @import { Guide, Lines } from "../../core/chart_specs.d.ts" */
/** @import { Dash, Range, Theme, Trace } from "../../core/types.d.ts" */
/** @import { Line, LinePoint } from "./lines_points.js" */

const LOG_ZERO = 1e-30; // replaces 0 and below at the lower edge of a band on a log axis

/**
 * @typedef {object} Look
 * @property {Lines} spec
 * @property {string} background
 * @property {boolean} [markers] at all points, not only at those without neighbours
 * @property {Dash} [dash]
 * @property {boolean} [spread] with whiskers at points without neighbours
 */

/**
 * A line.
 *
 * @param {Line} line
 * @param {Look} look
 * @returns {Trace}
 */
export function lineTrace(
  { label, colour, points, apart },
  { spec, background, markers = false, dash = "solid", spread = false },
) {
  const name = escapeHtml(label);
  const isolated = joined({ points, apart })
    .filter((piece) => piece.length === 1)
    .flat();
  const marked = (/** @type {LinePoint} */ point) => Boolean(markers || isolated.includes(point));
  return {
    type: "scatter",
    mode: apart ? "markers" : points.some(marked) ? "lines+markers" : "lines",
    name,
    x: points.map(({ x }) => (Number.isFinite(x) ? x : null)),
    y: points.map(({ y }) => (Number.isFinite(y) && (y > 0 || !spec.y.log) ? y : null)),
    line: { color: colour, width: WIDTH, dash: plotlyDash(dash) },
    marker: {
      size: points.map((point) => (marked(point) ? 2 * RADIUS : 0)),
      color: points.map(({ hollow }) => (hollow ? background : colour)),
      opacity: 1,
      line: { color: colour, width: points.map((point) => (marked(point) ? WIDTH : 0)) },
    },
    ...(spread ? whiskers(points, colour) : {}),
    customdata: points.map((point) => pointText(point, spec)),
    hovertemplate: `${name ? `${name}<br>` : ""}%{customdata}<extra></extra>`,
  };
}

/**
 * @param {LinePoint} point
 * @param {Lines} spec
 */
function pointText({ x, y, low, high }, { x_title: title }) {
  const spread = high > low ? ` (${significant(low)} to ${significant(high)})` : "";
  return `${title ? `${escapeHtml(title)} ` : ""}${tickText(x)}: ${significant(y)}${spread}`;
}

/**
 * The spread of points without neighbours.
 *
 * @param {LinePoint[]} points
 * @param {string} colour
 */
function whiskers(points, colour) {
  const alone = spreadPieces(points)
    .filter((piece) => piece.length === 1)
    .flat();
  if (!alone.length) return {};
  const lone = (/** @type {LinePoint} */ point) => alone.includes(point);
  const array = points.map((point) => (lone(point) ? point.high - point.y : NaN));
  const arrayminus = points.map((point) => (lone(point) ? point.y - point.low : NaN));
  return { error_y: { symmetric: false, array, arrayminus, color: colour, thickness: WIDTH, width: WHISKER } };
}

/**
 * The bands of a line as closed shapes, if it has any.
 *
 * @param {Line} line
 * @param {Lines} spec
 * @returns {Trace[]}
 */
export function bandTraces({ colour, points }, { y: { log } }) {
  /** @type {(number | null)[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  for (const piece of spreadPieces(points).filter((one) => one.length > 1)) {
    const back = [...piece].reverse();
    if (x.length) for (const side of [x, y]) side.push(null);
    x.push(...piece.map((point) => point.x), ...back.map((point) => point.x));
    y.push(...piece.map(({ low }) => (log && !(low > 0) ? LOG_ZERO : low)), ...back.map(({ high }) => high));
  }
  const fillcolor = `${colour}${Math.round(255 * PALE).toString(16)}`;
  const look = { line: { width: 0 }, hoverinfo: "skip", showlegend: false };
  return x.length ? [{ type: "scatter", mode: "lines", x, y, fill: "toself", fillcolor, ...look }] : [];
}

/**
 * A line across the whole chart.
 *
 * @param {Guide} guide
 * @param {Range} range of the x axis
 * @param {Lines} spec
 * @param {Theme} theme
 * @returns {Trace}
 */
export function guideTrace({ y, label }, range, { x_log: log }, theme) {
  return {
    type: "scatter",
    mode: "lines",
    x: range.map((x) => (log ? 10 ** x : x)),
    y: [y, y],
    line: { color: theme.line, width: 1, dash: plotlyDash(GUIDE) },
    hovertemplate: `${escapeHtml(label)}<extra></extra>`,
    showlegend: false,
  };
}
