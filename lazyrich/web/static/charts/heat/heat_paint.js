// Draws one table of a heat chart with a pen: the colours of its cells as a picture, lines and text.

import { inkOn } from "../../colours/contrast.js";
import { significant } from "../../core/format.js";
import { textWidth } from "../../core/ticks.js";
import { fitted } from "../../core/titles.js";
import { enlarged } from "../../export/png.js";
import { contextOf } from "../../shell/dom.js";

/** @import { Lettering, Pen, Point, Range, ReadableCanvas, Stroke, Theme } from "../../core/types.d.ts" */
/** @import { Part } from "../../export/png.js" */
/** @import { HeatLayout, Labels, Table, Titles } from "./heat_layout.js" */

/**
 * The cells of a table, row by row.
 *
 * @typedef {object} Cells
 * @property {Float32Array} values
 * @property {Float32Array | null} outline not 0 where a cell is outlined
 * @property {Uint8Array | null} pale not 0 where a number is a placeholder for one that is not computed yet
 */

/**
 * @typedef {object} TableLook
 * @property {Theme} theme
 * @property {Range} range of the colours
 * @property {(share: number) => number[]} colours [r, g, b] of a share from 0 to 1
 * @property {number} digits
 * @property {boolean} write whether numbers are written
 * @property {number} pixelRatio pixels for one px
 * @property {{ text: string, colour: string } | null} name
 * @property {Labels} labels
 * @property {Titles} titles
 * @property {boolean} upward the first row is the lowest
 */

/** @typedef {(row: number) => number} Line of a row of cells, counted from above */

const MIN_GRID = 7; // px: between cells at least this large there is a line of paper
const MIN_CROSS = 9; // px: cells at least this large without a number are crossed out
const MAX_NUMBERED = 8; // rows and columns of a table in which numbers are written
const SIZES = [13, 12, 11, 10]; // px, of the numbers: the largest that has room
const PALE = 120; // of 255: opacity of the colour of a cell that is not computed yet
const MIN_NUMBER_HEIGHT = 15; // px: smallest height of a cell with a number

/**
 * Draw one table.
 *
 * @param {Pen} pen
 * @param {HeatLayout} layout
 * @param {Table} table
 * @param {Cells} cells
 * @param {TableLook} look
 */
export function drawTable(pen, layout, table, cells, look) {
  const { x, y } = table;
  const { theme, name, upward } = look;
  const [width, height] = layout.size;
  if (name) {
    const under = y - 4;
    pen.line([place(x, under), place(x + width, under)], { colour: name.colour, width: 2, cap: "butt" });
    pen.text(place(x, under - 8), name.text, { colour: theme.text, size: 12, weight: 600, anchor: "start" });
  }
  const line = (/** @type {number} */ row) => (upward ? layout.rows - 1 - row : row);
  pen.image(colouring(layout, cells, line, look), x, y, width, height, 1);
  marks(pen, layout, table, cells, line, look);
  pen.line(frame(x, y, x + width, y + height), { colour: theme.line, width: 1 });
  if (look.write) numbers(pen, layout, table, cells, line, look);
  labels(pen, layout, table, line, look);
}

const place = (/** @type {number} */ x, /** @type {number} */ y) => ({ x, y });

/**
 * @param {number} value
 * @param {Range} range
 */
function shareOf(value, [low, high]) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}

/**
 * The colours of the cells: painted as one pixel each, then enlarged.
 *
 * @param {HeatLayout} layout
 * @param {Cells} cells
 * @param {Line} line
 * @param {TableLook} look
 */
function colouring({ rows, columns, size }, { values, pale }, line, { range, colours, pixelRatio }) {
  const small = new ImageData(columns, rows);
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    const at = 4 * (line(Math.floor(i / columns)) * columns + (i % columns));
    small.data.set([...colours(shareOf(value, range)), pale?.[i] ? PALE : 255], at);
  });
  const [width, height] = size.map((px) => Math.max(1, Math.round(px * pixelRatio)));
  const source = canvasOf(columns, rows);
  contextOf(source).putImageData(small, 0, 0);
  const picture = canvasOf(width, height);
  const context = contextOf(picture);
  context.imageSmoothingEnabled = false;
  context.drawImage(source, 0, 0, width, height);
  /** @type {Part} */
  const whole = [
    [0, 0, columns, rows],
    [0, 0, width, height],
  ];
  picture.pixels = () => enlarged(small, [whole], width, height);
  return picture;
}

/**
 * Lines between the cells, crosses over those without a number and outlines of marked ones.
 *
 * @param {Pen} pen
 * @param {HeatLayout} layout
 * @param {Table} table
 * @param {Cells} cells
 * @param {Line} line
 * @param {TableLook} look
 */
function marks(pen, layout, { x, y }, { values, outline, pale }, line, look) {
  const { rows, columns, cell, size, outlines } = layout;
  const { theme, range, colours, pixelRatio } = look;
  const [[w, h], [width, height]] = [cell, size];
  const parted = Math.min(w, h) >= MIN_GRID;
  if (parted) {
    /** @type {Stroke} */
    const paper = { colour: theme.background, width: 1, cap: "butt" };
    const at = (/** @type {number} */ px) => Math.round(px * pixelRatio) / pixelRatio;
    for (let k = 1; k < columns; k++) pen.line([place(x + at(k * w), y), place(x + at(k * w), y + height)], paper);
    for (let k = 1; k < rows; k++) pen.line([place(x, y + at(k * h)), place(x + width, y + at(k * h))], paper);
  }
  const corner = (/** @type {number} */ i) => [x + (i % columns) * w, y + line(Math.floor(i / columns)) * h];
  if (Math.min(w, h) >= MIN_CROSS) {
    /** @type {Point[]} */
    const strokes = [];
    values.forEach((value, i) => {
      if (Number.isFinite(value) && !pale?.[i]) return;
      const [left, top] = corner(i);
      strokes.push(place(left, top + h), place(left + w, top), place(NaN, NaN));
    });
    if (strokes.length) pen.line(strokes, { colour: theme.grid, width: 1, cap: "butt" });
  }
  if (!outline || !outlines) return;
  const thin = Math.min(1.5, 0.14 * Math.min(w, h));
  outline.forEach((marked, i) => {
    if (!marked) return;
    const [left, top] = corner(i);
    const inset = thin / 2 + (parted ? 0.5 : 0);
    const ink = Number.isFinite(values[i]) ? inkOn(colours(shareOf(values[i], range))) : theme.muted;
    const around = frame(left + inset, top + inset, left + w - inset, top + h - inset);
    pen.line(around, { colour: ink, width: thin, cap: "square" });
  });
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 */
function frame(left, top, right, bottom) {
  return [place(left, top), place(right, top), place(right, bottom), place(left, bottom), place(left, top)];
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {ReadableCanvas}
 */
function canvasOf(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

/**
 * Numbers in all cells or in none, in one size.
 *
 * @param {Pen} pen
 * @param {HeatLayout} layout
 * @param {Table} table
 * @param {Cells} cells
 * @param {Line} line
 * @param {TableLook} look
 */
function numbers(pen, { rows, columns, cell }, { x, y }, { values }, line, { range, colours, digits }) {
  if (rows > MAX_NUMBERED || columns > MAX_NUMBERED || cell[1] < MIN_NUMBER_HEIGHT) return;
  const texts = [...values].map((value) => (Number.isFinite(value) ? significant(value, digits) : ""));
  const widest = Math.max(...texts.map(textWidth));
  const size = SIZES.find((px) => (widest * px) / 13 + 4 <= cell[0]);
  if (!size) return;
  texts.forEach((text, i) => {
    const middle = place(x + ((i % columns) + 0.5) * cell[0], y + (line(Math.floor(i / columns)) + 0.5) * cell[1]);
    if (text) pen.text(middle, text, { colour: inkOn(colours(shareOf(values[i], range))), size });
  });
}

/**
 * @param {Pen} pen
 * @param {HeatLayout} layout
 * @param {Table} table
 * @param {Line} line
 * @param {TableLook} look
 */
function labels(pen, { rows, columns, cell, size, left }, { x, y }, line, { labels: texts, titles, theme }) {
  /** @type {Lettering} */
  const look = { colour: theme.muted, size: 12 };
  const [width, height] = size;
  const widest = Math.max(0, ...texts.x.map(textWidth));
  const skip = [Math.max(1, Math.ceil((widest + 4) / cell[0])), Math.max(1, Math.ceil(14 / cell[1]))];
  texts.x.slice(0, columns).forEach((text, i) => {
    if (i % skip[0] === 0) pen.text(place(x + (i + 0.5) * cell[0], y + height + 10), text, look);
  });
  texts.y.slice(0, rows).forEach((text, i) => {
    if (i % skip[1] === 0) pen.text(place(x - 5, y + (line(i) + 0.5) * cell[1]), text, { ...look, anchor: "end" });
  });
  if (titles.x) {
    const { text, size: px } = fitted(titles.x, width + left, { family: theme.font, sizes: [12, 11, 10] });
    pen.text(place(x + width / 2, y + height + (texts.x.length ? 26 : 10)), text, { ...look, size: px });
  }
  if (titles.y)
    pen.text(place(x - left + 8, y + height / 2), titles.y, { ...look, turn: titles.y.length > 2 ? -90 : 0 });
}
