// Choices by a click that are previewed before the page runs again: presets and the next seed.

import { choose } from "./control_events.js";

/** @import { OfferedChoices, OfferedPresets } from "../stream/messages.d.ts" */

export class Choices {
  constructor() {
    /** @type {OfferedPresets | undefined} */
    this.presets = undefined;
    /** @type {number | null} */
    this.next = null; // seed
    this.off = new AbortController();
    document.addEventListener("click", (event) => this.#click(event), { capture: true, signal: this.off.signal });
  }

  /** @param {OfferedChoices} offered */
  update(offered = {}) {
    this.presets = offered.presets;
    this.next = offered.seed ?? null;
  }

  /** The visitor takes the next seed. */
  seed() {
    if (this.next !== null) choose({ seed: this.next });
  }

  /**
   * The visitor takes a preset.
   *
   * @param {string} name
   */
  preset(name) {
    const settings = this.presets?.settings[name];
    if (settings) choose(settings);
  }

  stop() {
    this.off.abort();
  }

  /** @param {Event} event */
  #click({ target }) {
    if (!this.presets || !(target instanceof Element)) return;
    const button = target.closest(this.presets.buttons);
    if (button) this.preset((button.textContent ?? "").trim());
  }
}
