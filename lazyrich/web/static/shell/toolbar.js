// The toolbar of charts without plotly; plotly has its own.

import { openExport } from "../export/dialog.js";
import { element, icon } from "./dom.js";

const PICTURES = {
  sheet: "M2 2h9l3 3v9H2zM4 4v8h8V6h-2V4zM5 8h6v1H5zM5 10h6v1H5z",
  png: "M5 3l1-1.5h4L11 3h3.5v10h-13V3zM8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zm0 1.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
  svg: "M2 1h9l3 3v11H2zM4 2v4h7V2zM4 14h8V9H4z",
  closer: "M7 2h2v5h5v2H9v5H7V9H2V7h5z",
  farther: "M2 7h12v2H2z",
  home: "M8 1l7 6.5h-2V14H9.5v-4h-3v4H3V7.5H1z",
};

/** @import { Savable } from "../export/targets.js" */
/** @typedef {[name: string, picture: keyof typeof PICTURES, act: () => void]} Tool */

/**
 * A toolbar with the tools that save a chart, followed by others.
 *
 * @param {Savable} chart
 * @param {Tool[]} more
 */
export function toolbar(chart, more = []) {
  /** @type {Tool[]} */
  const saving = [
    ["Save for slides or papers", "sheet", () => openExport(chart)],
    ["Download as PNG", "png", () => chart.save("png")],
    ["Download as SVG", "svg", () => chart.save("svg")],
  ];
  return element(
    "div",
    { class: "bar" },
    ...[...saving, ...more].map(([name, picture, onclick]) =>
      element("button", { type: "button", title: name, "aria-label": name, onclick }, icon(PICTURES[picture])),
    ),
  );
}
