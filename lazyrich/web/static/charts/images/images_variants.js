// Buttons in the caption that choose between variants of the filters' pictures; made once, so that they keep the focus.

import { element, fill } from "../../shell/dom.js";

/** @import { Variant } from "../../core/chart_specs.d.ts" */

export class Variants {
  /**
   * @param {Variant[]} variants
   * @param {(look: Variant) => void} choose a button was pressed
   */
  constructor(variants, choose) {
    this.node = element("span", { class: "looks", role: "group", "aria-label": "What is shown" });
    const button = (/** @type {Variant} */ variant) =>
      element("button", { type: "button", title: variant.help, onclick: () => choose(variant) }, variant.label);
    this.buttons = new Map(variants.map((variant) => [variant, button(variant)]));
  }

  /**
   * Offer some of the variants.
   *
   * @param {Variant[]} variants
   * @param {Variant} shown one of them
   */
  setOffered(variants, shown) {
    fill(
      this.node,
      variants.flatMap((variant) => this.buttons.get(variant) ?? []),
    );
    this.press(shown);
  }

  /** @param {Variant} shown */
  press(shown) {
    for (const [variant, button] of this.buttons) button.setAttribute("aria-pressed", String(variant === shown));
  }
}
