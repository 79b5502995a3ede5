// Table of the current and kept runs: a row for each run, at the current moment or at its own end.

import { element, setText, swatch } from "./dom.js";
import { readingValue } from "./reading_value.js";

/** @import { Reading } from "../core/chart_specs.d.ts" */
/** @import { Scene, ShownRun } from "../core/types.d.ts" */
/** @import { RunLog } from "../stream/run_log.js" */
/** @import { HelpPopover } from "./help_popover.js" */

export class RunTable {
  /**
   * @param {HelpPopover} popover
   * @param {(id: string) => void} drop the visitor takes a kept run off the page
   */
  constructor(popover, drop) {
    this.popover = popover;
    this.drop = drop;
    this.head = element("tr");
    this.body = element("tbody");
    this.node = element("table", { class: "runs", hidden: true }, element("thead", {}, this.head), this.body);
    this.node.setAttribute("aria-label", "The runs on the charts in numbers");
    /** @type {Reading[]} */
    this.readings = [];
    this.renderedKey = "";
    /** @type {HTMLElement[][]} */
    this.cells = []; // of each run, by reading
    /** @type {HTMLElement[]} */
    this.states = []; // of each run
  }

  /** @param {Reading[]} readings */
  update(readings) {
    this.readings = readings;
    const heads = readings.map(({ label, help, formula }) =>
      element("th", { scope: "col" }, help ? this.popover.termButton(label, help, formula) : label),
    );
    const drop = element("td"); // above the buttons there is nothing to name
    this.head.replaceChildren(element("th", { scope: "col" }, "run"), ...heads, drop);
    this.renderedKey = "";
  }

  /**
   * @param {Scene} scene
   * @returns {boolean} whether there is anything to compare
   */
  show(scene) {
    const runs = [scene.current, ...scene.kept];
    this.node.hidden = runs.length < 2;
    if (this.node.hidden) return false;
    this.#renderRows(runs, scene);
    runs.forEach(({ log, upTo }, i) => {
      this.readings.forEach((reading, k) => setText(this.cells[i][k], readingValue(reading, log, upTo)));
      setText(this.states[i], state(log, upTo));
    });
    return true;
  }

  /**
   * @param {ShownRun[]} runs
   * @param {Scene} scene
   */
  #renderRows(runs, { current, theme, recorded = false }) {
    // If networks train side by side, colours identify networks, and only dashes identify runs.
    const ink = current.log.networks > 1 ? theme.muted : null;
    const shown = runs.map(({ id, label, colour, dash, pinned }) => [id, label, ink ?? colour, dash, pinned]);
    const key = JSON.stringify(shown);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    /** @type {(Element | null)[]} */
    const buttons = [...this.body.querySelectorAll("button")];
    const focused = buttons.indexOf(document.activeElement);
    this.cells = runs.map(() => this.readings.map(({ label }) => element("td", { "data-label": label })));
    this.states = runs.map(() => element("small"));
    this.body.replaceChildren(
      ...runs.map((run, i) =>
        this.#row({ ...run, colour: ink ?? run.colour }, recorded, this.cells[i], this.states[i]),
      ),
    );
    if (focused < 0) return;
    // The pressed button is removed, and the focus with it: move it to the next one.
    const left = this.body.querySelectorAll("button");
    left[Math.min(focused, left.length - 1)]?.focus();
  }

  /**
   * @param {ShownRun} run
   * @param {boolean} recorded
   * @param {HTMLElement[]} cells
   * @param {HTMLElement} state
   */
  #row({ id, label, colour, dash, pinned, key }, recorded, cells, state) {
    const current = key === "current";
    const name = label || (current ? "this run" : "kept run");
    const title = `Drop the kept run ${name}`;
    const button = { type: "button", class: "drop", "aria-label": title, title, onclick: () => this.drop(id) };
    return element(
      "tr",
      { class: current ? "current" : null, "aria-current": current ? "true" : null },
      element("th", { scope: "row" }, swatch(colour, dash), element("span", { title: name }, name), " ", state),
      ...cells,
      element(
        "td",
        { class: "dropping" },
        ...(recorded || (current && !pinned) ? [] : [element("button", button, "×")]),
      ),
    );
  }
}

/**
 * Text on whether a run's numbers at a frame are final; "" if they are.
 *
 * @param {RunLog} log
 * @param {number} upTo
 */
function state(log, upTo) {
  if (!log.ended) return log.status === "waiting" ? "waiting" : "training";
  return log.ending?.state === "falling" && upTo === log.count - 1 ? "still falling" : "";
}
