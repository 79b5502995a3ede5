// Controls to compare kept runs: planes on one scale or each on its own, along flow time or steps.

import { element } from "./dom.js";

export class Comparison {
  /** act: {sameScale(on), along(column)}. */
  constructor(act) {
    const box = element("input", { type: "checkbox", onchange: () => act.sameScale(box.checked) });
    this.scale = element("label", { class: "choice" }, box, "same scale");
    const options = [element("option", { value: "time" }, "flow time"), element("option", { value: "step" }, "steps")];
    const select = element("select", { onchange: () => act.along(select.value) }, ...options);
    this.along = element("label", { class: "choice" }, "compare at equal", select);
    this.node = element("span", { class: "comparison", hidden: true }, this.along, this.scale);
  }

  show({ current, kept }, stage) {
    this.node.hidden = kept.length === 0;
    this.scale.hidden = !stage.charts.some((chart) => chart.keeps);
    this.along.hidden = !current.log.chartData.time_per_step; // elsewhere there is one axis only
  }
}
