// Curves at rest: the same picture as plotly traces.

import { escapeHtml } from "../../core/figure.js";
import { moment } from "../../core/format.js";
import { plotlyDash } from "../../shell/dom.js";
import { FAINT, WIDTH } from "./curve_canvas.js";

/** @import { Band, Series } from "../../core/chart_specs.d.ts" */
/** @import { DrawnRun, ShownRun, Trace } from "../../core/types.d.ts" */
/** @import { Line } from "./curve_canvas.js" */

/**
 * A list of what each frame has.
 *
 * @template T
 * @param {number} upTo the last frame
 * @param {(frame: number) => T} value
 */
const frames = (upTo, value) => Array.from({ length: upTo + 1 }, (_, k) => value(k));

/**
 * A column up to a run's frame. A log axis cannot show 0 and below, nor JSON hold non-finite numbers: both are gaps.
 *
 * @param {DrawnRun} run
 * @param {string} column
 * @param {boolean} positive the axis is logarithmic
 */
function values({ log, upTo }, column, positive) {
  return frames(upTo, (k) => {
    const value = log.value(k, column);
    return Number.isFinite(value) && (value > 0 || !positive) ? value : null;
  });
}

/**
 * A line over the column x.
 *
 * @param {Omit<ShownRun, "key">} run
 * @param {string} x
 * @param {Line} line
 * @param {boolean} positive the axis is logarithmic
 * @param {boolean} named the label includes the run's name
 * @returns {Trace}
 */
export function curveTrace(run, x, { column, label, dash, faint }, positive, named) {
  const { log, upTo, colour } = run;
  const name = escapeHtml(named && run.label ? `${label}, ${run.label}` : label);
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: frames(upTo, (k) => log.value(k, x)),
    y: values(run, column, positive),
    customdata: frames(upTo, (k) => moment(log, k)),
    line: { color: colour, width: faint ? FAINT.width : WIDTH, dash: plotlyDash(dash) },
    ...(faint
      ? { opacity: FAINT.opacity, hoverinfo: "skip", showlegend: false }
      : { hovertemplate: `${name}: %{y:.3g}<br>%{customdata}<extra></extra>` }),
  };
}

/**
 * The band between two columns: its lower edge, and the upper one filled down to it.
 *
 * @param {DrawnRun} run
 * @param {string} x
 * @param {Band} band
 * @param {boolean} positive the axis is logarithmic
 * @returns {Trace[]}
 */
export function bandTraces(run, x, { low, high, label }, positive) {
  const edge = (/** @type {string} */ column, /** @type {Trace} */ more) => ({
    type: "scatter",
    mode: "lines",
    x: frames(run.upTo, (k) => run.log.value(k, x)),
    y: values(run, column, positive),
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
    ...more,
  });
  const fill = { fill: "tonexty", fillcolor: `${run.colour}38`, showlegend: Boolean(label), name: escapeHtml(label) };
  return [edge(low, {}), edge(high, fill)];
}

/**
 * Discs at the present values of some series.
 *
 * @param {DrawnRun} run
 * @param {string} x
 * @param {Pick<Series, "column">[]} series
 * @param {string} edge colour
 * @returns {Trace}
 */
export function endTrace({ log, upTo, colour }, x, series, edge) {
  return {
    type: "scatter",
    mode: "markers",
    x: series.map(() => log.value(upTo, x)),
    y: series.map(({ column }) => log.value(upTo, column)),
    marker: { color: colour, size: 9, line: { width: 1.5, color: edge } },
    hoverinfo: "skip",
    showlegend: false,
  };
}
