// The labels of marks on the map, as plotly annotations that neither cover each other nor leave the plot.

import { plain } from "../core/figure.js";
import { widthOf } from "../core/titles.js";

const GAP = 4; // px between a point and its label
const PAD = 2; // px around the text
const ALONG = [1, 0, 0.75, 0.25, 0.5]; // places of a label along a line, best first

/** size: of the text; area: [width, height] of the plot in px. Labels that do not fit are omitted. */
export function labels(marks, field, theme, size, area) {
  const taken = [];
  return marks.flatMap(({ label, x, y }) => {
    const text = [widthOf(label, size, theme.font) + 2 * PAD + 2, 1.3 * size + 2 * PAD];
    const free = (box) => fits(box, area) && !taken.some((other) => overlap(box, other));
    const box = candidates(x, y, field, area, text).find(free);
    if (!box) return [];
    taken.push(box);
    return [
      {
        text: plain(label),
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

// Boxes beside points of the line, each first on the side with more room.
function candidates(x, y, field, /** @type {number[]} */ [width, height], /** @type {number[]} */ [wide, high]) {
  const points = x
    .map((value, i) => (value === null || y[i] === null ? null : [field.x.place(value), field.y.place(y[i])]))
    .filter((point) => point?.every((share) => share >= 0 && share <= 1));
  const chosen = points.length ? ALONG.map((share) => points[Math.round(share * (points.length - 1))]) : [];
  return chosen.flatMap(([right, up]) => {
    const lefts = [right * width + GAP, right * width - GAP - wide];
    const tops = [(1 - up) * height - GAP - high, (1 - up) * height + GAP];
    if (right > 0.6) lefts.reverse();
    return tops.flatMap((top) => lefts.map((left) => ({ left, top, width: wide, height: high })));
  });
}

function fits({ left, top, width, height }, area) {
  return left >= 0 && top >= 0 && left + width <= area[0] && top + height <= area[1];
}

function overlap(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}
