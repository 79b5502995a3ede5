// Bars at rest, as plotly traces.

import { plain } from "../../core/figure.js";
import { significant } from "../../core/format.js";
import { PALE, THICK, WHISKER, WIDTH } from "./bars_canvas.js";

/** Traces of bars from barsOf: the pale bars below, then the bars with their whiskers. */
export function barTraces(bars, spec, theme) {
  const x = bars.map((_, k) => k);
  const color = bars.map(({ colour }) => colour);
  const feet = bars.map(({ foot }) => foot);
  const there = (value) => bars.map((bar) => (Number.isFinite(bar.value) ? value(bar) : NaN));
  const name = (k) => plain(spec.labels[k] ?? "");
  const foot = plain(spec.under_label);
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
      y: there(({ value }) => value),
      base: feet,
      width: WIDTH,
      marker: { color, line: { width: 0 } },
      error_y: {
        type: "data",
        symmetric: false,
        array: there(({ value, low, high }) => (high > low ? high - value : NaN)),
        arrayminus: there(({ value, low, high }) => (high > low ? value - low : NaN)),
        color: theme.text,
        thickness: THICK,
        width: WHISKER,
      },
      customdata: bars.map(words),
      hovertemplate: x.map((k) => `${name(k)}<br>%{customdata}<extra></extra>`),
      showlegend: false,
    },
  ];
}

function words({ value, low, high }) {
  return high > low ? `${significant(value)} (${significant(low)} to ${significant(high)})` : significant(value);
}
