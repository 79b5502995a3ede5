// What a live chart does while a preview stands in place of its run: the run takes the place, and the playback bar works.

import assert from "node:assert/strict";
import test from "node:test";
import { hold, release, undo } from "../../lazyrich/web/static/preview/control_events.js";
import { LivePreview } from "../../lazyrich/web/static/preview/live_preview.js";
import { actionsOn } from "../../lazyrich/web/static/shell/actions.js";
import { Player } from "../../lazyrich/web/static/stream/player.js";
import { ShownRuns } from "../../lazyrich/web/static/stream/shown_runs.js";
import { append, entryOf, headerOf, runOf } from "./support/logs.js";
import { part } from "./support/part.js";

/** @import { Actions } from "../../lazyrich/web/static/shell/actions.js" */
/** @import { LiveRun } from "../../lazyrich/web/static/shell/live_run.js" */
/** @import { RunStatus } from "../../lazyrich/web/static/stream/messages.d.ts" */

globalThis.document = /** @type {Document} */ (new EventTarget());

/** @type {(first: number, count: number) => number[][]} */
const rows = (first, count) => Array.from({ length: count }, (_, k) => [first + k, first + k]);

/** A live chart at the end of its run, and a way to give it runs and previews. */
function chart({ calm = false } = {}) {
  /** @type {string[]} */
  const spoken = [];
  let serial = 0; // of the last request
  /** @type {LiveRun} */
  const live = part({
    runs: new ShownRuns(),
    player: new Player(),
    loop: { schedule() {}, settleAfter() {} },
    reducedMotion: { matches: calm },
    view: { host: { dataset: {} }, grid: { each() {} }, notice: { showRemark() {} } },
    source: {
      recorded: false,
      preview(_run, _settings, requested) {
        serial = requested;
        return true;
      },
    },
    updateText() {},
    repaint() {},
    refit() {},
    announceVerdict: () => spoken.push("verdict"),
  });
  live.preview = new LivePreview(live);
  live.act = actionsOn(live);
  /** @type {(tau: number, count: number, status: RunStatus) => void} */
  const frames = (tau, count, status) => {
    const { log } = live.runs.current;
    log.open(headerOf({ expected: 9, config: { tau } }));
    append(log, rows(log.count, count), {}, { status });
    live.preview.update();
  };
  const name = (/** @type {string} */ id) => {
    if (live.runs.update([runOf(id)])) live.player.restart(calm);
    live.preview.update();
  };
  /** @type {(tau: number, count: number, whole: boolean) => void} */
  const answer = (tau, count, whole) => {
    const verdicts = rows(0, count).map(() => "");
    const header = headerOf({ expected: 9, config: { tau } });
    const entry = entryOf({ id: "p", status: "finished", count, verdicts, whole, header });
    const floats = Float32Array.from(rows(0, count).flat());
    live.preview.receive({ runs: [], serial, preview: entry, floats });
  };
  name("base");
  frames(0.1, 9, "finished");
  live.player.startAt(8, live.runs.timeline, false);
  return { live, name, frames, answer, spoken };
}

/**
 * A beginning that stands for a run which has so many frames.
 *
 * @param {number} count
 * @param {{ calm?: boolean }} [more]
 */
function standing(count, more) {
  const one = chart(more);
  hold({ tau: 0.2 });
  one.answer(0.2, 4, false);
  release();
  one.name("next");
  if (count) one.frames(0.2, count, "running");
  return one;
}

test("a run that has come as far as its beginning goes on from there", () => {
  for (const [calm, mode] of /** @type {[boolean, string][]} */ ([
    [false, "playing"],
    [true, "following"],
  ])) {
    const { live, frames, spoken } = standing(3, { calm });
    assert.equal(live.preview.shown, true);
    frames(0.2, 2, "running");
    assert.deepEqual([live.preview.shown, live.player.cursor, live.player.mode.state], [false, 4, mode]);
    assert.deepEqual(spoken, [], "it is not over");
    live.preview.stop();
  }
  const { live, frames, spoken } = standing(3);
  frames(0.2, 6, "finished");
  assert.deepEqual([live.player.cursor, live.player.ended, spoken], [8, true, ["verdict"]]);
  live.preview.stop();
});

test("a run that was stopped at a step stays there", () => {
  const { live, name, frames, answer } = chart();
  live.player.seek(2, live.runs.timeline);
  hold({ tau: 0.2 });
  answer(0.2, 4, false);
  release();
  name("next");
  frames(0.2, 5, "running");
  assert.deepEqual([live.preview.shown, live.player.cursor, live.player.mode.state], [false, 2, "paused"]);
  // a second control whose change is undone while the run of the first trains
  hold({ tau: 0.3 });
  name("third");
  frames(0.2, 6, "running");
  undo();
  assert.deepEqual([live.player.cursor, live.player.mode.state], [2, "paused"]);
  live.preview.stop();
});

test("undoing shows visitors who prefer reduced motion the newest frame of a run that trains", () => {
  const { live, name, frames } = chart({ calm: true });
  hold({ tau: 0.3 });
  name("next");
  frames(0.2, 5, "running");
  undo();
  assert.deepEqual([live.player.cursor, live.player.mode.state], [4, "following"]);
  live.preview.stop();
});

test("playing, stepping and scrubbing show the run in place of a picture that stands", () => {
  for (const [act, cursor, mode] of /** @type {[act: (act: Actions) => void, cursor: number, mode: string][]} */ ([
    [(act) => act.toggle(), 2, "playing"],
    [(act) => act.step(-1), 1, "paused"],
    [(act) => act.seek(0), 0, "paused"],
    [(act) => act.again(), -1, "playing"],
  ])) {
    const { live } = standing(3);
    assert.equal(live.preview.shown, true);
    act(live.act);
    assert.deepEqual([live.preview.shown, live.player.cursor, live.player.mode.state], [false, cursor, mode]);
    live.preview.stop();
  }
  const { live } = standing(0); // no frame is there yet
  live.act.toggle();
  assert.deepEqual([live.preview.shown, live.player.cursor, live.player.playing], [false, -1, true]);
  live.preview.stop();
});
