// The entry of the live chart (lazyrich/web/components/live_chart.py).

import { loadPlotly, loadStyle } from "./load.js";
import "./number_fields.js";
import { createMount } from "./mounting.js";

/** @import { Component } from "../core/types.d.ts" */
/** @import { LiveData } from "../stream/messages.d.ts" */

/** @type {((component: Component<LiveData>) => () => void) | null} */
let mountRun = null;

/** @param {Component<LiveData>} component */
export async function mount(component) {
  // plotly.js is largest, so it is requested before the chart's own modules; LiveRun reports a failure to load it.
  for (const started of [loadPlotly(component.data.plotly), loadStyle(component.data.css)]) started.catch(() => {});
  const { LiveRun } = await import("../shell/live_run.js");
  mountRun ??= createMount((parent) => new LiveRun(parent));
  return mountRun(component);
}
