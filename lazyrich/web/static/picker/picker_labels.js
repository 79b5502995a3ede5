// The labels of marks on the map, as plotly annotations that neither cover each other nor leave the plot.

import { escapeHtml } from "../core/figure.js";
import { widthOf } from "../core/titles.js";

const GAP = 4; // px between a point and its label
const PAD = 2; // px around the text
const ALONG = [1, 0, 0.75, 0.25, 0.5]; // places of a label along a line, best first

/** @import { Size, Theme } from "../core/types.d.ts" */
/** @import { Area } from "../core/overlay.js" */
/** @import { MapMark } from "./map.d.ts" */
/** @import { Field } from "./picker_field.js" */

/**
 * Labels that do not fit are omitted.
 *
 * @param {MapMark[]} marks
 * @param {Field} field
 * @param {Theme} theme
 * @param {number} size px of the text
 * @param {Size} area of the plot
 */
export function labels(marks, field, theme, size, area) {
  /** @type {Area[]} */
  const taken = [];
  return marks.flatMap(({ label, x, y }) => {
    /** @type {Size} */
    const text = [widthOf(label, size, theme.font) + 2 * PAD + 2, 1.3 * size + 2 * PAD];
    const free = (/** @type {Area} */ box) => fits(box, area) && !taken.some((other) => overlap(box, other));
    const box = candidates({ x, y }, field, area, text).find(free);
    if (!box) return [];
    taken.push(box);
    return [
      {
        text: escapeHtml(label),
        xref: "paper",
        yref: "paper",
        x: 0,
        y: 1,
        xanchor: "left",
        yanchor: "top",
        xshift: box.left,
        yshift: -box.top,
        showarrow: false,
        font: { size, color: theme.text },
        bgcolor: theme.background,
        opacity: 0.85,
        borderpad: PAD,
      },
    ];
  });
}

/**
 * Boxes beside points of the line, each first on the side with more room.
 *
 * @param {Pick<MapMark, "x" | "y">} line
 * @param {Field} field
 * @param {Size} area
 * @param {Size} text
 * @returns {Area[]}
 */
function candidates({ x, y }, field, [width, height], [wide, high]) {
  const points = x.flatMap((value, i) => {
    const other = y[i];
    const point = value === null || other === null ? [] : [field.x.place(value), field.y.place(other)];
    return point.length && point.every((share) => share >= 0 && share <= 1) ? [point] : [];
  });
  const chosen = points.length ? ALONG.map((share) => points[Math.round(share * (points.length - 1))]) : [];
  return chosen.flatMap(([right, up]) => {
    const lefts = [right * width + GAP, right * width - GAP - wide];
    const tops = [(1 - up) * height - GAP - high, (1 - up) * height + GAP];
    if (right > 0.6) lefts.reverse();
    return tops.flatMap((top) => lefts.map((left) => ({ left, top, width: wide, height: high })));
  });
}

/**
 * @param {Area} box
 * @param {Size} area
 */
function fits({ left, top, width, height }, area) {
  return left >= 0 && top >= 0 && left + width <= area[0] && top + height <= area[1];
}

/**
 * @param {Area} a
 * @param {Area} b
 */
function overlap(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}
