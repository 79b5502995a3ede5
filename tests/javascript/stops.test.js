import assert from "node:assert/strict";
import test from "node:test";
import { nearest, stopsOf } from "../../lazyrich/web/static/slider/stops.js";

/** @type {(low: number, high: number, step: number, value: number) => number[]} */
const linear = (low, high, step, value) => stopsOf({ stops: [], low, high, step, value });

test("stops are a step apart from the lowest to the highest number, without digits that binary fractions add", () => {
  const stops = linear(-2, 2, 0.05, 0);
  assert.equal(stops.length, 81);
  assert.deepEqual([stops[0], stops[1], stops[37], stops[40], stops[43], stops[80]], [-2, -1.95, -0.15, 0, 0.15, 2]);
  assert.deepEqual(linear(3, 41, 2, 13).slice(0, 3), [3, 5, 7]);
  assert.deepEqual(linear(0, 1, 0.3, 0), [0, 0.3, 0.6, 0.9, 1]);
});

test("a value that was typed is a stop of its own, in its place", () => {
  assert.deepEqual(linear(0, 1, 0.5, 0.123), [0, 0.123, 0.5, 1]);
  const powers = { stops: [0.1, 1, 10], low: 0.1, high: 10, step: 0 };
  assert.deepEqual(stopsOf({ ...powers, value: 1 }), [0.1, 1, 10]);
  assert.deepEqual(stopsOf({ ...powers, value: 3 }), [0.1, 1, 3, 10]);
});

test("the nearest stop is found, the lower one of two", () => {
  assert.equal(nearest([1, 2, 4], 2.9), 1);
  assert.equal(nearest([1, 2, 4], 3), 1);
  assert.equal(nearest([1, 2, 4], 99), 2);
});
