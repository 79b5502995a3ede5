import assert from "node:assert/strict";
import test from "node:test";
import { inkOn } from "../../lazyrich/web/static/colours/contrast.js";
import { sequential } from "../../lazyrich/web/static/colours/viridis.js";
import { setting, significant, whole } from "../../lazyrich/web/static/core/format.js";
import {
  clampRange,
  closeRange,
  decadesApart,
  grown,
  linearRange,
  logRange,
  roundUp,
  wasteful,
} from "../../lazyrich/web/static/core/ranges.js";
import { fittingTicks, textWidth } from "../../lazyrich/web/static/core/ticks.js";
import { random } from "./support/logs.js";

/** @import { Range } from "../../lazyrich/web/static/core/types.d.ts" */

/**
 * The number that a text stands for: 1,234, −0.0017, 1.2 × 10⁻⁷.
 *
 * @param {string} text
 */
function read(text) {
  const [mantissa, exponent = ""] = text.replaceAll(",", "").replaceAll("\u2212", "-").split(" × 10");
  const digits = [...exponent].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("");
  return Number(mantissa) * 10 ** Number(digits);
}

/**
 * Numbers of both signs over so many decades.
 *
 * @param {number} count
 * @param {number} decades
 */
function numbers(count, decades, seed = 7) {
  const next = random(seed);
  return Array.from({ length: count }, () => (next() < 0.5 ? -1 : 1) * 10 ** (decades * (2 * next() - 1)));
}

test("a number in words is the number, to as many digits as are asked for", () => {
  for (const value of numbers(3000, 12)) {
    for (const digits of [2, 3, 4]) {
      const text = significant(value, digits);
      assert.ok(Math.abs(read(text) - value) <= 0.5001 * 10 ** (1 - digits) * Math.abs(value), `${value}: ${text}`);
      const size = Math.abs(value);
      if (size >= 1e-4 && size < 1) assert.equal(text.replace("\u2212", "").replace(/^0\.0*/, "").length, digits, text);
    }
    const told = read(setting(value));
    assert.ok(Math.abs(told - value) <= 0.0051 * Math.abs(value), setting(value));
  }
  assert.deepEqual(
    [0, 42, 9.996, 0.00017, 1.2e-7, -3e8, Number.NaN].map((value) => significant(value, 2)),
    ["0", "42", "10", "0.00017", "1.2 × 10⁻⁷", "−3.0 × 10⁸", "–"],
  );
  assert.deepEqual([12_400, -0.4, 0.9999, 1.25e-5, true].map(setting), [
    "12400",
    "−0.4",
    "0.9999",
    "1.25 × 10⁻⁵",
    "true",
  ]);
  assert.equal(whole(-12_400.4), "−12,400");
});

test("ranges hold what they are for, with little beside it", () => {
  const values = numbers(400, 6);
  for (let k = 0; k + 1 < values.length; k++) {
    const [low, high] = [values[k], values[k + 1]].sort((one, other) => one - other);
    const [from, to] = linearRange(low, high);
    assert.ok(from <= low && high <= to, `${[low, high]}: ${[from, to]}`);
    // at most the numbers fill a fifth of it, unless it would make a drift of a large number look large
    const wide = Math.max(high - low, 0.1 * Math.max(Math.abs(low), Math.abs(high)));
    assert.ok(to - from <= 5 * wide, `${[low, high]}: ${[from, to]}`);
    const [bottom, top] = logRange(Math.abs(low), Math.abs(low) * 10 ** (k % 12));
    assert.ok(top >= Math.log10(Math.abs(low)) + (k % 12) && top - bottom <= 9);
    if (k % 12 < 8) assert.ok(bottom <= Math.log10(Math.abs(low)));
    assert.ok(Number.isInteger(2 * top));
    const up = roundUp(Math.abs(low));
    assert.ok(up >= Math.abs(low) * (1 - 1e-8) && up <= 1.667 * Math.abs(low));
  }
  assert.deepEqual(
    [linearRange(Infinity, -Infinity), logRange(Number.NaN, 1)],
    [
      [0, 1],
      [-3, 0.5],
    ],
  );
});

test("a range grows with what is wanted, never shrinks by itself, and ends at what can be", () => {
  const next = random(11);
  /** @type {Range | undefined} */
  let present;
  for (let k = 0; k < 100; k++) {
    /** @type {Range} */
    const wanted = [-next(), next()];
    const grew = grown(present, wanted);
    assert.ok(grew[0] <= wanted[0] + 1e-8 && grew[1] >= wanted[1] - 1e-8);
    if (present) assert.ok(grew[0] <= present[0] && grew[1] >= present[1]);
    present = grew;
  }
  assert.deepEqual([wasteful([0, 10], [0, 4]), wasteful([0, 10], [0, 5])], [true, false]);
  const [from, to] = clampRange([-0.5, 1.5], 0.1, 0.9, { floor: 0, ceiling: 1 });
  assert.ok(from < 0 && from > -0.1 && to > 1 && to < 1.1);
  assert.deepEqual(
    clampRange([-0.5, 1.5], -0.2, 1.2, { floor: 0, ceiling: 1 }),
    [-0.5, 1.5],
    "what is beyond is shown",
  );
  assert.deepEqual(
    [4, 7, 13].map((decades) => decadesApart([0, decades])),
    [1, 2, 3],
  );
});

test("labels of an axis do not touch, and are as many as there is room for", () => {
  const numbers = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
  /** @type {(x: number, length: number) => number} */
  const at = (x, length) => ((Math.log10(x) - 1) / 3) * length;
  let fewer = 0;
  for (const length of [60, 120, 200, 300, 500, 900]) {
    const ticks = fittingTicks(numbers, { log: true, range: [1, 4] }, length);
    assert.ok(ticks);
    const places = ticks.tickvals.map((x, k) => ({ px: at(x, length), half: textWidth(ticks.ticktext[k]) / 2 }));
    for (let k = 1; k < places.length; k++) {
      assert.ok(places[k].px - places[k - 1].px >= places[k].half + places[k - 1].half);
    }
    assert.ok(places.length >= fewer, "never fewer with more room");
    fewer = places.length;
  }
  assert.equal(fewer, numbers.length);
  assert.equal(
    fittingTicks(
      Array.from({ length: 61 }, (_, k) => k),
      { log: false, range: [0, 60] },
      1e5,
    ),
    null,
  );
});

/**
 * Relative luminance by WCAG 2.2.
 *
 * @param {number[]} colour [r, g, b], 0 to 255
 */
const luminance = (colour) =>
  colour
    .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, channel, k) => sum + [0.2126, 0.7152, 0.0722][k] * channel, 0);

test("colours of numbers go from dark to light, and what is written on them can be read", () => {
  const shades = Array.from({ length: 101 }, (_, k) => sequential(k / 100));
  for (let k = 1; k < shades.length; k++) assert.ok(luminance(shades[k]) > luminance(shades[k - 1]));
  assert.deepEqual([sequential(-1), sequential(2)], [shades[0], shades[100]]);
  for (const shade of shades) {
    const contrast = (/** @type {number[]} */ ink) => {
      const [one, other] = [luminance(ink), luminance(shade)];
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    };
    const [dark, light] = [contrast([17, 17, 17]), contrast([255, 255, 255])];
    const taken = inkOn(shade) === "#ffffff" ? light : dark;
    assert.ok(taken >= 0.97 * Math.max(dark, light) && taken >= 4.2, `${shade}: ${dark} or ${light}`);
  }
});

test("a close axis holds its values with air, and no more than four tenths of a decade beside them", () => {
  for (const low of numbers(500, 5).map(Math.abs)) {
    for (const factor of [1, 1.01, 2, 40]) {
      const [from, to] = closeRange(low, low * factor);
      const [least, most] = [Math.log10(low), Math.log10(low * factor)];
      assert.ok(from < least - 0.04 && to > most + 0.04, `${low} × ${factor}: ${from} to ${to}`);
      assert.ok(from > least - 0.4 && to < most + 0.4, `${low} × ${factor}: ${from} to ${to}`);
    }
  }
  assert.deepEqual(closeRange(Infinity, -Infinity), [-0.5, 0.5]);
});
