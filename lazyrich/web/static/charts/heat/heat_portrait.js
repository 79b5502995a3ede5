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
import { fillGaps } from "./heat_guess.js";

/** @type {Partial<Record<string, [right: number, up: number]>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const STYLE = new URL("../../css/heat_portrait.css", import.meta.url).href;

/** @import { Portrait } from "../../core/chart_specs.d.ts" */
/** @import { Point, Range } from "../../core/types.d.ts" */
/** @import { TableCell } from "./heat_layout.js" */

/** @typedef {Omit<TableCell, "k">} Cell */

/** @extends {HeatChart<Portrait>} */
export class PortraitChart extends HeatChart {
  /** @param {Portrait} spec */
  constructor(spec) {
    super(spec);
    this.node.classList.add("heat-chart");
    loadStyle(STYLE).catch(() => {}); // without it the chart is plainer, and works
    this.time = spec.times.length - 1;
    /** @type {Cell | null} */
    this.chosenCell = null;
    this.portrait = ""; // the settings of the one that is shown
    this.chosenMeasure = spec.measures[0];
    const options = spec.measures.map(({ label }, k) => element("option", { value: k }, label));
    this.measureSelect = element("select", { "aria-label": "Measure", onchange: () => this.#onChoice() }, ...options);
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: this.time,
      step: 1,
      value: this.time,
      "aria-label": "Training time",
      oninput: () => this.#onChoice(),
    });
    this.timeLabel = element("span", { class: "when" }, `at ${spec.times[this.time]}`);
    this.heading = [this.measureSelect, element("label", { class: "choice" }, this.slider, this.timeLabel)];
    this.spoken = element("div", { class: "spoken", role: "status" });
    const keys = element("span", { id: `${spec.id}-keys`, hidden: true }, "Arrow keys choose a cell, Enter picks it.");
    this.frame.append(this.spoken, keys);
    this.slider.setAttribute("aria-valuetext", spec.times[this.time]);
    for (const name of ["keydown", "pointerdown"]) {
      for (const control of [this.measureSelect, this.slider])
        control.addEventListener(name, (event) => event.stopPropagation());
    }
    this.plot.setAttribute("role", "application");
    this.plot.setAttribute("aria-describedby", keys.id);
    this.plot.tabIndex = 0;
    this.plot.addEventListener("click", ({ offsetX, offsetY }) => {
      const found = this.layout?.find(offsetX, offsetY, this.upward);
      if (found) this.#choose(found, true);
    });
    this.plot.addEventListener("keydown", (event) => this.#onKey(event));
    this.plot.addEventListener("blur", () => this.tip.moveTo(null));
  }

  /** @override @type {HeatChart["advance"]} */
  advance(current) {
    if (current.upTo >= 0) {
      const portrait = JSON.stringify(current.log.config);
      // a continued portrait is another run of the same settings: keep the choice
      if (portrait !== this.portrait) this.chosenCell = null;
      this.portrait = portrait;
    }
    return super.advance(current);
  }

  /** @override */
  get array() {
    return this.chosenMeasure.array;
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
    const [from, to] = this.chosenMeasure.log ? [Math.log10(positive), Math.log10(high)] : [Math.min(0, low), high];
    return from < to ? [from, to] : [from - 0.5, from + 0.5];
  }

  /** @override @type {HeatChart["colourLabel"]} */
  colourLabel(value) {
    return setting(Number((this.chosenMeasure.log ? 10 ** value : value).toPrecision(2)));
  }

  /** @override */
  get title() {
    return `${this.chosenMeasure.label} at ${this.spec.times[this.time]}`;
  }

  /** @override */
  fileName() {
    return `lazyrich-portrait-${this.array}-${this.now?.log.config.at?.[this.time] ?? this.time}`;
  }

  /** @override @type {HeatChart["cellText"]} */
  cellText(found) {
    const value = this.#at(this.array, found);
    if (!Number.isFinite(value))
      return `${this.cellPosition(found)}: ${this.#finished ? "no number" : "not computed yet"}`;
    const ends = [`${this.array}_low`, `${this.array}_high`].map((name) => this.#at(name, found));
    const { seeds = 1 } = this.present.log.config;
    const spread = ends.every(Number.isFinite) ? `, ${significant(ends[0])} to ${significant(ends[1])} over seeds` : "";
    return `${this.cellPosition(found)}: ${significant(value)}${seeds > 1 ? spread : ""}`;
  }

  /** @override */
  altText() {
    if (!this.now) return this.title;
    const values = this.#raw(this.array).filter(Number.isFinite);
    if (!values.length) return `${this.title}: no numbers yet.`;
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => significant(value, 2));
    const chosen = this.chosenCell ? ` Cell ${this.cellText({ k: 0, ...this.chosenCell })}.` : "";
    return `${this.title}: ${values.length} cells, from ${low} to ${high}.${chosen}`;
  }

  /** @override @type {HeatChart["drawOverlay"]} */
  drawOverlay(pen, layout) {
    const table = layout.tables[0];
    if (!table) return;
    const { rows, columns, cell } = layout;
    const scaled = this.#scaled(this.#raw(this.array));
    const px = (/** @type {Point} */ { x, y }) => ({
      x: table.x + x * cell[0],
      y: table.y + (this.upward ? rows - y : y) * cell[1],
    });
    for (const level of this.chosenMeasure.contours) {
      const pieces = levelLine(scaled, rows, columns, this.chosenMeasure.log ? Math.log10(level) : level);
      if (!pieces.length) continue;
      const line = pieces.flatMap(([from, to]) => [px(from), px(to), { x: NaN, y: NaN }]);
      pen.line(line, { colour: "#000000", width: 3, opacity: 0.35 });
      pen.line(line, { colour: "#ffffff", width: 1.3 });
      const [from, to] = pieces[Math.floor(pieces.length / 2)].map(px);
      const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
      pen.text(middle, setting(level), { colour: "#ffffff", size: 11, weight: 600, halo: "rgba(0,0,0,0.55)" });
    }
    if (!this.chosenCell) return;
    const { row, column } = this.chosenCell;
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

  get #finished() {
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
    return this.chosenMeasure.log ? values.map((value) => (value > 0 ? Math.log10(value) : NaN)) : values;
  }

  // Cells that are not computed yet have the number of the nearest computed one.
  #filled() {
    const known = this.#scaled(this.#raw(this.array));
    return this.#finished ? { values: known, pale: null } : fillGaps(known, this.shape);
  }

  // ---- interaction

  #onChoice() {
    this.chosenMeasure = this.spec.measures[Number(this.measureSelect.value)];
    this.time = Number(this.slider.value);
    setText(this.timeLabel, `at ${this.spec.times[this.time]}`);
    this.slider.setAttribute("aria-valuetext", this.spec.times[this.time]);
    if (!this.built) return;
    this.redraw();
    if (this.now) this.plot.setAttribute("aria-label", this.altText());
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.layout) return;
    const step = ARROWS[event.key];
    const [rows, columns] = this.shape;
    const { row, column } = this.chosenCell ?? { row: 0, column: 0 };
    if (step && this.chosenCell) {
      const within = (/** @type {number} */ index, /** @type {number} */ count) =>
        Math.min(count - 1, Math.max(0, index));
      this.#choose({ row: within(row + step[1], rows), column: within(column + step[0], columns) }, false);
    } else if (step) this.#choose({ row, column }, false);
    else if (event.key === "Enter" && this.chosenCell) this.#choose(this.chosenCell, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {Cell} cell
   * @param {boolean} pick
   */
  #choose({ row, column }, pick) {
    this.chosenCell = { row, column };
    this.redraw();
    this.plot.setAttribute("aria-label", this.altText());
    setText(this.spoken, this.cellText({ k: 0, row, column }));
    this.#showTip(this.chosenCell);
    if (!pick) return;
    const detail = { x: column, y: row, measure: this.array, time: this.time, serial: performance.now() };
    this.node.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail }));
  }

  /**
   * Show the number of a cell beside it, as under a pointer.
   *
   * @param {Cell} cell
   */
  #showTip({ row, column }) {
    if (!this.layout?.tables.length) return; // no room for a table
    const { tables, rows, cell } = this.layout;
    const line = this.upward ? rows - 1 - row : row;
    this.tip.moveTo({ x: tables[0].x + (column + 0.5) * cell[0], y: tables[0].y + (line + 0.5) * cell[1] });
  }
}
