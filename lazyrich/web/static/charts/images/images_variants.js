// Buttons in the caption that choose between variants of the filters' pictures; made once, so that they keep the focus.

import { element, fill } from "../../shell/dom.js";

/** @import { Variant } from "../../core/chart_specs.d.ts" */

export class Variants {
  /**
   * @param {Variant[]} looks
   * @param {(look: Variant) => void} choose a button was pressed
   */
  constructor(looks, choose) {
    this.node = element("span", { class: "looks", role: "group", "aria-label": "What is shown" });
    const button = (/** @type {Variant} */ look) =>
      element("button", { type: "button", title: look.help, onclick: () => choose(look) }, look.label);
    this.buttons = new Map(looks.map((look) => [look, button(look)]));
  }

  /**
   * Offer some of the variants.
   *
   * @param {Variant[]} looks
   * @param {Variant} shown one of them
   */
  offer(looks, shown) {
    fill(
      this.node,
      looks.flatMap((look) => this.buttons.get(look) ?? []),
    );
    this.press(shown);
  }

  /** @param {Variant} shown */
  press(shown) {
    for (const [look, button] of this.buttons) button.setAttribute("aria-pressed", String(look === shown));
  }
}
