// What a click changes, of which a preview is asked for before the page runs again: presets and the next seed.

import { choose } from "./hand.js";

export class Choices {
  constructor() {
    this.off = new AbortController();
    document.addEventListener("click", (event) => this.#click(event), { capture: true, signal: this.off.signal });
  }

  /** offered: {presets: {buttons: selector, names, shown, settings: {name: settings}}, seed, sliders}, as Python has it. */
  update(offered = {}) {
    this.presets = offered.presets;
    this.next = offered.seed ?? null;
  }

  /** The visitor takes the next seed. */
  seed() {
    if (this.next !== null) choose({ seed: this.next }, performance.now());
  }

  /** The visitor takes a preset. */
  preset(name, at = performance.now()) {
    const settings = this.presets?.settings[name];
    if (settings) choose(settings, at);
  }

  stop() {
    this.off.abort();
  }

  #click(event) {
    const button = this.presets && event.target.closest?.(this.presets.buttons);
    if (button) this.preset(button.textContent.trim(), event.timeStamp);
  }
}
