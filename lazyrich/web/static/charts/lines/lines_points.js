// The points of lines of one moment, and their breaks.

import { networkColour } from "../../colours/network_colours.js";

/** @import { Lines } from "../../core/chart_specs.d.ts" */
/** @import { DrawnRun, Palette } from "../../core/types.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @typedef {{ x: number, y: number, low: number, high: number, hollow: boolean }} LinePoint low, high: its spread */

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {boolean} apart its points are not joined
 * @property {string} colour
 * @property {LinePoint[]} points
 */

/**
 * A line for each network of a run at its frame.
 *
 * @param {DrawnRun} run whose frames have the array of the specification
 * @param {Lines} spec
 * @param {Palette} colours
 * @returns {Line[]}
 */
export function linesOf({ log, upTo, colour }, spec, colours) {
  const { shape, spread } = log.layoutOf(spec.array);
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
      return { x, y, low, high, hollow: solid[k * count + i] < 1 };
    }),
  }));
}

/**
 * The positions of a run's points.
 *
 * @param {RunLog} log
 * @param {Lines} spec
 * @returns {number[]}
 */
export function xsOf(log, { x, array }) {
  const positions = log.listed(x).slice(0, log.arrays.get(array)?.shape[1] ?? 0);
  return positions.map((at) => (typeof at === "number" ? at : NaN));
}

/**
 * Points grouped into runs of neighbours for which `there` holds; a lone one is a separate run.
 *
 * @param {LinePoint[]} points
 * @param {(point: LinePoint) => boolean} there
 */
export function pieces(points, there) {
  /** @type {LinePoint[]} */
  let piece = [];
  const all = [piece];
  for (const point of points) {
    if (there(point)) piece.push(point);
    else if (piece.length) {
      piece = [];
      all.push(piece);
    }
  }
  return all.filter(({ length }) => length);
}

/**
 * The points of a line that have a value, in runs of those that it joins.
 *
 * @param {Pick<Line, "points" | "apart">} line
 */
export const joined = ({ points, apart }) =>
  apart ? points.filter(hasValue).map((point) => [point]) : pieces(points, hasValue);

/** @param {LinePoint} point */
export const hasValue = ({ x, y }) => Number.isFinite(x + y);

/**
 * Pieces of a line whose spread is drawn as a band; a lone point has a whisker.
 *
 * @param {LinePoint[]} points
 */
export const spreadPieces = (points) =>
  pieces(points, ({ x, low, high }) => Number.isFinite(x + low + high)).filter((piece) =>
    piece.some(({ low, high }) => high > low),
  );
