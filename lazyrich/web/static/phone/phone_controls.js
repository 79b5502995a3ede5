// Controls beside the picture on a phone, where the sidebar covers it: the presets as chips above, the first sliders
// below.

import { element, fill } from "../shell/dom.js";
import { SliderView } from "../slider/slider_view.js";

/** @import { Trigger } from "../core/types.d.ts" */
/** @import { OfferedChoices, SliderSetting } from "../stream/messages.d.ts" */
/** @import { Actions } from "../shell/actions.js" */

const PHONE = "(max-width: 640px)"; // as in phone.css

export class PhoneControls {
  /** @param {Pick<Actions, "preset" | "slide">} act */
  constructor(act) {
    this.act = act;
    this.chips = element("div", { class: "chips", role: "group", "aria-label": "Presets" });
    this.sliderHost = element("div", { class: "hands" });
    /** @type {Map<string, HTMLButtonElement>} */
    this.presets = new Map(); // their chips
    /** @type {Map<string, SliderView>} */
    this.sliders = new Map();
    /** @type {OfferedChoices} */
    this.offered = {};
    this.phone = window.matchMedia(PHONE);
    this.phone.addEventListener("change", this.#onBreakpoint);
  }

  /** @param {OfferedChoices} [offered] */
  update(offered = {}) {
    this.offered = offered;
    const { presets, sliders = [] } = this.phone.matches ? offered : /** @type {OfferedChoices} */ ({});
    const { names = [], shown = null } = presets ?? {};
    // Only if there are others: a button that is taken out loses the focus.
    if (names.join() !== [...this.presets.keys()].join()) {
      this.presets = new Map(names.map((name) => [name, this.#chip(name)]));
      fill(this.chips, [...this.presets.values()]);
    }
    for (const [name, chip] of this.presets) chip.setAttribute("aria-pressed", String(name === shown));
    const wanted = sliders.map(({ name }) => name).join();
    if (wanted !== [...this.sliders.keys()].join()) {
      this.#drop();
      for (const { name } of sliders) this.sliders.set(name, new SliderView(this.sliderHost));
    }
    for (const data of sliders) {
      /** @type {Trigger} */
      const setTriggerValue = (_, setting) => this.act.slide(data.name, /** @type {SliderSetting} */ (setting));
      this.sliders.get(data.name)?.update({ data, setTriggerValue });
    }
  }

  remove() {
    this.phone.removeEventListener("change", this.#onBreakpoint);
    this.#drop();
  }

  #onBreakpoint = () => this.update(this.offered);

  /** @param {string} name */
  #chip(name) {
    return element("button", { type: "button", onclick: () => this.act.preset(name) }, name);
  }

  #drop() {
    for (const slider of this.sliders.values()) slider.destroy();
    this.sliders.clear();
  }
}
