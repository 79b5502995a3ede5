// What a live chart does while a preview stands in place of its run: the run takes the place, and the playback bar works.

import assert from "node:assert/strict";
import test from "node:test";
import { hold, release, undo } from "../../lazyrich/web/static/preview/hand.js";
import { LivePreview } from "../../lazyrich/web/static/preview/live_preview.js";
import { actionsOn } from "../../lazyrich/web/static/shell/actions.js";
import { Player } from "../../lazyrich/web/static/stream/player.js";
import { ShownRuns } from "../../lazyrich/web/static/stream/shown_runs.js";
import { append } from "./logs.js";

globalThis.document = /** @type {any} */ (new EventTarget());

const HEADER = { columns: ["step", "time"], arrays: [], spread: [], expected: 9, settings: "", chart_data: {} };
const rows = (first, count) => Array.from({ length: count }, (_, k) => [first + k, first + k]);

/** A live chart at the end of its run, and a way to give it runs and previews. */
function chart({ calm = false } = {}) {
  const spoken = [];
  const live = {
    runs: new ShownRuns(),
    player: new Player(),
    loop: { wake() {}, rest() {} },
    calm: { matches: calm },
    view: { host: { dataset: {} }, grid: { each() {} }, notice: { remark() {} } },
    source: {
      recorded: false,
      preview(_run, _settings, serial) {
        live.serial = serial;
        return true;
      },
    },
    tell() {},
    repaint() {},
    refit() {},
    speakVerdict: () => spoken.push("verdict"),
  };
  live.preview = new LivePreview(/** @type {any} */ (live));
  live.act = actionsOn(live);
  const frames = (tau, count, status) => {
    const { log } = live.runs.current;
    log.open({ ...HEADER, config: { tau } });
    append(log, rows(log.count, count), {}, { status });
    live.preview.look();
  };
  const name = (id) => {
    if (live.runs.update([{ id, role: "current", label: "", colour: "" }])) live.player.restart(calm);
    live.preview.look();
  };
  const answer = (tau, count, whole) => {
    const [verdicts, header] = [rows(0, count).map(() => ""), { ...HEADER, config: { tau } }];
    const entry = { id: "p", status: "finished", message: "", remedy: {}, progress: 1, left: 0, first: 0, count };
    const floats = Float32Array.from(rows(0, count).flat());
    live.preview.receive({ runs: [], serial: live.serial, preview: { ...entry, verdicts, whole, header }, floats });
  };
  name("base");
  frames(0.1, 9, "finished");
  live.player.arrive(8, live.runs.timeline, false);
  return { live, name, frames, answer, spoken };
}

/** A beginning that stands for a run which has so many frames. */
function standing(count, more) {
  const one = chart(more);
  hold({ tau: 0.2 }, 0);
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
  hold({ tau: 0.2 }, 0);
  answer(0.2, 4, false);
  release();
  name("next");
  frames(0.2, 5, "running");
  assert.deepEqual([live.preview.shown, live.player.cursor, live.player.mode.state], [false, 2, "paused"]);
  // a second hand that is undone while the run of the first trains
  hold({ tau: 0.3 }, 0);
  name("third");
  frames(0.2, 6, "running");
  undo();
  assert.deepEqual([live.player.cursor, live.player.mode.state], [2, "paused"]);
  live.preview.stop();
});

test("undoing shows visitors who prefer reduced motion the newest frame of a run that trains", () => {
  const { live, name, frames } = chart({ calm: true });
  hold({ tau: 0.3 }, 0);
  name("next");
  frames(0.2, 5, "running");
  undo();
  assert.deepEqual([live.player.cursor, live.player.mode.state], [4, "following"]);
  live.preview.stop();
});

test("playing, stepping and scrubbing show the run in place of a picture that stands", () => {
  for (const [act, cursor, mode] of /** @type {[(act: any) => void, number, string][]} */ ([
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
