// One table of a heat chart, drawn with a pen: its cells as a picture, and what is written in and around them.

import { inkOn } from "./contrast.js";
import { significant } from "./numbers.js";
import { textWidth } from "./ticks.js";

const PARTED = 7; // px: between cells at least this large there is a line of paper
const CROSSED = 9; // px: cells at least this large without a number are crossed out
const MOST = 8; // rows and columns of a table in which numbers are written
const SIZES = [13, 12, 11, 10]; // px, of the numbers: the largest that has room
const PALE = 120; // of 255: how much there is of the colour of a cell that is still to come
const TALL = 15; // px of a cell, at least, for a number

/**
 * values, outline, pale: of this table; pale where a number stands in for one that is still to come. look: {theme, range, colours, digits, write, sharp, name, labels, titles, upward}.
 * upward: the first row is the lowest.
 */
export function drawTable(pen, layout, { x, y }, [values, outline, pale], look) {
  const { theme, name, upward } = look;
  const [width, height] = layout.size;
  if (name) {
    const under = y - 4;
    pen.line([place(x, under), place(x + width, under)], { colour: name.colour, width: 2, cap: "butt" });
    pen.text(place(x, under - 8), name.words, { colour: theme.text, size: 12, weight: 600, anchor: "start" });
  }
  const line = (row) => (upward ? layout.rows - 1 - row : row);
  pen.image(cells(layout, [values, outline, pale], line, look), x, y, width, height, 1);
  const corners = [place(x, y), place(x + width, y), place(x + width, y + height), place(x, y + height), place(x, y)];
  pen.line(corners, { colour: theme.line, width: 1 });
  if (look.write) numbers(pen, layout, { x, y }, values, line, look);
  labels(pen, layout, { x, y }, line, look);
}

const place = (x, y) => ({ x, y });

function shareOf(value, [low, high]) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}

// The cells, one pixel each, and then as large as they are to be.
function cells({ rows, columns, cell, size, outlines }, [values, outline, pale], line, look) {
  const { theme, range, colours, sharp } = look;
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
  const [w, h] = [width / columns, height / rows];
  if (Math.min(...cell) >= PARTED) {
    context.fillStyle = theme.background;
    for (let k = 1; k < columns; k++) context.fillRect(Math.round(k * w) - sharp / 2, 0, sharp, height);
    for (let k = 1; k < rows; k++) context.fillRect(0, Math.round(k * h) - sharp / 2, width, sharp);
  }
  const corner = (i) => [(i % columns) * w, line(Math.floor(i / columns)) * h];
  if (Math.min(...cell) >= CROSSED) {
    context.strokeStyle = theme.grid;
    context.lineWidth = sharp;
    context.beginPath();
    values.forEach((value, i) => {
      if (Number.isFinite(value) && !pale?.[i]) return;
      const [left, top] = corner(i);
      context.moveTo(left, top + h);
      context.lineTo(left + w, top);
    });
    context.stroke();
  }
  if (!outline || !outlines) return picture;
  const thin = sharp * Math.min(1.5, 0.14 * Math.min(...cell));
  context.lineWidth = thin;
  outline.forEach((marked, i) => {
    if (!marked) return;
    const [left, top] = corner(i);
    context.strokeStyle = Number.isFinite(values[i]) ? inkOn(colours(shareOf(values[i], range))) : theme.muted;
    const inset = thin / 2 + (Math.min(...cell) >= PARTED ? sharp / 2 : 0);
    context.strokeRect(left + inset, top + inset, w - 2 * inset, h - 2 * inset);
  });
  return picture;
}

function canvasOf(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

// All of them or none, in one size.
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
  if (titles.x) pen.text(place(x + width / 2, y + height + (texts.x.length ? 26 : 10)), titles.x, look);
  if (titles.y)
    pen.text(place(x - left + 8, y + height / 2), titles.y, { ...look, turn: titles.y.length > 2 ? -90 : 0 });
}
