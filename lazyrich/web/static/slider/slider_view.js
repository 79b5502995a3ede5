// The slider on the page: its name and help, a field to type in, and under them the browser's own range input.

import { loadStyle } from "../entry/load.js";
import { hold, release, undo, watchControls } from "../preview/control_events.js";
import { element, required, setText } from "../shell/dom.js";
import { HelpPopover } from "../shell/help_popover.js";
import { watchRange } from "./slider_pointer.js";
import { nearest, stopsOf } from "./stops.js";

const ANSWER_TIMEOUT = 4000; // ms for Python to answer a setting, while the slider stays where it was released

let instances = 0;

/** @import { Component, Trigger } from "../core/types.d.ts" */
/** @import { Settings, SliderData } from "../stream/messages.d.ts" */

export class SliderView {
  /** @type {SliderData | null} */
  #data = null;
  /** @type {Trigger | null} */
  #send = null;

  /** @param {Element} parent */
  constructor(parent) {
    const id = `slider-${++instances}`;
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
    this.sentAt = NaN; // performance.now() when it was sent
    this.edited = false; // the field holds a text that Python has not read
    this.stops = [0];
    this.committed = 0; // the value that Python has, or will have
    this.pointer = watchRange(this.range, {
      moved: () => this.#move(),
      commit: () => this.#commit(),
      cancel: () => this.#undo(),
    });
    // The dot of a map and presets move the slider as well.
    this.unsubscribe = watchControls({
      held: (settings) => this.#follow(settings),
      chosen: (settings) => this.#follow(settings),
      undone: () => this.#data && !this.pointer.busy() && this.#showCommitted(),
    });
    this.number.addEventListener("input", () => (this.edited = true));
    this.number.addEventListener("keydown", (event) => this.#onFieldKey(event));
    this.number.addEventListener("blur", () => this.#submitText());
    this.number.addEventListener("focus", () => this.number.select());
  }

  /** The data that Python sent last; an error before the first update(). */
  get data() {
    return required(this.#data, "What Python says of a slider");
  }

  /** @param {Pick<Component<SliderData>, "data" | "setTriggerValue">} component */
  update({ data, setTriggerValue }) {
    this.#send = setTriggerValue;
    const { css } = data;
    if (this.#data?.label !== data.label || this.#data.help !== data.help) this.#label(data);
    this.#data = data;
    const show = () => this.host.style.removeProperty("visibility");
    loadStyle(css).then(show, show); // without it the slider can be used all the same
    if (!this.pointer.busy()) this.#showCommitted();
  }

  destroy() {
    this.pointer.stop(); // may take a preview back
    this.unsubscribe();
    this.host.remove();
  }

  /** The value that is shown. */
  get value() {
    return this.stops[Number(this.range.value)];
  }

  /**
   * Write the name and the help.
   *
   * @param {SliderData} data
   */
  #label({ name, label, help, low, whole }) {
    this.host.dataset.name = name;
    this.helpButton?.remove();
    this.helpButton = this.help.termButton("?", help);
    this.helpButton.setAttribute("aria-label", `Help on ${label}`);
    setText(this.label, label);
    this.label.after(this.helpButton);
    this.number.setAttribute("aria-label", `${label}, typed`);
    // a keypad of numbers has no minus
    this.number.inputMode = low < 0 ? "text" : whole ? "numeric" : "decimal";
  }

  // Show the value that Python has. An answer to an earlier setting than the last one is ignored.
  #showCommitted() {
    const late = this.data.answered < this.serial && performance.now() - this.sentAt < ANSWER_TIMEOUT;
    if (!late) {
      this.committed = this.data.value;
      this.#setStops(stopsOf(this.data));
    }
    this.show(this.committed);
  }

  /**
   * Set the positions of the slider.
   *
   * @param {number[]} stops
   */
  #setStops(stops) {
    this.stops = stops;
    this.range.max = String(stops.length - 1);
  }

  /**
   * Move to the stop nearest to a value.
   *
   * @param {number} value
   */
  show(value) {
    this.range.value = String(nearest(this.stops, value));
    this.#updateText();
  }

  #updateText() {
    const text = String(this.value);
    if (document.activeElement !== this.number || !this.edited) this.number.value = text;
    this.range.setAttribute("aria-valuetext", text);
    this.host.style.setProperty("--share", String(Number(this.range.value) / Math.max(1, this.stops.length - 1)));
  }

  #move() {
    this.#updateText();
    const { name, preview } = this.data;
    if (preview) hold({ [name]: this.value });
  }

  /** @param {Settings} settings */
  #follow(settings) {
    const value = this.#data && settings[this.#data.name];
    if (typeof value !== "number" || this.pointer.busy()) return;
    this.#setStops(stopsOf({ ...this.data, value }));
    this.show(value);
  }

  #commit() {
    const { value } = this;
    if (value === this.committed) return this.#undo();
    this.committed = value;
    if (this.data.preview) release();
    this.#set({ value });
  }

  #undo() {
    this.#showCommitted();
    if (this.data.preview) undo();
  }

  /** @param {{ value: number } | { text: string }} setting */
  #set(setting) {
    this.sentAt = performance.now();
    this.serial = Math.max(this.serial + 1, this.sentAt);
    this.#send?.("set", { ...setting, serial: this.serial });
  }

  /** @param {KeyboardEvent} event */
  #onFieldKey(event) {
    if (event.key === "Enter") this.#submitText();
    else if (event.key === "Escape") {
      this.edited = false;
      this.#updateText();
      this.number.select();
    }
  }

  #submitText() {
    if (!this.edited) return;
    this.edited = false;
    const text = this.number.value;
    // Python reads it: a number has many ways to be written.
    if (text !== String(this.value)) this.#set({ text });
  }
}
