// Colours of networks that train side by side, and the button that removes the ghost. The table above (run_table.js)
// identifies kept runs.

import { networkColour } from "../colours/network_colours.js";
import { EXACT_WIDTH, exactOpacity } from "../core/exact.js";
import { setting } from "../core/format.js";
import { element, key, swatch } from "./dom.js";

/** @import { Scene } from "../core/types.d.ts" */

export class Legend {
  /** @param {() => void} dismiss the visitor takes the ghost off the charts */
  constructor(dismiss) {
    this.items = element("span", { class: "items" });
    this.node = element("div", { class: "legend" }, this.items);
    this.dismiss = dismiss;
    this.renderedKey = "";
  }

  /** @param {Scene} scene */
  show(scene) {
    // Where networks train side by side, what their colours are, once for all charts.
    const networks = scene.current.log.networks > 1 ? (scene.current.log.chartData.alphas ?? []) : [];
    const { label, colour } = scene.current;
    const compared = scene.kept.length > 0;
    const exact = scene.current.log.chartData.exact_by;
    const contents = JSON.stringify([
      label,
      colour,
      compared,
      scene.ghost?.id,
      scene.colours.ghost,
      exact,
      scene.theme.dark,
      networks,
    ]);
    if (contents === this.renderedKey) return;
    this.renderedKey = contents;
    const items = [];
    if (!compared) {
      const run = scene.ghost ? [swatch(colour), label || "this run"] : [label];
      items.push(element("span", { class: "key current" }, ...run));
    }
    items.push(...networks.map((alpha, k) => key(swatch(networkColour(scene.colours, k)), `α ${setting(alpha)}`)));
    if (scene.ghost) {
      const button = element("button", { type: "button", class: "dismiss", onclick: this.dismiss }, "Dismiss ghost");
      const name = scene.ghost.label ? `ghost: ${scene.ghost.label}` : "ghost of the last run";
      items.push(element("span", { class: "key ghost" }, swatch(scene.colours.ghost), name, button));
    }
    if (exact) {
      const { log } = scene.current;
      const there = Object.keys(log.chartData.exact ?? {}).length > 0;
      const exactSwatch = there ? [swatch(colour, "solid", EXACT_WIDTH, exactOpacity(scene.theme))] : [];
      items.push(key(...exactSwatch, exact));
    }
    this.items.replaceChildren(...items);
  }
}
