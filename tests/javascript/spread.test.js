// The spread over seeds as a run's log holds it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { spreadOf } from "../../lazyrich/web/static/charts/function/function_models.js";
import { circle } from "../../lazyrich/web/static/charts/function/piecewise.js";
import { logOf } from "./support/logs.js";
import { part } from "./support/part.js";

/** @import { Function as FunctionSpec } from "../../lazyrich/web/static/core/chart_specs.d.ts" */
/** @import { FunctionData } from "../../lazyrich/web/static/stream/messages.d.ts" */

/** @type {FunctionSpec} */
const SPEC = part({ median: "function_median", low: "function_low", high: "function_high" });

/**
 * A run of one frame with these arrays.
 *
 * @param {Record<string, number[]>} held
 * @param {Partial<FunctionData>} [info]
 */
function log(held, info) {
  const arrays = Object.fromEntries(
    Object.entries(held).map(([name, values]) => [name, { shape: [values.length], of: () => values }]),
  );
  return logOf([[0, 0]], { arrays, data: { function: { over: "circle", radius: 1, points: [], ...info } } });
}

test("each of the three curves goes from one end of the path to the other, in the units of the file", () => {
  const held = { function_median: [0, 1, 2], function_low: [-1, 0, 1], function_high: [1, 2, 3] };
  const spread = spreadOf(log(held, { y_unit: [10, 5] }), SPEC, 0, circle(1));
  assert.ok(spread);
  assert.deepEqual(spread.median, { t: [-180, 0, 180], f: [5, 15, 25] });
  assert.deepEqual(spread.low.f, [-5, 5, 15]);
  assert.deepEqual(spread.high.f, [15, 25, 35]);
});

test("there is none in frames of one seed, nor before the first frame", () => {
  assert.equal(spreadOf(log({}), SPEC, 0, circle(1)), null);
  const held = { function_median: [0, 1], function_low: [0, 1], function_high: [0, 1] };
  assert.equal(spreadOf(log(held), SPEC, -1, circle(1)), null);
});
