// One table of a heat chart, drawn with a pen: the colours of its cells as a picture, and all lines and words.

import { inkOn } from "../../colours/contrast.js";
import { significant } from "../../core/format.js";
import { textWidth } from "../../core/ticks.js";
import { fitted } from "../../core/titles.js";
import { enlarged } from "../../export/png.js";

/** @import { Part } from "../../export/png.js" */
/** @import { ReadableCanvas } from "../../core/types.d.ts" */

const PARTED = 7; // px: between cells at least this large there is a line of paper
const CROSSED = 9; // px: cells at least this large without a number are crossed out
const MOST = 8; // rows and columns of a table in which numbers are written
const SIZES = [13, 12, 11, 10]; // px, of the numbers: the largest that has room
const PALE = 120; // of 255: opacity of the colour of a cell that is not computed yet
const TALL = 15; // px: smallest height of a cell with a number

/**
 * values, outline, pale: of this table; pale where a number stands in for one that is still to come. look: {theme, range, colours, digits, write, sharp, name, labels, titles, upward}.
 * upward: the first row is the lowest.
 */
export function drawTable(pen, layout, { x, y }, /** @type {ArrayLike<number>[]} */ [values, outline, pale], look) {
  const { theme, name, upward } = look;
  const [width, height] = layout.size;
  if (name) {
    const under = y - 4;
    pen.line([place(x, under), place(x + width, under)], { colour: name.colour, width: 2, cap: "butt" });
    pen.text(place(x, under - 8), name.words, { colour: theme.text, size: 12, weight: 600, anchor: "start" });
  }
  const line = (row) => (upward ? layout.rows - 1 - row : row);
  pen.image(colouring(layout, [values, pale], line, look), x, y, width, height, 1);
  marks(pen, layout, { x, y }, [values, outline, pale], line, look);
  pen.line(frame(x, y, x + width, y + height), { colour: theme.line, width: 1 });
  if (look.write) numbers(pen, layout, { x, y }, values, line, look);
  labels(pen, layout, { x, y }, line, look);
}

const place = (x, y) => ({ x, y });

function shareOf(value, [low, high]) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}

// The colours of the cells: painted as one pixel each, then enlarged.
function colouring({ rows, columns, size }, [values, pale], line, { range, colours, sharp }) {
  const small = new ImageData(columns, rows);
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    const at = 4 * (line(Math.floor(i / columns)) * columns + (i % columns));
    small.data.set([...colours(shareOf(value, range)), pale?.[i] ? PALE : 255], at);
  });
  const [width, height] = size.map((px) => Math.max(1, Math.round(px * sharp)));
  const source = canvasOf(columns, rows);
  source.getContext("2d").putImageData(small, 0, 0);
  const picture = canvasOf(width, height);
  const context = picture.getContext("2d");
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

// Lines between the cells, crosses over those without a number and outlines of marked ones.
function marks(pen, { rows, columns, cell, size, outlines }, { x, y }, [values, outline, pale], line, look) {
  const { theme, range, colours, sharp } = look;
  const [[w, h], [width, height]] = [cell, size];
  const parted = Math.min(w, h) >= PARTED;
  if (parted) {
    const paper = { colour: theme.background, width: 1, cap: "butt" };
    const at = (px) => Math.round(px * sharp) / sharp;
    for (let k = 1; k < columns; k++) pen.line([place(x + at(k * w), y), place(x + at(k * w), y + height)], paper);
    for (let k = 1; k < rows; k++) pen.line([place(x, y + at(k * h)), place(x + width, y + at(k * h))], paper);
  }
  const corner = (i) => [x + (i % columns) * w, y + line(Math.floor(i / columns)) * h];
  if (Math.min(w, h) >= CROSSED) {
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
    const around = [left + inset, top + inset, left + w - inset, top + h - inset];
    pen.line(frame(...around), { colour: ink, width: thin, cap: "square" });
  });
}

function frame(left, top, right, bottom) {
  return [place(left, top), place(right, top), place(right, bottom), place(left, bottom), place(left, top)];
}

/** @returns {ReadableCanvas} */
function canvasOf(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

// Numbers in all cells or in none, in one size.
function numbers(pen, { rows, columns, cell }, { x, y }, values, line, { range, colours, digits }) {
  if (rows > MOST || columns > MOST || cell[1] < TALL) return;
  const texts = [...values].map((value) => (Number.isFinite(value) ? significant(value, digits) : ""));
  const widest = Math.max(...texts.map(textWidth));
  const size = SIZES.find((px) => (widest * px) / 13 + 4 <= cell[0]);
  if (!size) return;
  texts.forEach((text, i) => {
    const middle = place(x + ((i % columns) + 0.5) * cell[0], y + (line(Math.floor(i / columns)) + 0.5) * cell[1]);
    if (text) pen.text(middle, text, { colour: inkOn(colours(shareOf(values[i], range))), size });
  });
}

function labels(pen, { rows, columns, cell, size, left }, { x, y }, line, { labels: texts, titles, theme }) {
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
