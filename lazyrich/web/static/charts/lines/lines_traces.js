// Lines of one moment at rest: the same picture as plotly traces.

import { plain } from "../../core/figure.js";
import { significant } from "../../core/format.js";
import { tickText } from "../../core/ticks.js";
import { plotlyDash } from "../../shell/dom.js";
import { WIDTH } from "../curves/curve_canvas.js";
import { GUIDE, PALE, RADIUS, WHISKER } from "./lines_canvas.js";
import { joined, spreadPieces } from "./lines_points.js";

/** @import { Lines } from "../../core/chart_specs.d.ts" */

const LEAST = 1e-30; // replaces 0 and below at the lower edge of a band on a log axis

/** A line. look: {spec, background, markers, dash, spread}; spread: with whiskers at points without neighbours. */
export function lineTrace(
  { label, colour, points, apart = false },
  { spec, background, markers = false, dash = "solid", spread = false },
) {
  const name = plain(label);
  const alone = joined({ points, apart })
    .filter((piece) => piece.length === 1)
    .flat();
  const marked = (point) => Boolean(markers || alone.includes(point));
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
    customdata: points.map((point) => said(point, spec)),
    hovertemplate: `${name ? `${name}<br>` : ""}%{customdata}<extra></extra>`,
  };
}

function said({ x, y, low, high }, { x_title: title }) {
  const spread = high > low ? ` (${significant(low)} to ${significant(high)})` : "";
  return `${title ? `${plain(title)} ` : ""}${tickText(x)}: ${significant(y)}${spread}`;
}

// The spread of points without neighbours.
function whiskers(points, colour) {
  const alone = spreadPieces(points)
    .filter((piece) => piece.length === 1)
    .flat();
  if (!alone.length) return {};
  const lengths = (length) => points.map((point) => (alone.includes(point) ? length(point) : NaN));
  const array = lengths(({ y, high }) => high - y);
  const arrayminus = lengths(({ y, low }) => y - low);
  return { error_y: { symmetric: false, array, arrayminus, color: colour, thickness: WIDTH, width: WHISKER } };
}

/** The bands of a line as closed shapes; null where it has none. */
export function bandTrace({ colour, points }, /** @type {Lines} */ { y: { log } }) {
  const x = [];
  const y = [];
  for (const piece of spreadPieces(points).filter((one) => one.length > 1)) {
    const back = [...piece].reverse();
    if (x.length) [x, y].forEach((side) => side.push(null));
    x.push(...piece.map((point) => point.x), ...back.map((point) => point.x));
    y.push(...piece.map(({ low }) => (log && !(low > 0) ? LEAST : low)), ...back.map(({ high }) => high));
  }
  if (!x.length) return null;
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    fill: "toself",
    fillcolor: `${colour}${Math.round(255 * PALE).toString(16)}`,
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** A line across the whole chart. range: of the x axis. */
export function guideTrace({ y, label }, range, /** @type {Lines} */ { x_log: log }, theme) {
  return {
    type: "scatter",
    mode: "lines",
    x: range.map((x) => (log ? 10 ** x : x)),
    y: [y, y],
    line: { color: theme.line, width: 1, dash: plotlyDash(GUIDE) },
    hovertemplate: `${plain(label)}<extra></extra>`,
    showlegend: false,
  };
}
