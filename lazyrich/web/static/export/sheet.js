// The head of an exported picture: its title, its settings, and the legend of its colours. The same for every kind of
// chart, measured and drawn in a font that every computer has, because a self-contained picture lacks the page's font.

import { contextOf } from "../shell/dom.js";

/** @import { Pen, Point, Stroke, Theme } from "../core/types.d.ts" */
/**
 * An entry of the legend of a picture; band: a colour. The look of a mark is named as plotly does.
 *
 * @typedef {{ label: string, line?: Stroke, mark?: { shape: string, colour?: string }, band?: string }} SheetKey
 */

export const FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif";

const EDGE = 16; // px, left and right
const TITLE = { size: 17, height: 25 };
const LINE = { size: 12, height: 17 };
const KEY = { size: 13, height: 21, swatch: 26, gap: 18 };
const TOP = 12; // px above the title
const SLACK = 1.06; // factor of a text's width: measuring and drawing may use different fonts of the list

/**
 * The head of a picture.
 *
 * @param {{ title: string, lines?: string[], keys?: SheetKey[] }} content lines: the settings, wrapped to the width
 * @param {number} width px
 * @param {Theme} theme of the page
 */
export function sheet({ title, lines = [], keys = [] }, width, theme) {
  const measure = contextOf(document.createElement("canvas"));
  const widthOf = (/** @type {string} */ text, /** @type {number} */ size) => {
    measure.font = `${size}px ${FONT}`;
    return SLACK * measure.measureText(text).width;
  };
  const room = width - 2 * EDGE;
  const titles = wrapText(title, room, (text) => widthOf(text, TITLE.size));
  const settings = lines.flatMap((line) => wrapText(line, room, (text) => widthOf(text, LINE.size)));
  const rows = wrapKeys(
    keys.map((one) => ({ ...one, width: KEY.swatch + 6 + widthOf(one.label, KEY.size) })),
    room,
  );
  /** @type {(count: number, height: number, start: number) => number[]} */
  const place = (count, height, start) => Array.from({ length: count }, (_, k) => start + (k + 0.5) * height);
  const first = place(titles.length, TITLE.height, TOP);
  const second = place(settings.length, LINE.height, TOP + titles.length * TITLE.height);
  const under = TOP + titles.length * TITLE.height + settings.length * LINE.height + (rows.length ? 4 : 0);
  const third = place(rows.length, KEY.height, under);
  return {
    height: under + rows.length * KEY.height + 4,
    draw(/** @type {Pen} */ pen) {
      const start = /** @type {const} */ ({ anchor: "start" });
      titles.forEach((text, k) =>
        pen.text({ x: EDGE, y: first[k] }, text, { ...start, colour: theme.text, size: TITLE.size }),
      );
      settings.forEach((text, k) =>
        pen.text({ x: EDGE, y: second[k] }, text, { ...start, colour: theme.muted, size: LINE.size }),
      );
      rows.forEach((row, k) => {
        let x = EDGE;
        for (const one of row) {
          swatch(pen, one, x, third[k]);
          pen.text({ x: x + KEY.swatch + 6, y: third[k] }, one.label, { ...start, colour: theme.text, size: KEY.size });
          x += one.width + KEY.gap;
        }
      });
    },
  };
}

/**
 * @param {Pen} pen
 * @param {SheetKey} key
 * @param {number} x
 * @param {number} y
 */
function swatch(pen, { line, mark, band }, x, y) {
  if (band) pen.line(box(x, y - 6, KEY.swatch, 12), { fill: band });
  if (line)
    pen.line(
      [
        { x, y },
        { x: x + KEY.swatch, y },
      ],
      { cap: "butt", ...line },
    );
  if (!mark) return;
  const centre = { x: x + KEY.swatch / 2, y };
  const { shape, colour } = mark;
  if (shape === "triangle-up")
    return pen.line(
      [
        [0, -6],
        [5.5, 4],
        [-5.5, 4],
      ].map(([dx, dy]) => ({ x: centre.x + dx, y: y + dy })),
      { fill: colour },
    );
  if (shape === "x-thin") {
    for (const sign of [-1, 1])
      pen.line(
        [
          { x: centre.x - 5, y: y - 5 * sign },
          { x: centre.x + 5, y: y + 5 * sign },
        ],
        { colour, width: 2 },
      );
    return undefined;
  }
  return pen.disc(centre, 5, shape.endsWith("-open") ? { colour, width: 1.5 } : { fill: colour });
}

/** @type {(x: number, y: number, width: number, height: number) => Point[]} */
const box = (x, y, width, height) => [
  { x, y },
  { x: x + width, y },
  { x: x + width, y: y + height },
  { x, y: y + height },
];

/**
 * Wrap the entries of a legend into rows no wider than the room.
 *
 * @template {{ width: number }} T
 * @param {T[]} entries
 * @param {number} room
 */
function wrapKeys(entries, room) {
  /** @type {T[][]} */
  const rows = [];
  let left = 0;
  for (const one of entries) {
    const row = rows.at(-1);
    if (row && left + one.width <= room) row.push(one);
    else {
      rows.push([one]);
      left = 0;
    }
    left += one.width + KEY.gap;
  }
  return rows;
}

/**
 * Wrap a text between words into lines no wider than the room.
 *
 * @param {string} text
 * @param {number} room
 * @param {(text: string) => number} widthOf
 */
function wrapText(text, room, widthOf) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : "";
    if (longer && widthOf(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(...breakWord(word, (piece) => widthOf(piece) <= room));
  }
  return lines;
}

/**
 * Break a word that is wider than a line, such as an address, into pieces that fit.
 *
 * @param {string} word
 * @param {(piece: string) => boolean} fits
 */
function breakWord(word, fits) {
  const found = [""];
  for (const letter of word) {
    const last = found[found.length - 1];
    if (last && !fits(last + letter)) found.push("");
    found[found.length - 1] += letter;
  }
  return found;
}
