import assert from "node:assert/strict";
import test from "node:test";
import { Incremental } from "../../lazyrich/web/static/core/incremental.js";
import { Eta } from "../../lazyrich/web/static/stream/eta.js";
import { Player } from "../../lazyrich/web/static/stream/player.js";
import { plannedEnd, Timeline } from "../../lazyrich/web/static/stream/timeline.js";
import { append, logOf } from "./support/logs.js";
import { part } from "./support/part.js";

/** @import { ShownRun } from "../../lazyrich/web/static/core/types.d.ts" */
/** @import { RunStatus } from "../../lazyrich/web/static/stream/messages.d.ts" */

/**
 * A run of so many frames, `apart` of flow time from one to the next.
 *
 * @param {number} frames
 * @param {number} apart
 * @param {RunStatus} status
 */
function run(frames, apart, status = "finished") {
  const entry = { status };
  const log = logOf(
    Array.from({ length: frames }, (_, k) => [k, k * apart]),
    { entry, data: { time_per_step: apart } },
  );
  if (status === "finished") append(log, [], {}, entry); // nothing is beyond
  return log;
}

test("every frame is shown once at 60 Hz, and as fast by the clock at any other rate", () => {
  for (const [rate, speed] of [
    [60, 1],
    [120, 1],
    [144, 1],
    [120, 2],
    [60, 4],
    [60, 0.25],
  ]) {
    const timeline = new Timeline(run(400, 1, "running"));
    const player = new Player();
    player.speed = speed;
    /** @type {number[]} */
    const seen = [];
    for (let k = 0; k <= rate; k++) if (player.advance((1000 * k) / rate, timeline)) seen.push(player.cursor);
    assert.equal(seen[0], 0, "the first frame comes at once");
    if (speed <= 1)
      assert.deepEqual(
        seen,
        Array.from(seen, (_, k) => k),
        `${rate} Hz: none is left out`,
      );
    assert.ok(Math.abs(player.cursor - 60 * speed) <= Math.max(1, speed), `${rate} Hz at ${speed}: ${player.cursor}`);
  }
});

test("who goes to the end before the first frame has come is shown the frames that come", () => {
  const log = run(0, 1, "running");
  const timeline = new Timeline(log);
  const player = new Player();
  player.seek(-1, timeline);
  assert.deepEqual([player.cursor, player.playing], [-1, true]);
  append(log, [[0, 0]], {}, { status: "running" });
  player.advance(0, timeline);
  assert.deepEqual([player.cursor, player.playing], [0, true]);
});

test("playing ends with a run that is over, waits for one that is not, and begins anew", () => {
  const log = run(3, 1, "running");
  const timeline = new Timeline(log);
  const player = new Player();
  let now = 0;
  const play = () => {
    for (let k = 0; k < 10; k++, now += 1000 / 60) player.advance(now, new Timeline(log));
  };
  play();
  assert.deepEqual([player.cursor, player.playing], [2, true]);
  append(log, [[3, 3]], {}, { status: "finished" });
  append(log, [], {}, { status: "finished" });
  play();
  assert.deepEqual([player.cursor, player.playing], [3, false]);
  player.seek(1.4, timeline);
  assert.deepEqual([player.cursor, player.furthest], [1, 3]);
  player.seek(99, timeline);
  player.play(timeline);
  assert.deepEqual([player.cursor, player.playing], [-1, true]);
  for (const [by, speed] of /** @type {[by: 1 | -1, speed: number][]} */ ([
    [1, 2],
    [1, 4],
    [1, 8],
    [1, 8],
    [-1, 4],
  ])) {
    player.changeSpeed(by);
    assert.equal(player.speed, speed);
  }
});

test("behind the end of the current run the timeline goes on with the longest one beside it", () => {
  const [current, longer, short] = [run(5, 1), run(20, 0.5), run(2, 1)];
  const timeline = new Timeline(current, [short, longer]);
  const beyond = Array.from({ length: longer.count }, (_, k) => longer.time(k)).filter((time) => time > 4);
  assert.equal(timeline.count, 5 + beyond.length);
  assert.equal(timeline.expected, timeline.count);
  const reached = Array.from({ length: timeline.count }, (_, k) => timeline.valueAt(k));
  assert.deepEqual(reached, [0, 1, 2, 3, 4, ...beyond]);
  assert.deepEqual([timeline.frame(3), timeline.frame(timeline.count - 1)], [3, 4]);
  assert.match(timeline.positionText(timeline.count - 1), /^t = 9\.50 · this run has ended$/);
  assert.equal(new Timeline(run(5, 1, "running"), [longer]).count, 5, "not before its end is known");
});

test("where a run will end is read from its settings, and from its last frame where it trains until it is flat", () => {
  const log = run(5, 0.5);
  assert.ok(log.header);
  log.header.config = { steps: 100 };
  assert.deepEqual([plannedEnd(log, "time"), plannedEnd(log, "step")], [50, 100]);
  log.header.config.until = "flat";
  assert.deepEqual([plannedEnd(log, "time"), plannedEnd(log, "step")], [2, 4]);
  log.header.config = {};
  assert.equal(plannedEnd(log, "time"), null);
});

test("the time that is left counts down by the clock, and a change of mind is taken in slowly", () => {
  const eta = new Eta();
  assert.equal(eta.text(0), "");
  eta.update(100, 0);
  assert.equal(eta.text(0), "100\u202fs left");
  assert.equal(eta.text(85_000), "15\u202fs left");
  eta.update(16, 85_000); // within what a number may grow by
  assert.equal(eta.text(85_000), "15\u202fs left");
  assert.equal(eta.text(100_600), "");
  const slow = new Eta();
  slow.update(20, 0);
  slow.update(60, 10);
  assert.equal(slow.text(10), "20\u202fs left");
  for (let now = 20; now <= 10_000; now += 10) slow.update(60 - now / 1000, now);
  assert.equal(slow.text(10_000), "50\u202fs left");
  slow.update(undefined, 10_010);
  assert.equal(slow.text(10_010), "50\u202fs left");
});

test("a growing line is drawn piece by piece, each piece once", () => {
  const growth = new Incremental();
  /** @type {Record<string, [from: number, to: number][]>} */
  const drawn = { a: [], b: [] };
  /** @type {(a: number, b: number) => ShownRun[]} */
  const runs = (a, b) => [part({ key: "a", upTo: a }), part({ key: "b", upTo: b })];
  for (const upTo of [-1, 0, 3, 3, 4, 9])
    growth.extend(runs(upTo, 2 * upTo), (one, from) => drawn[one.key].push([from, one.upTo]));
  assert.deepEqual(drawn, {
    a: [
      [0, 3],
      [3, 4],
      [4, 9],
    ],
    b: [
      [0, 6],
      [6, 8],
      [8, 18],
    ],
  });
  assert.deepEqual(
    [growth.holds(runs(9, 18)), growth.holds(runs(8, 18)), growth.holds(runs(9, 18).slice(1))],
    [true, false, false],
  );
});
