// Help popover: explains a term in a sentence, with the formula below it; opened by hover, focus, click or tap.

import { element, say } from "./dom.js";

const BELOW = 4; // px under the word
const LEAVING = 250; // ms in which a pointer may go from the word to the popover, whose text can then be selected

export class HelpPopover {
  constructor() {
    this.sentence = element("span");
    this.formula = element("span", { class: "formula" });
    this.node = element("p", { class: "meaning", hidden: true }, this.sentence, this.formula);
    this.node.addEventListener("pointerenter", () => clearTimeout(this.leaving));
    this.node.addEventListener("pointerleave", () => this.#leave());
    this.onEscape = (event) => event.key === "Escape" && this.#hide();
  }

  /** Make a button of a term. Its explanation opens below it, within the parent of the node. */
  word(text, meaning, formula = "") {
    const show = () => this.#show(word, meaning, formula);
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

  #show(word, meaning, formula) {
    const { node } = this;
    clearTimeout(this.leaving);
    this.shown = word;
    say(this.sentence, meaning);
    say(this.formula, formula);
    this.formula.hidden = !formula;
    node.hidden = false;
    node.style.left = "0px"; // use the whole width for the measurement
    const left = Math.min(word.offsetLeft, node.offsetParent.clientWidth - node.offsetWidth);
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
