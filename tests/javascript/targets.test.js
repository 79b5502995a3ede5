// Where the head of a saved picture and the picture itself have their places.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cssLengths, sheetLayout, TARGETS } from "../../lazyrich/web/static/export/targets.js";

/** @import { Size } from "../../lazyrich/web/static/core/types.d.ts" */

const head = (/** @type {number} */ height) => (/** @type {number} */ width) => flat((height * 640) / width);
const flat = (/** @type {number} */ height) => ({ height, draw() {} });

test("a picture for the screen keeps its size, below its head", () => {
  const { inner, corner, whole } = sheetLayout(TARGETS.screen, [800, 490], () => flat(70.2));
  assert.deepEqual(
    [inner, corner, whole],
    [
      [800, 490],
      [0, 71],
      [800, 561],
    ],
  );
});

test("a slide is 16:9, whatever the chart and its head", () => {
  for (const size of /** @type {Size[]} */ ([
    [900, 490],
    [800, 774],
    [480, 900],
  ])) {
    for (const height of [0, 60, 119, 130, 300]) {
      const { inner, corner, whole } = sheetLayout(TARGETS.slide, size, head(height));
      assert.deepEqual(whole, [640, 360]);
      assert.deepEqual([corner[0] + inner[0], corner[1] + inner[1]], whole, "the picture reaches the corner");
      assert.ok(inner[1] >= 240, "and has two thirds of the height at least");
    }
  }
});

test("a column is as wide as its layout, and no flatter than it is good to read", () => {
  const { inner, whole } = sheetLayout(TARGETS.column, [900, 300], () => flat(30));
  assert.deepEqual(
    [inner, whole],
    [
      [360, 223],
      [360, 253],
    ],
  );
  assert.deepEqual(sheetLayout(TARGETS.column, [800, 1600], () => flat(0)).inner, [360, 360]);
});

test("files have the lengths of slides and columns", () => {
  assert.deepEqual(cssLengths(TARGETS.slide, [640, 360]), ["33.867cm", "19.050cm"]);
  assert.deepEqual(cssLengths(TARGETS.column, [360, 240]), ["8.500cm", "5.667cm"]);
  assert.deepEqual(cssLengths(TARGETS.screen, [800, 600]), ["800", "600"]);
});
