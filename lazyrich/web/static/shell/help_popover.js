// Help popover: explains a term, opened by Tab, click or tap.

import { element, say } from "./dom.js";

const BELOW = 4; // px under the word

export class HelpPopover {
  constructor() {
    this.node = element("p", { class: "meaning", hidden: true });
  }

  /** Make a button of a term. Its explanation opens below it, within the parent of the node. */
  word(text, meaning) {
    const hide = () => (this.node.hidden = true);
    const show = () => this.#show(word, meaning);
    const onkeydown = (event) => event.key === "Escape" && hide();
    const asked = { onfocus: show, onclick: show, onblur: hide, onkeydown }; // not every browser focuses what is clicked
    const word = element("button", { type: "button", class: "asked", "aria-description": meaning, ...asked }, text);
    return word;
  }

  #show(word, meaning) {
    const { node } = this;
    say(node, meaning);
    node.hidden = false;
    node.style.left = "0px"; // all the room there is, to be measured
    const left = Math.min(word.offsetLeft, node.offsetParent.clientWidth - node.offsetWidth);
    node.style.left = `${Math.max(0, left)}px`;
    node.style.top = `${word.offsetTop + word.offsetHeight + BELOW}px`;
  }
}
