// The legend of a saved picture, read from its traces.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lineTrace } from "../../lazyrich/web/static/charts/lines/lines_traces.js";
import { keysOf } from "../../lazyrich/web/static/export/figure_keys.js";
import { part } from "./support/part.js";

/** @import { Line } from "../../lazyrich/web/static/charts/lines/lines_points.js" */
/** @import { Lines } from "../../lazyrich/web/static/core/chart_specs.d.ts" */

/** @type {Lines} */
const SPEC = part({ x_title: "samples", y: { log: false } });
const LOOK = { spec: SPEC, background: "#ffffff", markers: true };

/**
 * @param {Partial<Line>} [more]
 * @returns {Line}
 */
const line = (more) => ({
  label: "each seed",
  colour: "#0072B2",
  apart: false,
  points: [true, false].map((hollow, x) => ({ x, y: x, low: x, high: x, hollow })),
  ...more,
});

test("points that are not joined have a mark of their line's colour, also where some are hollow", () => {
  const keys = keysOf([lineTrace(line({ apart: true }), LOOK)]);
  assert.deepEqual(keys, [{ label: "each seed", mark: { shape: "circle", colour: "#0072B2" } }]);
});

test("a name that several traces have in one look is there once", () => {
  const twice = [lineTrace(line(), LOOK), lineTrace(line(), LOOK), lineTrace(line({ label: "" }), LOOK)];
  const [key, ...rest] = keysOf(twice);
  assert.deepEqual(rest, []);
  assert.equal(key.label, "each seed");
  assert.deepEqual(key.line, { colour: "#0072B2", width: 2, dash: [], opacity: 1 });
});
