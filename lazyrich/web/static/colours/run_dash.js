// Dashes tell runs apart without colour: each kept run draws all its lines in its own dash.

import { DASHES } from "../shell/dom.js";

/**
 * Lengths in px of the dashes of a series of a run; empty for an unbroken line.
 *
 * A dotted series of a dashed run is drawn as dots in groups as long as the run's dashes. Where series are told apart
 * by other dashes, a run's dash would look like another series, so the run is identified by its colour alone.
 *
 * @param {{ dash: string }} series
 * @param {{ dash: string }} run
 * @returns {number[]}
 */
export function runDash({ dash }, run) {
  const [series, own] = [DASHES[dash] ?? [], DASHES[run.dash] ?? []];
  if (!own.length || (series.length && dash !== "dot")) return series;
  return series.length ? grouped(series, own) : own;
}

/**
 * Whether series are told apart by dashes, which must not be mixed with those of runs.
 *
 * @param {{ dash: string }[]} series
 */
export const usesDashes = (series) => series.some(({ dash }) => dash !== "solid" && dash !== "dot" && dash in DASHES);

/**
 * @param {number[]} dotted
 * @param {number[]} own
 */
function grouped([dot, gap], own) {
  const lengths = [];
  for (let k = 0; k < own.length; k += 2) {
    const dots = Math.max(1, Math.round(own[k] / (dot + gap)) + (own[k] > dot ? 1 : 0));
    for (let i = 1; i < dots; i++) lengths.push(dot, gap);
    lengths.push(dot, own[k + 1] + gap);
  }
  return lengths;
}
