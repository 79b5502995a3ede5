// The exact curves of a run. Its header has all of them, so they are on the chart before training begins.

import { place } from "./axes.js";

export const EXACT_WIDTH = 7; // px: a pale wide line under the thinner line of training

/** Opacity of the wide line; higher on a dark background, for equal visibility. */
export const exactOpacity = (theme) => (theme.dark ? 0.36 : 0.28);

/** Two columns of the exact solution as lists {x, y} with null for gaps; null where there is none. */
export function exactCurve(log, x, y) {
  const exact = log.header ? log.chartData.exact : null;
  const pace = log.chartData.time_per_step;
  // the solution knows time only
  const xs = x === "step" && pace ? exact?.time?.map((time) => time / pace) : exact?.[x];
  return xs?.length && exact[y]?.length ? { x: xs, y: exact[y] } : null;
}

/** {low, high, positive} of a column of the exact solution; null where there is none. */
export function exactBounds(log, column) {
  const values = ((log.header && log.chartData.exact?.[column]) || []).filter(Number.isFinite);
  if (!values.length) return null;
  const above = values.filter((value) => value > 0);
  return {
    low: Math.min(...values),
    high: Math.max(...values),
    positive: above.length ? Math.min(...above) : Infinity,
  };
}

/** The pale bed on a canvas. */
export function drawExact(context, area, { x, y }, colour, theme) {
  context.strokeStyle = colour;
  context.lineWidth = EXACT_WIDTH;
  context.globalAlpha = exactOpacity(theme);
  context.lineCap = "butt";
  context.beginPath();
  let pen = false;
  for (let k = 0; k < x.length; k++) {
    const [left, top] = [place(area.x, x[k] ?? NaN), place(area.y, y[k] ?? NaN)];
    const there = Number.isFinite(left + top);
    if (there && pen) context.lineTo(left, top);
    else if (there) context.moveTo(left, top);
    pen = there;
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** The same for plotly. positive: the y axis is logarithmic. */
export function exactTrace({ x, y }, name, colour, positive, theme) {
  return {
    type: "scatter",
    mode: "lines",
    name,
    x,
    y: positive ? y.map((value) => (value > 0 ? value : null)) : y,
    line: { color: colour, width: EXACT_WIDTH },
    opacity: exactOpacity(theme),
    hoverinfo: "skip",
  };
}
