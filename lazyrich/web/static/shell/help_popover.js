// Help popover: explains a term in a sentence, with the formula below it; opened by hover, focus, click or tap.

import { element, setText } from "./dom.js";

/** @import { Attributes } from "../core/types.d.ts" */

const BELOW = 4; // px under the term
const HIDE_DELAY = 250; // ms for a pointer to move from the term into the popover, whose text can then be selected

export class HelpPopover {
  constructor() {
    this.sentence = element("span");
    this.formula = element("span", { class: "formula" });
    this.node = element("p", { class: "meaning", hidden: true }, this.sentence, this.formula);
    this.node.addEventListener("pointerenter", () => clearTimeout(this.hideTimer));
    this.node.addEventListener("pointerleave", () => this.#hideLater());
    this.onEscape = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.#hide();
    this.hideTimer = 0;
    /** @type {HTMLElement | null} */
    this.shownTerm = null; // button of the term that is explained
  }

  /**
   * Create the button of a term. Its explanation opens below it, within the parent of the node.
   *
   * @param {string} text
   * @param {string} meaning
   * @param {string} formula
   * @returns {HTMLButtonElement}
   */
  termButton(text, meaning, formula = "") {
    const show = () => this.#show(term, meaning, formula);
    /** @type {Attributes} */
    const listeners = {
      onfocus: show,
      onclick: show, // not every browser focuses a clicked element
      onblur: () => this.#hide(),
      onpointerenter: (event) => event.pointerType === "mouse" && show(),
      onpointerleave: () => this.#hideLater(),
    };
    const description = formula ? `${meaning} ${formula}` : meaning;
    const term = element(
      "button",
      { type: "button", class: "asked", "aria-description": description, ...listeners },
      text,
    );
    return term;
  }

  /**
   * @param {HTMLElement} term
   * @param {string} meaning
   * @param {string} formula
   */
  #show(term, meaning, formula) {
    const { node } = this;
    clearTimeout(this.hideTimer);
    this.shownTerm = term;
    setText(this.sentence, meaning);
    setText(this.formula, formula);
    this.formula.hidden = !formula;
    node.hidden = false;
    node.style.left = "0px"; // use the whole width for the measurement
    const { clientWidth } = node.offsetParent ?? document.body;
    const left = Math.min(term.offsetLeft, clientWidth - node.offsetWidth);
    node.style.left = `${Math.max(0, left)}px`;
    node.style.top = `${term.offsetTop + term.offsetHeight + BELOW}px`;
    document.addEventListener("keydown", this.onEscape); // a term under the pointer need not have the focus
  }

  #hide() {
    clearTimeout(this.hideTimer);
    document.removeEventListener("keydown", this.onEscape);
    this.node.hidden = true;
  }

  // Keep the popover open while its term has the focus.
  #hideLater() {
    clearTimeout(this.hideTimer);
    if (document.activeElement !== this.shownTerm) this.hideTimer = setTimeout(() => this.#hide(), HIDE_DELAY);
  }
}
