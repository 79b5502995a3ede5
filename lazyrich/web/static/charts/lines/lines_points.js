// The points of lines of one moment, and their breaks.

import { networkColour } from "../../colours/network_colours.js";

/** @import { Lines } from "../../core/chart_specs.d.ts" */

/** A line for each network of a run at its frame: {label, apart, colour, points: [{x, y, low, high, hollow}]}. */
export function linesOf({ log, upTo, colour }, spec, colours) {
  const { shape, spread } = log.arrays.get(spec.array);
  const [networks, count, depth = 1] = shape;
  const values = log.array(upTo, spec.array);
  const solid = spec.hollow ? log.array(upTo, spec.hollow) : [];
  const xs = xsOf(log, spec);
  return Array.from({ length: networks }, (_, k) => ({
    label: spec.labels[k] ?? "",
    apart: spec.apart.includes(k),
    colour: networks > 1 ? networkColour(colours, k) : colour,
    points: xs.map((x, i) => {
      const at = (k * count + i) * depth;
      const y = values[at] ?? NaN;
      const [low, high] = spread ? [values[at + 1], values[at + 2]] : [y, y];
      return { x: x ?? NaN, y, low, high, hollow: solid[k * count + i] < 1 };
    }),
  }));
}

/** The positions of a run's points. */
export function xsOf(log, /** @type {Lines} */ { x, array }) {
  const named = Array.isArray(x) ? x : (log.chartData[x] ?? []);
  return named.slice(0, log.arrays.get(array)?.shape[1] ?? 0);
}

/** Points grouped into runs of neighbours for which `there` holds; a lone one is a separate run. */
export function pieces(points, there) {
  const all = [[]];
  for (const point of points) {
    if (there(point)) all.at(-1).push(point);
    else if (all.at(-1).length) all.push([]);
  }
  return all.filter((piece) => piece.length);
}

/** The points of a line that have a value, in runs of those that it joins. */
export const joined = ({ points, apart }) =>
  apart ? points.filter(hasValue).map((point) => [point]) : pieces(points, hasValue);

export const hasValue = ({ x, y }) => Number.isFinite(x + y);

/** Pieces of a line whose spread is drawn as a band; a lone point has a whisker. */
export const spreadPieces = (points) =>
  pieces(points, ({ x, low, high }) => Number.isFinite(x + low + high)).filter((piece) =>
    piece.some(({ low, high }) => high > low),
  );
