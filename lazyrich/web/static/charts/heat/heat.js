// Numbers of one moment as the colours of a table's cells: one table, or one for each of the networks that train side
// by side. Repainted on a canvas for each frame; the cell under the pointer shows its number.
//
// Its options are documented in lazyrich/charts/heat.py.
//
// PortraitChart (heat_portrait.js) shows one of several arrays at a time and lets cells be picked.

import { ramp } from "../../colours/colour_bar.js";
import { networkColour } from "../../colours/network_colours.js";
import { sequential } from "../../colours/viridis.js";
import { moment, setting, significant } from "../../core/format.js";
import { cover, layer, screenPixelRatio } from "../../core/overlay.js";
import { PaintedChart } from "../../core/painted_chart.js";
import { tickText } from "../../core/ticks.js";
import { CanvasPen } from "../../export/pens.js";
import { element, required, setText } from "../../shell/dom.js";
import { toolbar } from "../../shell/toolbar.js";
import { Tooltip } from "../../shell/tooltip.js";
import { extremes } from "../../stream/extremes.js";
import { saveHeat } from "./heat_file.js";
import { HeatLayout } from "./heat_layout.js";
import { drawTable } from "./heat_paint.js";

const MIN_RELATIVE_RANGE = 0.1; // smallest range of the colours, as a share of the size of numbers far from zero
const TIP_RISE = 17; // px of the tip above the pointer

/** @import { Heat, Portrait } from "../../core/chart_specs.d.ts" */
/** @import { Pen, Pointer, Range, SaveAs, Side, Size, Tip } from "../../core/types.d.ts" */
/** @import { ExportOptions } from "../../export/targets.js" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { TableCell } from "./heat_layout.js" */

/**
 * @template {Heat | Portrait} [S=Heat]
 * @extends {PaintedChart<S & Partial<Omit<Heat, keyof Portrait>>>}
 */
export class HeatChart extends PaintedChart {
  /** @param {S & Partial<Omit<Heat, keyof Portrait>>} spec */
  constructor(spec) {
    super(spec, { role: "img", "aria-label": spec.title });
    this.node.classList.add("state-chart");
    this.canvas = layer();
    this.tip = new Tooltip(this.plot, (pointer) => this.#find(pointer));
    this.bar = toolbar(this);
    this.frame.append(this.canvas, this.plot, this.tip.node);
    /** @type {{ log: RunLog, frame: number } | null} */
    this.now = null; // the frame that is shown, until the next run has one
    /** @type {HeatLayout | null} */
    this.layout = null; // of the picture
    const [low, high] = [element("span"), element("span")];
    this.colourEnds = [low, high]; // labels of the scale of colours
    this.scale = element("span", { class: "key scale-key" }, low, ramp(sequential), high);
    const { outline_label: outlined } = spec;
    const box = element("i", { class: "box", "aria-hidden": "true" });
    this.outlineKey = outlined ? element("span", { class: "key" }, box, outlined) : null;
  }

  /** @override @type {PaintedChart["writeCaption"]} */
  writeCaption(scene) {
    const { note } = this.spec;
    const noteText = note ? scene.current.log.chartData[note] : "";
    const keys = this.outlineKey ? [this.scale, this.outlineKey] : [this.scale];
    this.setCaption([...keys, this.bar], typeof noteText === "string" ? noteText : "");
  }

  /** @override @type {PaintedChart["advance"]} */
  advance({ log, upTo }) {
    if (log.header && !log.arrays.has(this.array)) this.now = null;
    else if (upTo >= 0) this.now = { log, frame: upTo };
    return true;
  }

  /**
   * @param {SaveAs} format
   * @param {ExportOptions} [options]
   */
  save(format, options) {
    return this.now ? saveHeat(this, format, options) : null;
  }

  /** The run and the frame that are shown; an error before the first one. */
  get present() {
    return required(this.now, "The frame of a picture");
  }

  // ---- data to show; other kinds of heat chart override these

  /** The name of the array. */
  get array() {
    return this.spec.array ?? "";
  }

  /** (rows, columns) or (networks, rows, columns). */
  get shape() {
    return this.present.log.layoutOf(this.array).shape;
  }

  /**
   * The numbers of the frame, flat, as they are coloured.
   *
   * @returns {Float32Array}
   */
  get numbers() {
    const { log, frame } = this.present;
    return log.array(frame, this.array);
  }

  /**
   * For each number, 1 if it is a placeholder for one that is not computed yet; null if none is.
   *
   * @returns {Uint8Array | null}
   */
  get pale() {
    return null;
  }

  /**
   * Draw over the tables.
   *
   * @param {Pen} pen
   * @param {HeatLayout} layout
   */
  drawOverlay(pen, layout) {}

  /**
   * Label of an end of the scale of colours.
   *
   * @param {number} value
   */
  colourLabel(value) {
    return setting(Number(value.toPrecision(2)));
  }

  /**
   * Tooltip of a cell.
   *
   * @param {TableCell} found
   */
  cellText(found) {
    const { k, row, column } = found;
    const { numbers, shape } = this;
    const [rows, columns] = shape.slice(-2);
    const size = rows * columns;
    const cell = k * size + row * columns + column;
    const name = numbers.length > size ? `${this.#name(k)}, ` : "";
    const { outline_label: label } = this.spec;
    const marked = label && this.#outline(numbers.length, size)?.[cell];
    return `${name}${this.cellPosition(found)}: ${significant(numbers[cell], 3)}${marked ? ` (${label})` : ""}`;
  }

  /**
   * Text of the position of a cell.
   *
   * @param {Omit<TableCell, "k">} found
   */
  cellPosition({ row, column }) {
    const at = (/** @type {Side} */ side, /** @type {number} */ index) => {
      const entries = this.#labels(side, Infinity);
      const title = (entries.length && this.spec[`${side}_title`]) || (side === "x" ? "column" : "row");
      return `${title.split(",")[0]} ${entries[index] ?? index}`; // of "α, further upstream to the right" the α
    };
    return `${at("y", row)}, ${at("x", column)}`;
  }

  /** Title of the picture, with its step. */
  get title() {
    const { log, frame } = this.present;
    return `${this.spec.title}, at ${moment(log, frame)}`;
  }

  /**
   * The lowest and the highest number that has a colour of its own.
   *
   * @returns {Range}
   */
  get range() {
    if (this.spec.range) return this.spec.range;
    const { low, high } = extremes(this.present.log, this.array);
    if (!(low <= high)) return [0, 1];
    // Small differences of large numbers must look small, and numbers above zero are measured from zero.
    if (low >= 0 && low < 0.5 * high) return [0, high];
    const padding = Math.max(0, MIN_RELATIVE_RANGE * Math.max(Math.abs(low), Math.abs(high)) - (high - low)) / 2;
    return low === high && !high ? [0, 1] : [low - padding, high + padding];
  }

  /**
   * Draw the tables.
   *
   * @param {Pen} pen
   * @param {Size} size of the picture
   * @param {number} pixelRatio pixels of their cells for one px
   * @returns {HeatLayout}
   */
  picture(pen, size, pixelRatio) {
    const { shape } = this;
    const [rows, columns] = shape.slice(-2);
    const labels = { x: this.#labels("x", columns), y: this.#labels("y", rows) };
    const titles = { x: labels.x.length ? this.spec.x_title : "", y: labels.y.length ? this.spec.y_title : "" };
    const layout = new HeatLayout(shape, size, { labels, titles, named: Boolean(this.spec.labels?.length) });
    const values = this.numbers;
    const { spec, pale } = this;
    const cells = rows * columns;
    const outline = this.#outline(values.length, cells);
    const { theme, colours } = this.scene;
    const look = {
      theme,
      range: this.range,
      colours: sequential,
      digits: spec.digits ?? 2,
      write: Boolean(spec.write),
      pixelRatio,
      labels,
      titles,
      upward: this.upward,
    };
    for (const table of layout.tables) {
      const { k } = table;
      const name = layout.heading ? { text: this.#name(k), colour: networkColour(colours, k) } : null;
      const [from, to] = [k * cells, (k + 1) * cells];
      const here = {
        values: values.subarray(from, to),
        outline: outline?.subarray(from, to) ?? null,
        pale: pale?.subarray(from, to) ?? null,
      };
      drawTable(pen, layout, table, here, { ...look, name });
    }
    this.drawOverlay(pen, layout);
    return layout;
  }

  // ---- drawing

  /** @override */
  draw() {
    const [width, height] = this.size;
    const context = cover(this.canvas, { left: 0, top: 0, width, height });
    this.scale.classList.toggle("gone", !this.now);
    this.layout = null;
    if (!this.now) return this.tip.hide();
    this.layout = this.picture(new CanvasPen(context, this.scene.theme.font), this.size, screenPixelRatio());
    this.range.forEach((end, k) => setText(this.colourEnds[k], this.colourLabel(end)));
    // It keeps its space in the caption: a different line break would change the size of the tables.
    if (this.outlineKey) this.outlineKey.style.visibility = this.layout.outlines ? "visible" : "hidden";
    this.tip.update();
  }

  // ---- labels

  /**
   * The values of the columns or of the rows.
   *
   * @param {Side} side
   */
  #list(side) {
    return this.present.log.listed(this.spec[side]);
  }

  /**
   * @param {Side} side
   * @param {number} count at most
   */
  #labels(side, count) {
    const entries = this.#list(side).slice(0, count);
    return entries.map((entry) => (typeof entry === "number" ? tickText(entry) : String(entry)));
  }

  /** Whether the first row is the lowest. */
  get upward() {
    const ys = this.#list("y");
    return ys.length > 1 && ys.every((y, i) => typeof y === "number" && (!i || y > Number(ys[i - 1])));
  }

  /**
   * Name of a network.
   *
   * @param {number} k
   */
  #name(k) {
    return this.spec.labels?.[k] ?? String(k + 1);
  }

  /**
   * 0 or not for each cell of all tables; one table of the header's chart_data holds for all of them.
   *
   * @param {number} count of all cells
   * @param {number} size of a table
   */
  #outline(count, size) {
    const { log, frame } = this.present;
    const { outline } = this.spec;
    if (!outline) return null;
    const tables = /** @type {number[][][]} */ (log.listed(outline));
    const seen = log.arrays.has(outline) ? log.array(frame, outline) : Float32Array.from(tables.flat(2));
    if (seen.length !== size) return seen.length === count ? seen : null;
    return Float32Array.from({ length: count }, (_, i) => seen[i % size]);
  }

  // ---- text

  /** @override */
  altText() {
    if (!this.now) return this.spec.title;
    const values = this.numbers;
    const { rows = 0, columns = 0, tables = [] } = this.layout ?? {};
    const ranges = tables.map(({ k }) => {
      const there = values.subarray(k * rows * columns, (k + 1) * rows * columns).filter(Number.isFinite);
      if (!there.length) return "no numbers yet";
      const [low, high] = [Math.min(...there), Math.max(...there)];
      const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
      const name = tables.length > 1 ? `${this.#name(k)}: ` : "";
      return `${name}${significant(low, 2)} to ${significant(high, 2)}, mean ${significant(mean, 2)}`;
    });
    return `${this.title}: ${rows} rows, ${columns} columns. ${ranges.join("; ")}.`;
  }

  /**
   * @param {Pointer} pointer
   * @returns {Tip | null}
   */
  #find({ x, y }) {
    const found = this.layout?.find(x, y, this.upward);
    return found ? { lines: [this.cellText(found)], at: { x, y: y - TIP_RISE } } : null;
  }
}
