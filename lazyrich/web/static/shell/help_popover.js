// Help popover: explains a term in a sentence, with the formula below it; opened by hover, focus, click or tap.

import { element, say } from "./dom.js";

/** @import { Attributes } from "../core/types.d.ts" */

const BELOW = 4; // px under the word
const LEAVING = 250; // ms in which a pointer may go from the word to the popover, whose text can then be selected

export class HelpPopover {
  constructor() {
    this.sentence = element("span");
    this.formula = element("span", { class: "formula" });
    this.node = element("p", { class: "meaning", hidden: true }, this.sentence, this.formula);
    this.node.addEventListener("pointerenter", () => clearTimeout(this.leaving));
    this.node.addEventListener("pointerleave", () => this.#leave());
    this.onEscape = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.#hide();
    this.leaving = 0; // timer
    /** @type {HTMLElement | null} */
    this.shown = null; // the word that is explained
  }

  /**
   * Make a button of a term. Its explanation opens below it, within the parent of the node.
   *
   * @param {string} text
   * @param {string} meaning
   * @param {string} formula
   * @returns {HTMLButtonElement}
   */
  word(text, meaning, formula = "") {
    const show = () => this.#show(word, meaning, formula);
    /** @type {Attributes} */
    const asked = {
      onfocus: show,
      onclick: show, // not every browser focuses a clicked element
      onblur: () => this.#hide(),
      onpointerenter: (event) => event.pointerType === "mouse" && show(),
      onpointerleave: () => this.#leave(),
    };
    const description = formula ? `${meaning} ${formula}` : meaning;
    const word = element("button", { type: "button", class: "asked", "aria-description": description, ...asked }, text);
    return word;
  }

  /**
   * @param {HTMLElement} word
   * @param {string} meaning
   * @param {string} formula
   */
  #show(word, meaning, formula) {
    const { node } = this;
    clearTimeout(this.leaving);
    this.shown = word;
    say(this.sentence, meaning);
    say(this.formula, formula);
    this.formula.hidden = !formula;
    node.hidden = false;
    node.style.left = "0px"; // use the whole width for the measurement
    const { clientWidth } = node.offsetParent ?? document.body;
    const left = Math.min(word.offsetLeft, clientWidth - node.offsetWidth);
    node.style.left = `${Math.max(0, left)}px`;
    node.style.top = `${word.offsetTop + word.offsetHeight + BELOW}px`;
    document.addEventListener("keydown", this.onEscape); // a word under the pointer need not have the focus
  }

  #hide() {
    clearTimeout(this.leaving);
    document.removeEventListener("keydown", this.onEscape);
    this.node.hidden = true;
  }

  // Keep the popover open while its word has the focus.
  #leave() {
    clearTimeout(this.leaving);
    if (document.activeElement !== this.shown) this.leaving = setTimeout(() => this.#hide(), LEAVING);
  }
}
