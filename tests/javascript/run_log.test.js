import assert from "node:assert/strict";
import test from "node:test";
import { divergenceLimit, extremes } from "../../lazyrich/web/static/stream/extremes.js";
import { RunLog } from "../../lazyrich/web/static/stream/run_log.js";
import { append, logOf, random } from "./support/logs.js";

test("values and arrays are found at their frame, in however many answers they came", () => {
  const arrays = {
    w: { shape: [2, 2], of: (/** @type {number} */ frame) => [frame, frame + 0.25, frame + 0.5, -frame] },
  };
  const row = (/** @type {number} */ k) => [10 * k, k / 2, k * k];
  const log = logOf([0, 1, 2].map(row), { names: ["loss"], arrays, expected: 4 });
  append(log, [3, 4, 5, 6, 7, 8, 9].map(row), arrays); // more than was expected
  assert.equal(log.count, 10);
  for (let k = 0; k < 10; k++) {
    assert.deepEqual([log.step(k), log.time(k), log.value(k, "loss")], row(k));
    assert.deepEqual([...log.array(k, "w")], arrays.w.of(k));
    assert.equal(log.verdicts[k], `frame ${k}`);
  }
  for (const nothing of [log.value(10, "loss"), log.value(-1, "loss"), log.value(0, "other")])
    assert.ok(Number.isNaN(nothing));
  assert.equal(log.array(10, "w").length + log.array(0, "v").length, 0);
});

test("before its header a log has no settings, columns, arrays or extremes", () => {
  const log = new RunLog("r");
  assert.deepEqual([log.config, log.chartData, log.count, log.expected, log.rowLength], [{}, {}, 0, 0, 0]);
  assert.deepEqual([log.has("loss"), log.value(0, "loss"), [...log.array(0, "plane")]], [false, NaN, []]);
  assert.deepEqual([log.bounds.get("loss"), log.arrays.get("plane"), log.frameAt(1)], [undefined, undefined, -1]);
});

test("the last frame up to a time is the one that a scan finds", () => {
  const next = random(3);
  let time = 0;
  const times = Array.from({ length: 200 }, (_, k) => {
    time += k % 7 ? next() : 0; // some frames share their time
    return time;
  });
  const log = logOf(times.map((at, k) => [k, at]));
  const held = times.map((_, k) => log.time(k));
  for (const reached of [-1, 0, ...held, ...held.map((at) => at + 1e-3), 1e9]) {
    assert.equal(
      log.frameAt(reached),
      held.findLastIndex((at) => at <= reached),
    );
  }
});

test("extremes are those of all finite numbers short of divergence", () => {
  const next = random(5);
  const losses = Array.from({ length: 60 }, () => 4 * next() - 1);
  losses[20] = Infinity;
  losses[30] = Number.NaN;
  losses[40] = 1e9; // beyond 10^6 times the first numbers: a network that diverges
  const arrays = { w: { shape: [3], of: (/** @type {number} */ k) => [losses[k], 2 * losses[k], 0] } };
  const log = logOf(
    losses.map((loss, k) => [k, k, loss]),
    { names: ["loss"], arrays },
  );
  const kept = Array.from(Float32Array.from(losses)).filter((value) => Math.abs(value) < 1e6);
  const positive = Math.min(...kept.filter((value) => value > 0));
  const expected = { low: Math.min(...kept), high: Math.max(...kept), positive };
  assert.deepEqual(log.bounds.get("loss"), expected);
  assert.equal(log.reach.get("w"), 2 * Math.max(...kept.map(Math.abs)));
  assert.equal(divergenceLimit([0.5, -20, Number.NaN]), 2e7);

  const { low, high } = extremes(log, "w");
  assert.deepEqual([low, high], [2 * expected.low, 2 * expected.high]);
  append(log, [[60, 60, -7]], { w: { shape: [3], of: () => [-7, 0, 0] } });
  assert.equal(extremes(log, "w").low, -7, "what came since is looked at as well");
});

test("an array with spread has a median, a low and a high column for each network", () => {
  const arrays = { loss: { shape: [2, 3], of: (/** @type {number} */ k) => [k, k - 1, k + 1, 10 * k, 9 * k, 11 * k] } };
  const rows = [
    [0, 0],
    [1, 1],
  ];
  const log = logOf(rows, { arrays, spread: ["loss"], data: { alphas: [1, 2] } });
  assert.deepEqual(
    ["loss[1]", "loss[1].low", "loss[1].high"].map((name) => log.value(1, name)),
    [10, 9, 11],
  );
  assert.equal(log.networks, 2);
  assert.equal(logOf(rows, { arrays, spread: ["loss"] }).networks, 1, "seeds of one network share its colour");
  assert.ok(!logOf([[0, 0]], { arrays }).has("loss[1]"));
});
