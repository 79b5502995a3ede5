// The slider on the page: its name and help, a field to type in, and under them the browser's own range input.

import { loadStyle } from "../entry/load.js";
import { hold, release, undo, watchHand } from "../preview/hand.js";
import { element, required, setText } from "../shell/dom.js";
import { HelpPopover } from "../shell/help_popover.js";
import { watchRange } from "./slider_pointer.js";
import { nearest, stopsOf } from "./stops.js";

const PATIENCE = 4000; // ms for Python's answer to a setting, until which the slider stays where it was let go

let named = 0;

/** @import { Component, Trigger } from "../core/types.d.ts" */
/** @import { Settings, SliderData } from "../stream/messages.d.ts" */

export class SliderView {
  /** @type {SliderData | null} */
  #data = null;
  /** @type {Trigger | null} */
  #send = null;

  /** @param {Element} parent */
  constructor(parent) {
    const id = `slider-${++named}`;
    this.label = element("label", { for: id });
    this.help = new HelpPopover();
    this.number = element("input", { type: "text", class: "number", autocomplete: "off", spellcheck: "false" });
    this.range = element("input", { type: "range", id, min: 0, max: 1, step: 1, value: 0 });
    this.host = element(
      "div",
      { class: "slider", "data-testid": "slider" },
      this.label,
      this.number,
      this.range,
      this.help.node,
    );
    this.host.style.visibility = "hidden"; // until the style sheet is here
    parent.append(this.host);
    this.serial = 0; // of the last setting
    this.sent = NaN; // when it was sent
    this.edited = false; // the field holds a text that Python has not read
    this.stops = [0];
    this.settled = 0; // the value that Python has, or will have
    this.hand = watchRange(this.range, {
      moved: (at) => this.#move(at),
      commit: () => this.#commit(),
      cancel: () => this.#undo(),
    });
    // The dot of a map and presets move it as well.
    this.deaf = watchHand({
      held: (settings) => this.#follow(settings),
      chosen: (settings) => this.#follow(settings),
      undone: () => this.#data && !this.hand.busy() && this.#rest(),
    });
    this.number.addEventListener("input", () => (this.edited = true));
    this.number.addEventListener("keydown", (event) => this.#typing(event));
    this.number.addEventListener("blur", () => this.#typed());
    this.number.addEventListener("focus", () => this.number.select());
  }

  /** What Python says; an error before the first update(). */
  get data() {
    return required(this.#data, "What Python says of a slider");
  }

  /** @param {Pick<Component<SliderData>, "data" | "setTriggerValue">} component */
  update({ data, setTriggerValue }) {
    this.#send = setTriggerValue;
    const { css } = data;
    if (this.#data?.label !== data.label || this.#data.help !== data.help) this.#name(data);
    this.#data = data;
    const show = () => this.host.style.removeProperty("visibility");
    loadStyle(css).then(show, show); // without it the slider can be used all the same
    if (!this.hand.busy()) this.#rest();
  }

  destroy() {
    this.hand.stop(); // may take a preview back
    this.deaf();
    this.host.remove();
  }

  /** The value that is shown. */
  get value() {
    return this.stops[Number(this.range.value)];
  }

  /** @param {SliderData} data */
  #name({ name, label, help, low, whole }) {
    this.host.dataset.name = name;
    this.word?.remove();
    this.word = this.help.termButton("?", help);
    this.word.setAttribute("aria-label", `Help on ${label}`);
    setText(this.label, label);
    this.label.after(this.word);
    this.number.setAttribute("aria-label", `${label}, typed`);
    // a keypad of numbers has no minus
    this.number.inputMode = low < 0 ? "text" : whole ? "numeric" : "decimal";
  }

  // Nobody moves it: it stands where Python says. An answer to an earlier setting than the last one comes too late.
  #rest() {
    const late = this.data.answered < this.serial && performance.now() - this.sent < PATIENCE;
    if (!late) {
      this.settled = this.data.value;
      this.#stand(stopsOf(this.data));
    }
    this.show(this.settled);
  }

  /**
   * It can stand here from now on.
   *
   * @param {number[]} stops
   */
  #stand(stops) {
    this.stops = stops;
    this.range.max = String(stops.length - 1);
  }

  /**
   * Stand at the stop nearest to a value.
   *
   * @param {number} value
   */
  show(value) {
    this.range.value = String(nearest(this.stops, value));
    this.#tell();
  }

  #tell() {
    const text = String(this.value);
    if (document.activeElement !== this.number || !this.edited) this.number.value = text;
    this.range.setAttribute("aria-valuetext", text);
    this.host.style.setProperty("--share", String(Number(this.range.value) / Math.max(1, this.stops.length - 1)));
  }

  /** @param {number} at performance.now() of the event */
  #move(at) {
    this.#tell();
    const { name, preview } = this.data;
    if (preview) hold({ [name]: this.value }, at);
  }

  /** @param {Settings} settings */
  #follow(settings) {
    const value = this.#data && settings[this.#data.name];
    if (typeof value !== "number" || this.hand.busy()) return;
    this.#stand(stopsOf({ ...this.data, value }));
    this.show(value);
  }

  #commit() {
    const { value } = this;
    if (value === this.settled) return this.#undo();
    this.settled = value;
    if (this.data.preview) release();
    this.#set({ value });
  }

  #undo() {
    this.#rest();
    if (this.data.preview) undo();
  }

  /** @param {{ value: number } | { text: string }} setting */
  #set(setting) {
    this.sent = performance.now();
    this.serial = Math.max(this.serial + 1, this.sent);
    this.#send?.("set", { ...setting, serial: this.serial });
  }

  /** @param {KeyboardEvent} event */
  #typing(event) {
    if (event.key === "Enter") this.#typed();
    else if (event.key === "Escape") {
      this.edited = false;
      this.#tell();
      this.number.select();
    }
  }

  #typed() {
    if (!this.edited) return;
    this.edited = false;
    const text = this.number.value;
    // Python reads it: a number has many ways to be written.
    if (text !== String(this.value)) this.#set({ text });
  }
}
