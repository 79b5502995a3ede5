// Bars at rest, as plotly traces.

import { escapeHtml } from "../../core/figure.js";
import { significant } from "../../core/format.js";
import { PALE, THICK, WHISKER, WIDTH } from "./bars_canvas.js";

/** @import { Bars } from "../../core/chart_specs.d.ts" */
/** @import { Theme, Trace } from "../../core/types.d.ts" */
/** @import { Bar } from "./bars_values.js" */

/**
 * Traces of bars: the pale bars below, then the bars with their whiskers.
 *
 * @param {Bar[]} bars
 * @param {Bars} spec
 * @param {Theme} theme
 * @returns {Trace[]}
 */
export function barTraces(bars, spec, theme) {
  const x = bars.map((_, k) => k);
  const color = bars.map(({ colour }) => colour);
  const feet = bars.map(({ foot }) => foot);
  const spread = (/** @type {Bar} */ { value, low, high }) => Number.isFinite(value) && high > low;
  const name = (/** @type {number} */ k) => escapeHtml(spec.labels[k] ?? "");
  const foot = escapeHtml(spec.under_label);
  return [
    {
      type: "bar",
      x,
      y: feet,
      width: WIDTH,
      marker: { color, opacity: PALE, line: { width: 0 } },
      ...(foot
        ? { hovertemplate: x.map((k) => `${name(k)}<br>${foot}: ${significant(feet[k])}<extra></extra>`) }
        : { hoverinfo: "skip" }),
      showlegend: false,
    },
    {
      type: "bar",
      x,
      y: bars.map(({ value }) => (Number.isFinite(value) ? value : NaN)),
      base: feet,
      width: WIDTH,
      marker: { color, line: { width: 0 } },
      error_y: {
        type: "data",
        symmetric: false,
        array: bars.map((bar) => (spread(bar) ? bar.high - bar.value : NaN)),
        arrayminus: bars.map((bar) => (spread(bar) ? bar.value - bar.low : NaN)),
        color: theme.text,
        thickness: THICK,
        width: WHISKER,
      },
      customdata: bars.map(valueText),
      hovertemplate: x.map((k) => `${name(k)}<br>%{customdata}<extra></extra>`),
      showlegend: false,
    },
  ];
}

/**
 * Hover text of a bar.
 *
 * @param {Bar} bar
 */
function valueText({ value, low, high }) {
  return high > low ? `${significant(value)} (${significant(low)} to ${significant(high)})` : significant(value);
}
