// The axes of a space: a round floor of a round radius, two axes across it, and a ruler at its side for the third.
//
// The surface is a body of revolution, and so are the axes: they fit into the picture from every side.

import { setting } from "../../core/format.js";

/** @import { Pen, Point, Range, Size, Theme } from "../../core/types.d.ts" */
/** @import { Projection, SpaceRange } from "./projection.js" */
/** @import { Surface } from "./space_surface.js" */

const STEPS = [1, 2, 2.5, 5, 10];

/**
 * Round numbers within a range, about `wanted` of them.
 *
 * @param {Range} range
 * @param {number} wanted
 */
export function ticks([from, to], wanted) {
  const rough = (to - from) / wanted;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((one) => one * decade >= rough * (1 - 1e-9)) ?? 10) * decade;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(6)));
}

/**
 * The range of a picture: as given upwards, and sideways to the next number of two digits.
 *
 * @param {SpaceRange} range
 * @returns {SpaceRange}
 */
export function roundRange({ x, y, z }) {
  const wide = Math.max(...[...x, ...y].map(Math.abs));
  const decade = 10 ** (Math.floor(Math.log10(wide)) - 1);
  const radius = Number((Math.ceil(wide / decade - 1e-6) * decade).toPrecision(2));
  return { x: [-radius, radius], y: [-radius, radius], z };
}

/**
 * The two axes of the floor, or, seen from below, of the ceiling: from the middle to a distance.
 *
 * @param {Projection} projection
 */
function across(projection) {
  const { range, camera } = projection;
  const z = range.z[camera.elevation < 0 ? 1 : 0];
  const axes = [
    [1, 0],
    [0, 1],
  ].map(
    ([x, y]) =>
      (/** @type {number} */ r) =>
        projection.at(r * x, r * y, z),
  );
  return { z, radius: range.x[1], axes };
}

/**
 * Draw the lines and the ruler, which the surface may cover.
 *
 * @param {Pen} pen
 * @param {Projection} projection
 * @param {string} title of the ruler
 * @param {Theme} theme
 */
export function drawAxes(pen, projection, title, theme) {
  const { range, tall } = projection;
  const { z, radius, axes } = across(projection);
  const around = Array.from({ length: 73 }, (_, k) => (k * Math.PI) / 36);
  pen.line(
    around.map((angle) => projection.at(radius * Math.cos(angle), radius * Math.sin(angle), z)),
    { colour: theme.line },
  );
  for (const at of axes) {
    pen.line([at(-radius), at(radius)], { colour: theme.line });
    pen.disc(at(radius), 2, { fill: theme.muted });
  }

  // The ruler is at the left end of the floor.
  const turn = Math.atan2(-projection.right[1], -projection.right[0]);
  const rule = (/** @type {number} */ value) => projection.at(radius * Math.cos(turn), radius * Math.sin(turn), value);
  const [low, high] = [rule(range.z[0]), rule(range.z[1])];
  pen.line([low, high], { colour: theme.line });
  const flat = Math.abs(high.y - low.y);
  if (flat < 60) return;
  for (const mark of ticks(range.z, Math.min(5, flat / 40) * Math.min(1, tall))) {
    const here = rule(mark);
    pen.line([here, { x: here.x - 4, y: here.y }], { colour: theme.line });
    pen.text({ x: here.x - 7, y: here.y }, setting(mark), { colour: theme.muted, size: 11, anchor: "end" });
  }
  const top = high.y < low.y ? high : low;
  pen.text({ x: top.x, y: top.y - 12 }, title, { colour: theme.text });
}

/**
 * Write the names of the axes at their ends on the floor, over everything else.
 *
 * @param {Pen} pen
 * @param {Projection} projection
 * @param {Surface} surface
 * @param {string[]} titles
 * @param {Theme} theme
 */
export function drawTitles(pen, projection, surface, titles, theme) {
  const { radius, axes } = across(projection);
  const below = projection.camera.elevation < 0;
  axes.forEach((at, which) => {
    const [end, middle] = [at(radius), at(0)];
    // before the floor where the axis comes towards the viewer, behind it where it leads away
    const front = below ? end.y < middle.y : end.y > middle.y;
    const label = `${titles[which]} = ${setting(radius)}`;
    const spot = keepInside({ x: end.x, y: end.y + (front === below ? -14 : 14) }, label, projection.size);
    pen.text(spot, label, { colour: surface.hides(end) ? theme.muted : theme.text, halo: theme.background });
  });
}

/**
 * The middle of a text of about this length that keeps all of it within the picture.
 *
 * @param {Point} point
 * @param {string} label
 * @param {Size} size
 */
function keepInside({ x, y }, label, [width, height]) {
  const half = 4 + 3.4 * label.length;
  return { x: Math.min(width - half, Math.max(half, x)), y: Math.min(height - 9, Math.max(9, y)) };
}
