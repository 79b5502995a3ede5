// Controls to compare kept runs: planes on one scale or each on its own, along flow time or steps.

import { element } from "./dom.js";

/** @import { Scene } from "../core/types.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { ChartGrid } from "./chart_grid.js" */

export class Comparison {
  /** @param {Pick<Actions, "sameScale" | "along">} act */
  constructor(act) {
    /** @type {HTMLInputElement} */
    const box = element("input", { type: "checkbox", onchange: () => act.sameScale(box.checked) });
    this.scale = element("label", { class: "choice" }, box, "same scale");
    const options = [element("option", { value: "time" }, "flow time"), element("option", { value: "step" }, "steps")];
    /** @type {HTMLSelectElement} */
    const select = element(
      "select",
      { onchange: () => act.along(select.value === "step" ? "step" : "time") },
      ...options,
    );
    this.along = element("label", { class: "choice" }, "compare at equal", select);
    this.node = element("span", { class: "comparison", hidden: true }, this.along, this.scale);
  }

  /**
   * @param {Scene} scene
   * @param {ChartGrid} grid
   */
  show({ current, kept }, grid) {
    this.node.hidden = kept.length === 0;
    this.scale.hidden = !grid.charts.some((chart) => chart.keptId);
    this.along.hidden = !current.log.chartData.time_per_step; // without it there is only one axis
  }
}
