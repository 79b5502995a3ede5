// The legend of an exported plotly figure, read from its traces: each name once.

import { unescapeHtml } from "../core/figure.js";

/** @import { Trace } from "../core/types.d.ts" */
/** @import { SheetKey } from "./sheet.js" */

/**
 * The legend of plotly traces; a trace with `showlegend: false` or without a name has no entry.
 *
 * @param {Trace[]} traces
 */
export function keysOf(traces) {
  /** @type {Map<string, SheetKey>} */
  const keys = new Map();
  for (const trace of traces) {
    const key = keyOf(trace);
    if (!key) continue;
    const { label, ...look } = key;
    keys.set(`${label} ${JSON.stringify(look)}`, key); // traces of the same name and look share one entry
  }
  return [...keys.values()];
}

/**
 * @param {Trace} trace
 * @returns {SheetKey | null}
 */
function keyOf({ type, name, showlegend, mode = "lines", line, marker, opacity = 1, fill, fillcolor }) {
  if (!name || showlegend === false || type === "heatmap" || type === "contour") return null;
  const label = unescapeHtml(name);
  if (fill) return { label, band: fillcolor };
  const lined = mode.includes("lines") && line?.width !== 0;
  // of markers with a colour each, that of their edges
  const colour = typeof marker?.color === "string" ? marker.color : marker?.line?.color;
  return {
    label,
    ...(lined && { line: { colour: line?.color, width: line?.width ?? 2, dash: dashes(line?.dash), opacity } }),
    ...(!lined &&
      mode.includes("markers") && {
        mark: { shape: marker?.symbol ?? "circle", colour },
      }),
  };
}

const dashes = (/** @type {string | undefined} */ dash) =>
  dash && dash !== "solid"
    ? dash
        .split(",")
        .map((px) => Number.parseFloat(px))
        .filter(Number.isFinite)
    : [];
