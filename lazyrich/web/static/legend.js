// Which colour is which run, where there are several, and the ghost's way out.

import { armColour } from "./arms.js";
import { element, key, swatch } from "./elements.js";
import { EXACT_WIDTH, exactOpacity } from "./exact.js";
import { setting } from "./numbers.js";

export class Legend {
  constructor(dismiss) {
    this.node = element("div", { class: "legend" });
    this.dismiss = dismiss;
    this.described = "";
  }

  show(scene) {
    // Where networks train side by side, what their colours are, once for all charts.
    const arms = scene.current.log.arms > 1 ? scene.current.log.view.alphas : [];
    const several = scene.kept.length > 0 || scene.ghost !== null;
    const runs = [scene.current, ...scene.kept].map(({ label, colour, key }) => ({ label, colour, key }));
    const exact = scene.current.log.view.exact_by;
    const described = JSON.stringify([runs, scene.ghost?.id, scene.colours.ghost, exact, scene.theme.dark, arms]);
    if (described === this.described) return;
    this.described = described;
    const items = runs.map(({ label, colour, key }) => {
      const current = key === "current";
      if (!several) return element("span", { class: "key current" }, label);
      return element(
        "span",
        { class: current ? "key current" : "key" },
        swatch(colour),
        label || (current ? "this run" : "kept run"),
      );
    });
    items.push(...arms.map((alpha, k) => key(swatch(armColour(scene.colours, k)), `α ${setting(alpha)}`)));
    if (scene.ghost) {
      const button = element("button", { type: "button", class: "dismiss", onclick: this.dismiss }, "Dismiss ghost");
      const name = scene.ghost.label ? `ghost: ${scene.ghost.label}` : "ghost of the last run";
      items.push(element("span", { class: "key ghost" }, swatch(scene.colours.ghost), name, button));
    }
    if (exact) {
      const { colour, log } = scene.current;
      const there = Object.keys(log.view.exact ?? {}).length > 0;
      const bed = there ? [swatch(colour, "solid", EXACT_WIDTH, exactOpacity(scene.theme))] : [];
      items.push(key(...bed, exact));
    }
    this.node.replaceChildren(...items);
  }
}
