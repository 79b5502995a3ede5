// A phase portrait that is being computed: one measure at one time, both chosen in its caption, as a map whose cells
// can be picked. Coarse cells are computed first; the others have the colour of the nearest one, paler, until then.
//
// Its options are documented in lazyrich/charts/heat.py.

import { setting, significant } from "../../core/format.js";
import { loadStyle } from "../../entry/load.js";
import { element, setText } from "../../shell/dom.js";
import { extremes } from "../../stream/extremes.js";
import { HeatChart } from "./heat.js";
import { levelLine } from "./heat_contours.js";
import { guessed } from "./heat_guess.js";

/** @type {Partial<Record<string, [right: number, up: number]>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const STYLE = new URL("../../css/heat_portrait.css", import.meta.url).href;

/** @import { Portrait } from "../../core/chart_specs.d.ts" */
/** @import { Point, Range } from "../../core/types.d.ts" */
/** @import { Found } from "./heat_layout.js" */

/** @typedef {Omit<Found, "k">} Cell */

/** @extends {HeatChart<Portrait>} */
export class PortraitChart extends HeatChart {
  /** @param {Portrait} spec */
  constructor(spec) {
    super(spec);
    this.node.classList.add("heat-chart");
    loadStyle(STYLE).catch(() => {}); // without it the chart is plainer, and works
    this.time = spec.times.length - 1;
    /** @type {Cell | null} */
    this.chosen = null;
    this.portrait = ""; // the settings of the one that is shown
    this.what = spec.measures[0];
    const options = spec.measures.map(({ label }, k) => element("option", { value: k }, label));
    this.which = element("select", { "aria-label": "Measure", onchange: () => this.#look() }, ...options);
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: this.time,
      step: 1,
      value: this.time,
      "aria-label": "Training time",
      oninput: () => this.#look(),
    });
    this.when = element("span", { class: "when" }, `at ${spec.times[this.time]}`);
    this.heading = [this.which, element("label", { class: "choice" }, this.slider, this.when)];
    this.spoken = element("div", { class: "spoken", role: "status" });
    const keys = element("span", { id: `${spec.id}-keys`, hidden: true }, "Arrow keys choose a cell, Enter picks it.");
    this.frame.append(this.spoken, keys);
    this.slider.setAttribute("aria-valuetext", spec.times[this.time]);
    for (const name of ["keydown", "pointerdown"]) {
      for (const control of [this.which, this.slider])
        control.addEventListener(name, (event) => event.stopPropagation());
    }
    this.plot.setAttribute("role", "application");
    this.plot.setAttribute("aria-describedby", keys.id);
    this.plot.tabIndex = 0;
    this.plot.addEventListener("click", ({ offsetX, offsetY }) => {
      const found = this.layout?.find(offsetX, offsetY, this.upward);
      if (found) this.#choose(found, true);
    });
    this.plot.addEventListener("keydown", (event) => this.#key(event));
    this.plot.addEventListener("blur", () => this.tip.moveTo(null));
  }

  /** @override @type {HeatChart["advance"]} */
  advance(current) {
    if (current.upTo >= 0) {
      const portrait = JSON.stringify(current.log.config);
      if (portrait !== this.portrait) this.chosen = null; // a continued portrait is another run of the same settings: keep the choice
      this.portrait = portrait;
    }
    return super.advance(current);
  }

  /** @override */
  get array() {
    return this.what.array;
  }

  /** @override */
  get shape() {
    return super.shape.slice(1);
  }

  /** @override */
  get numbers() {
    return this.#filled().values;
  }

  /** @override */
  get pale() {
    return this.#filled().pale;
  }

  /** @override @returns {Range} */
  get range() {
    const { low, high, positive } = extremes(this.present.log, this.array);
    if (!(low <= high)) return [0, 1];
    const [from, to] = this.what.log ? [Math.log10(positive), Math.log10(high)] : [Math.min(0, low), high];
    return from < to ? [from, to] : [from - 0.5, from + 0.5];
  }

  /** @override @type {HeatChart["end"]} */
  end(value) {
    return setting(Number((this.what.log ? 10 ** value : value).toPrecision(2)));
  }

  /** @override */
  get title() {
    return `${this.what.label} at ${this.spec.times[this.time]}`;
  }

  /** @override */
  fileName() {
    return `lazyrich-portrait-${this.array}-${this.now?.log.config.at?.[this.time] ?? this.time}`;
  }

  /** @override @type {HeatChart["told"]} */
  told(found) {
    const value = this.#at(this.array, found);
    if (!Number.isFinite(value)) return `${this.where(found)}: ${this.#over ? "no number" : "not computed yet"}`;
    const ends = [`${this.array}_low`, `${this.array}_high`].map((name) => this.#at(name, found));
    const { seeds = 1 } = this.present.log.config;
    const spread = ends.every(Number.isFinite) ? `, ${significant(ends[0])} to ${significant(ends[1])} over seeds` : "";
    return `${this.where(found)}: ${significant(value)}${seeds > 1 ? spread : ""}`;
  }

  /** @override */
  words() {
    if (!this.now) return this.title;
    const values = this.#raw(this.array).filter(Number.isFinite);
    if (!values.length) return `${this.title}: no numbers yet.`;
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => significant(value, 2));
    const here = this.chosen ? ` Cell ${this.told({ k: 0, ...this.chosen })}.` : "";
    return `${this.title}: ${values.length} cells, from ${low} to ${high}.${here}`;
  }

  /** @override @type {HeatChart["over"]} */
  over(pen, layout) {
    const table = layout.tables[0];
    if (!table) return;
    const { rows, columns, cell } = layout;
    const scaled = this.#scaled(this.#raw(this.array));
    const px = (/** @type {Point} */ { x, y }) => ({
      x: table.x + x * cell[0],
      y: table.y + (this.upward ? rows - y : y) * cell[1],
    });
    for (const level of this.what.contours) {
      const pieces = levelLine(scaled, rows, columns, this.what.log ? Math.log10(level) : level);
      if (!pieces.length) continue;
      const line = pieces.flatMap(([from, to]) => [px(from), px(to), { x: NaN, y: NaN }]);
      pen.line(line, { colour: "#000000", width: 3, opacity: 0.35 });
      pen.line(line, { colour: "#ffffff", width: 1.3 });
      const [from, to] = pieces[Math.floor(pieces.length / 2)].map(px);
      const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
      pen.text(middle, setting(level), { colour: "#ffffff", size: 11, weight: 600, halo: "rgba(0,0,0,0.55)" });
    }
    if (!this.chosen) return;
    const { row, column } = this.chosen;
    const corners = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ].map(([x, y]) => px({ x: column + x, y: row + y }));
    pen.line(corners, { colour: "#000000", width: 5 });
    pen.line(corners, { colour: "#ffffff", width: 2.5 });
  }

  // ---- numbers

  get #over() {
    return this.present.log.status === "finished";
  }

  /**
   * One table of an array, unchanged.
   *
   * @param {string} name
   */
  #raw(name) {
    const { log, frame } = this.present;
    const [, rows, columns] = log.arrays.get(name)?.shape ?? [0, 0, 0];
    return log.array(frame, name).subarray(this.time * rows * columns, (this.time + 1) * rows * columns);
  }

  /**
   * @param {string} name of an array
   * @param {Cell} cell
   */
  #at(name, { row, column }) {
    return this.#raw(name)[row * this.shape[1] + column] ?? NaN;
  }

  /** @param {Float32Array} values */
  #scaled(values) {
    return this.what.log ? values.map((value) => (value > 0 ? Math.log10(value) : NaN)) : values;
  }

  // Cells that are not computed yet have the number of the nearest computed one.
  #filled() {
    const known = this.#scaled(this.#raw(this.array));
    return this.#over ? { values: known, pale: null } : guessed(known, this.shape);
  }

  // ---- interaction

  #look() {
    this.what = this.spec.measures[Number(this.which.value)];
    this.time = Number(this.slider.value);
    setText(this.when, `at ${this.spec.times[this.time]}`);
    this.slider.setAttribute("aria-valuetext", this.spec.times[this.time]);
    if (!this.built) return;
    this.redraw();
    if (this.now) this.plot.setAttribute("aria-label", this.words());
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.layout) return;
    const step = ARROWS[event.key];
    const [rows, columns] = this.shape;
    const { row, column } = this.chosen ?? { row: 0, column: 0 };
    if (step && this.chosen) {
      const within = (/** @type {number} */ index, /** @type {number} */ count) =>
        Math.min(count - 1, Math.max(0, index));
      this.#choose({ row: within(row + step[1], rows), column: within(column + step[0], columns) }, false);
    } else if (step) this.#choose({ row, column }, false);
    else if (event.key === "Enter" && this.chosen) this.#choose(this.chosen, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {Cell} cell
   * @param {boolean} pick
   */
  #choose({ row, column }, pick) {
    this.chosen = { row, column };
    this.redraw();
    this.plot.setAttribute("aria-label", this.words());
    setText(this.spoken, this.told({ k: 0, row, column }));
    this.#point(this.chosen);
    if (!pick) return;
    const detail = { x: column, y: row, measure: this.array, time: this.time, serial: performance.now() };
    this.node.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail }));
  }

  /**
   * Show the number of a cell beside it, as under a pointer.
   *
   * @param {Cell} cell
   */
  #point({ row, column }) {
    if (!this.layout?.tables.length) return; // no room for a table
    const { tables, rows, cell } = this.layout;
    const line = this.upward ? rows - 1 - row : row;
    this.tip.moveTo({ x: tables[0].x + (column + 0.5) * cell[0], y: tables[0].y + (line + 0.5) * cell[1] });
  }
}
