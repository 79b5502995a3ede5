// The verdict of a run, its numbers, and its position between lazy and rich.

import { significant } from "../core/format.js";
import { element, setText } from "./dom.js";
import { HelpPopover } from "./help_popover.js";
import { readingValue } from "./reading_value.js";
import { RunTable } from "./run_table.js";

const DISTANCE_COLUMN = "kernel_distance";
const TICKS = [0.01, 0.1, 0.4]; // between lazy, moving, rich and very rich, as in lazyrich/experiments/common/verdict.py

/** @import { Reading } from "../core/chart_specs.d.ts" */
/** @import { Scene } from "../core/types.d.ts" */

/**
 * CSS offset of a kernel distance on the scale. Most distances are below 0.1, so the scale follows the square root.
 *
 * @param {number} distance
 */
const offsetOf = (distance) => `${(100 * Math.sqrt(Math.min(1, Math.max(0, distance)))).toFixed(2)}%`;

export class Readings {
  /** @param {(id: string) => void} drop the visitor takes a kept run off the page */
  constructor(drop) {
    this.verdict = element("p", { class: "verdict" });
    this.remark = element("p", { class: "remark" });
    this.list = element("dl", { class: "numbers" });
    this.marker = element("i", { class: "marker" });
    this.others = element("span", { class: "others" });
    /** @type {HTMLElement[]} */
    this.marks = []; // in it, of the runs beside the current one
    const ticks = TICKS.map((value) =>
      element("i", { class: "tick", style: `left: ${offsetOf(value)}` }, element("b", {}, String(value))),
    );
    this.track = element("span", { class: "track" }, ...ticks, this.others, this.marker);
    this.scale = element(
      "div",
      { class: "scale", role: "img" },
      element("span", {}, "lazy"),
      this.track,
      element("span", {}, "rich"),
    );
    this.popover = new HelpPopover();
    this.table = new RunTable(this.popover, drop);
    const parts = [this.verdict, this.scale, this.list, this.table.node, this.remark, this.popover.node];
    this.node = element("header", { class: "head" }, ...parts);
    this.renderedKey = "";
    /** @type {Reading[]} */
    this.readings = [];
    /** @type {HTMLElement[]} */
    this.values = [];
  }

  /** @param {Reading[]} readings */
  update(readings) {
    const key = JSON.stringify(readings);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    this.readings = readings;
    this.values = readings.map(() => element("dd", {}, "–"));
    const pairs = readings.map(({ label, help, formula }, i) => {
      const name = help ? this.popover.termButton(label, help, formula) : label;
      return element("div", {}, element("dt", {}, name), this.values[i]);
    });
    this.list.replaceChildren(...pairs);
    this.table.update(readings);
  }

  /** @param {Scene} scene */
  show(scene) {
    const { log, upTo } = scene.current;
    // at the last frame the verdict is of the whole training, which may have ended too soon
    const falls = log.ending?.state === "falling" && upTo === log.count - 1 ? "; loss still falls" : "";
    setText(this.verdict, upTo < 0 ? "\u00a0" : `${log.verdicts[upTo] ?? ""}${falls}` || "\u00a0");
    const remark = log.remarks[upTo] ?? "";
    setText(this.remark, remark);
    // a run that has remarks has one at every frame, so that nothing below moves while it plays
    this.remark.hidden = !(remark || log.remarks[0]);
    this.readings.forEach((reading, i) => setText(this.values[i], readingValue(reading, log, upTo)));
    this.list.hidden = this.table.show(scene); // the first row of the table has the same numbers
    const distance = log.value(upTo, DISTANCE_COLUMN);
    const known = Number.isFinite(distance);
    this.scale.hidden = log.header !== null && !log.has(DISTANCE_COLUMN);
    this.marker.hidden = !known; // the mark of the previous run would be mistaken for this one's
    if (known) this.marker.style.left = offsetOf(distance);
    const moved = known ? significant(distance, 2) : "not known yet";
    this.scale.title = `Kernel distance: ${moved}, on a square-root scale from 0 (lazy) to 1 (rich)`;
    this.scale.setAttribute("aria-label", this.scale.title);
    this.#showOthers(scene);
  }

  /** @param {Scene} scene */
  #showOthers({ kept, ghost, colours }) {
    const others = [...(ghost ? [{ ...ghost, colour: colours.ghost }] : []), ...kept];
    while (this.marks.length > others.length) this.marks.pop()?.remove();
    while (this.marks.length < others.length) this.marks.push(this.others.appendChild(element("i")));
    others.forEach(({ log, upTo, colour }, i) => {
      const mark = this.marks[i];
      const distance = log.value(upTo, DISTANCE_COLUMN);
      mark.style.left = offsetOf(distance || 0);
      mark.style.background = colour;
      mark.hidden = !Number.isFinite(distance);
    });
  }
}
