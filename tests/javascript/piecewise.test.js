// Functions that are linear between kinks: values, jumps and kinks, against sums over the neurons.

import assert from "node:assert/strict";
import { test } from "node:test";

import { circle, curve, evenly, kinks, line, network } from "../../lazyrich/web/static/charts/function/piecewise.js";

/** @import { InputPath } from "../../lazyrich/web/static/charts/function/piecewise.js" */
/** @typedef {{ x: number, y: number, sign: number }} Neuron */

/**
 * Park and Miller's generator, so that the cases are the same everywhere.
 *
 * @param {number} seed
 */
function random(seed) {
  let state = seed;
  return () => {
    state = (48271 * state) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

/**
 * @param {number} count
 * @param {number} seed
 */
function neurons(count, seed) {
  const draw = random(seed);
  return Array.from({ length: count }, () => ({ x: draw(), y: draw(), sign: Math.sign(draw()) }));
}

/** @type {(all: Neuron[], leak: number, x: [x0: number, x1: number]) => number} */
const output = (all, leak, [x0, x1]) =>
  all.reduce((sum, { x, y, sign }) => {
    const z = x * x0 + y * x1;
    return sum + sign * (z > 0 ? z : leak * z);
  }, 0);

/** @type {[name: string, path: InputPath][]} */
const PATHS = [
  ["a circle", circle(0.7)],
  ["a line", line(-2, 3, 0.5)],
  ["a line in units of its own", line(10, 90, -1, 1, [20, 50])],
];

for (const [name, path] of PATHS) {
  for (const leak of [0, 0.3, 1]) {
    test(`along ${name} with leak ${leak} the curve is the sum over the neurons, and ascends`, () => {
      const all = neurons(40, 7);
      const { t, f } = curve(
        network(40, (i) => all[i], leak),
        path,
        evenly(path, 31),
      );
      assert.ok(t.every((at, k) => k === 0 || at >= t[k - 1]));
      assert.deepEqual([t[0], t.at(-1)], [path.from, path.to]);
      for (const [k, at] of t.entries()) assert.ok(Math.abs(f[k] - output(all, leak, path.input(at))) < 1e-12);
      assert.ok(leak === 1 || t.length > 35, "kinks are among the places");
    });
  }
}

test("a step is there with both of its sides, also where two neurons make it together", () => {
  const model = { normals: [0, 1, 0, 1], weights: [2, 0, 1, 0], leak: 0 }; // 3 x where y > 0
  const { t, f } = curve(model, circle(), [-180, -90, 0, 90, 180]);
  const sides = t.flatMap((at, k) => (at === 0 && t[k + 1] === 0 ? [[f[k], f[k + 1]]] : []));
  assert.equal(sides.length >= 1, true);
  assert.ok(Math.abs(sides[0][0]) < 1e-12 && Math.abs(sides[0][1] - 3) < 1e-12);
});

test("kinks closer than two degrees are one, across the seam of the angles too, and opposite ones cancel", () => {
  /** @type {(angle: number, size: number, sign: number) => Neuron} */
  const degrees = (angle, size, sign) => ({
    x: size * Math.cos((angle * Math.PI) / 180),
    y: size * Math.sin((angle * Math.PI) / 180),
    sign,
  });
  // kinks at +-90 degrees of each: around 180 and 0, and around 30 and -150, where they cancel
  const all = [degrees(89.5, 1, 1), degrees(90.5, 3, 1), degrees(120, 2, 1), degrees(120, 2, -1)];
  const found = kinks(
    network(4, (i) => all[i], 0.25),
    circle(2),
    2,
  );
  assert.equal(found.length, 2);
  for (const { at, jump } of found) {
    const place = Math.abs(at) < 90 ? at : at - 180 * Math.sign(at);
    assert.ok(Math.abs(place - 0.25) < 1e-9, `${at}`);
    assert.ok(Math.abs(jump - 0.75 * 2 * 4) < 1e-12);
  }
});

test("among many neurons no group of kinks is wider than four degrees", () => {
  const all = neurons(500, 3);
  const found = kinks(
    network(500, (i) => all[i], 0),
    circle(),
    2,
  );
  assert.ok(found.length >= 360 / 4.5 - 2);
  const total = all.reduce((sum, { x, y, sign }) => sum + 2 * sign * Math.hypot(x, y), 0);
  assert.ok(Math.abs(found.reduce((sum, { jump }) => sum + jump, 0) - total) < 1e-9);
});
