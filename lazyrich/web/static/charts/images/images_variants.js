// Buttons in the caption that choose between variants of the filters' pictures; made once, so that they keep the focus.

import { element, fill } from "../../shell/dom.js";

export class Variants {
  /** looks: [{label, help}]. choose(look): a button was pressed. */
  constructor(looks, choose) {
    this.node = element("span", { class: "looks", role: "group", "aria-label": "What is shown" });
    const button = (look) =>
      element("button", { type: "button", title: look.help, onclick: () => choose(look) }, look.label);
    this.buttons = new Map(looks.map((look) => [look, button(look)]));
  }

  /** Offer some of the variants, one of which is shown. */
  offer(looks, shown) {
    fill(
      this.node,
      looks.map((look) => this.buttons.get(look)),
    );
    this.press(shown);
  }

  press(shown) {
    for (const [look, button] of this.buttons) button.setAttribute("aria-pressed", String(look === shown));
  }
}
