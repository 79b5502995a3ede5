import assert from "node:assert/strict";
import test from "node:test";
import { AxesPace } from "../../lazyrich/web/static/preview/axes_pace.js";
import { Preview } from "../../lazyrich/web/static/preview/preview.js";
import { PreviewCache } from "../../lazyrich/web/static/preview/preview_cache.js";
import { RunLog } from "../../lazyrich/web/static/stream/run_log.js";
import { append, entryOf, headerOf, logOf, runOf } from "./support/logs.js";
import { part } from "./support/part.js";

/** @import { Answer, RunStatus, Settings } from "../../lazyrich/web/static/stream/messages.d.ts" */
/** @typedef {{ id: string, settings: Settings, serial: number }} SentRequest */

/**
 * A run with these settings, at so many frames.
 *
 * @param {string} id
 * @param {Settings} config
 * @param {number} frames
 * @param {RunStatus} status
 */
function run(id, config, frames = 3, status = "finished") {
  if (frames === 0) return runOf(id, Object.assign(new RunLog(id), { status }));
  const rows = Array.from({ length: frames }, (_, k) => [k, k]);
  const log = logOf(rows, { entry: { status } });
  Object.assign(log, { id, status, settled: status === "finished" });
  if (log.header) log.header.config = config;
  return runOf(id, log);
}

/**
 * The settings of the run or preview that is shown.
 *
 * @param {Preview} preview
 */
function shown({ log }) {
  assert.ok(log?.header);
  return log.header.config;
}

/** A preview, the requests that it sends, and answers to them. */
function trial() {
  /** @type {SentRequest[]} */
  const requests = [];
  const state = { online: true, changes: 0 };
  const preview = new Preview({
    sendRequest: (id, settings, serial) =>
      state.online && Boolean(requests.push({ id, settings: { ...settings }, serial })),
    onChange: () => state.changes++,
  });
  /** @type {(request: SentRequest, more?: Partial<Answer> & { whole?: boolean }) => void} */
  const answer = ({ settings, serial }, { whole = true, ...more } = {}) => {
    const header = headerOf({ expected: 3, config: { tau: 0.1, delta: 0, ...settings } });
    const frames = { first: 0, count: 3, verdicts: ["", "", ""] };
    const entry = entryOf({ id: `p ${JSON.stringify(settings)}`, status: "finished", ...frames, whole, header });
    const floats = Float32Array.of(0, 0, 1, 1, 2, 2);
    preview.receive({ runs: [], preview: entry, serial, why: "", floats, ...more });
  };
  return { preview, requests, answer, state };
}

const base = () => run("base", { tau: 0.1, delta: 0 });

test("one request is on its way, and the next is for where the control is then", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { preview, requests, answer } = trial();
  const from = base();
  for (const tau of [0.2, 0.3, 0.4]) preview.hold({ tau }, from);
  assert.deepEqual(
    requests.map(({ id, settings }) => [id, settings]),
    [["base", { tau: 0.2 }]],
  );
  answer(requests[0]);
  assert.equal(shown(preview).tau, 0.2, "what was passed is painted");
  assert.deepEqual(requests[1].settings, { tau: 0.4 });
  // a second control before the page has run again: requests carry all settings of the controls
  preview.hold({ delta: 1 }, from);
  answer(requests[1]);
  assert.deepEqual(requests[2].settings, { tau: 0.4, delta: 1 });
  answer(requests[1]);
  assert.equal(shown(preview).delta, 0, "a late answer is ignored");
  answer(requests[2]);
  assert.equal(preview.remark, "");
  preview.hold({ delta: 2 }, from);
  answer(requests[3], { whole: false });
  assert.match(preview.remark, /^Shown to step 2; the rest comes when/);
  preview.hold({ delta: 0 }, from);
  assert.equal(preview.remark, "");
  assert.equal(requests.length, 4, "a preview that has come once is kept");
  assert.equal(shown(preview).delta, 0);
  preview.hold({ tau: 0.1 }, from);
  assert.equal(preview.log, from.log, "back where the control was the run itself is shown");
});

test("a cut connection or a request without an answer frees the place of the next", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { preview, requests, answer, state } = trial();
  const from = base();
  preview.hold({ tau: 0.2 }, from);
  preview.onDisconnect();
  state.online = false;
  preview.hold({ tau: 0.3 }, from);
  assert.equal(requests.length, 1);
  state.online = true;
  preview.hold({ tau: 0.4 }, from);
  assert.deepEqual(requests[1].settings, { tau: 0.4 });
  preview.hold({ tau: 0.5 }, from);
  t.mock.timers.tick(5000);
  assert.deepEqual(requests[2].settings, { tau: 0.5 });
  answer(requests[1]);
  assert.equal(preview.log, null, "an answer that was given up");
  answer(requests[2], { preview: null, why: "Too large." });
  assert.equal(preview.remark, "Too large.");
  preview.hold({ tau: 0.5 }, from);
  assert.equal(requests.length, 3, "what was refused is not asked for again");
});

test("after the release the picture stands until the run with these settings is whole", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { preview, requests, answer } = trial();
  preview.hold({ tau: 0.2 }, base());
  answer(requests[0]);
  preview.release();
  assert.equal(preview.state, "standing");
  assert.equal(preview.updateRun(base()), false, "it is still the run from before the control moved");
  assert.equal(preview.updateRun(run("next", {}, 0, "running")), false);
  t.mock.timers.tick(60_000);
  assert.equal(preview.state, "standing", "it is on its way, however long it takes");
  assert.equal(preview.updateRun(run("next", { tau: 0.2, delta: 0 }, 2, "running")), false);
  assert.equal(preview.updateRun(run("next", { tau: 0.2, delta: 0 })), true);
  preview.end();
  assert.deepEqual([preview.state, preview.log], ["own", null]);
});

test("it ends for another run, for a failed one, and if none is named", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const after of /** @type {((preview: Preview) => unknown)[]} */ ([
    (preview) => preview.updateRun(run("other", { tau: 7, delta: 0 })),
    (preview) => preview.updateRun(run("next", {}, 0, "failed")),
    () => t.mock.timers.tick(4000),
  ])) {
    const { preview, requests, answer, state } = trial();
    preview.hold({ tau: 0.2 }, base());
    answer(requests[0]);
    preview.release();
    const before = state.changes;
    after(preview);
    assert.deepEqual([preview.state, preview.log, state.changes], ["own", null, before + 1]);
  }
});

test("the run of an earlier release does not end the picture of a later one", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { preview, requests, answer } = trial();
  preview.hold({ tau: 0.2 }, base());
  answer(requests[0]);
  preview.release();
  preview.hold({ delta: 1 }, base());
  answer(requests[1]);
  preview.release();
  assert.equal(preview.updateRun(run("first", { tau: 0.2, delta: 0 })), false);
  assert.equal(preview.state, "standing");
  assert.equal(preview.updateRun(run("second", { tau: 0.2, delta: 1 })), true);
  preview.updateRun(run("first", { tau: 0.2, delta: 0 }));
  t.mock.timers.tick(4000);
  assert.equal(preview.state, "own", "the second one never came");
});

test("a run that has ended takes the place of its picture only when all of its frames are there", () => {
  const { preview, requests, answer } = trial();
  preview.hold({ tau: 0.2 }, base());
  answer(requests[0]);
  preview.release();
  const log = logOf([[0, 0]], { expected: 3, entry: { status: "finished" } });
  assert.ok(log.header);
  log.header.config = { tau: 0.2, delta: 0 };
  assert.equal(preview.updateRun(runOf("next", log)), false, "the first of two answers");
  append(
    log,
    [
      [1, 1],
      [2, 2],
    ],
    {},
    { status: "finished" },
  );
  assert.equal(preview.updateRun(runOf("next", log)), true);
  preview.end();
});

test("a picture of other settings than the run's ends, unless the right one is on its way", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const none = { preview: null, why: "Too large." };
  /** @type {(config?: Settings, frames?: number, status?: RunStatus) => ReturnType<typeof run>} */
  const next = (config, frames = 1, status = "running") =>
    run("next", { tau: 0.3, delta: 0, ...config }, frames, status);
  const standing = () => {
    const one = trial();
    one.preview.hold({ tau: 0.2 }, base());
    one.answer(one.requests[0]);
    one.preview.hold({ tau: 0.3 }, base());
    one.preview.release();
    return one;
  };
  const refused = standing();
  assert.equal(refused.preview.updateRun(next()), false);
  assert.equal(refused.preview.state, "standing", "its own request is not answered yet");
  refused.answer(refused.requests[1], none);
  assert.equal(refused.preview.updateRun(next()), false);
  assert.equal(refused.preview.state, "own", "there is none");
  const slow = standing();
  t.mock.timers.tick(3000);
  slow.preview.updateRun(next());
  assert.equal(slow.preview.state, "standing");
  t.mock.timers.tick(2000);
  slow.preview.updateRun(next());
  assert.equal(slow.preview.state, "own", "it did not come in time");
  const whole = standing();
  whole.answer(whole.requests[1], none);
  assert.equal(whole.preview.updateRun(next({}, 3, "finished")), true, "a whole run takes its place");
  // a setting without previews has been changed while the picture stands
  const other = standing();
  other.answer(other.requests[1]);
  assert.equal(other.preview.updateRun(next({ delta: 5 })), false);
  assert.equal(other.preview.state, "own");
  const same = standing();
  same.answer(same.requests[1]);
  same.preview.updateRun(next());
  assert.equal(same.preview.state, "standing");
  same.preview.end();
});

test("a beginning gives way once the run has come as far, and after the release does not mention the control", () => {
  const { preview, requests, answer, state } = trial();
  preview.hold({ tau: 0.2 }, base());
  answer(requests[0], { whole: false });
  assert.match(preview.remark, /when the control is released/);
  const before = state.changes;
  preview.release();
  assert.equal(state.changes, before + 1, "the words change with the release");
  assert.match(preview.remark, /^Shown to step 2; the rest follows/);
  assert.equal(preview.updateRun(run("next", { tau: 0.2, delta: 0 }, 2, "running")), false);
  assert.equal(preview.updateRun(run("next", { tau: 0.2, delta: 0 }, 3, "running")), true);
  preview.end();
});

test("a connection that is open again requests where the control is", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { preview, requests, answer, state } = trial();
  preview.onReconnect();
  preview.hold({ tau: 0.2 }, base());
  preview.onDisconnect();
  state.online = false;
  preview.hold({ tau: 0.3 }, base());
  state.online = true;
  preview.onReconnect();
  assert.deepEqual(requests[1].settings, { tau: 0.3 });
  preview.onReconnect();
  assert.equal(requests.length, 2, "one request is on its way");
  answer(requests[1]);
  assert.equal(shown(preview).tau, 0.3);
  preview.stop();
});

test("why there is no picture is said where the control is, and nowhere else", () => {
  const { preview, requests, answer, state } = trial();
  const from = base();
  preview.hold({ tau: 0.2 }, from);
  answer(requests[0]);
  preview.hold({ tau: 0.3 }, from);
  answer(requests[1], { preview: null, why: "Too large." });
  assert.equal(preview.remark, "Too large.");
  let before = state.changes;
  preview.hold({ tau: 0.2 }, from);
  assert.deepEqual([preview.remark, state.changes], ["", before + 1], "the stop that is shown");
  before = state.changes;
  preview.hold({ tau: 0.3 }, from);
  assert.deepEqual([preview.remark, state.changes, requests.length], ["Too large.", before + 1, 2]);
  preview.end();
});

test("undoing goes back to the run, but not from a picture that stands for an earlier release", () => {
  const { preview, requests, answer } = trial();
  preview.hold({ tau: 0.2 }, base());
  answer(requests[0]);
  preview.undo();
  assert.deepEqual([preview.state, preview.log], ["own", null]);
  preview.hold({ tau: 0.2 }, base());
  preview.release();
  preview.undo();
  assert.equal(preview.state, "standing");
  preview.end();
});

test("a click plays from the start, and goes on in the run once that is there so far", () => {
  const { preview, requests, answer } = trial();
  preview.choose({ tau: 0.1, delta: 0 }, base());
  assert.equal(preview.state, "own", "the settings are there already");
  preview.choose({ tau: 3 }, base());
  answer(requests[0]);
  assert.equal(preview.step, 0);
  preview.playedFrames = 1.7;
  assert.equal(preview.step, 1);
  assert.equal(preview.updateRun(run("next", { tau: 3, delta: 0 }, 1, "running")), false);
  assert.equal(preview.updateRun(run("next", { tau: 3, delta: 0 }, 2, "running")), true);
  preview.end();
});

test("kept previews are those used last, within a bound of bytes", () => {
  const cache = new PreviewCache(100);
  /** @type {(bytes: number) => RunLog} */
  const log = (bytes) => part({ values: new Float32Array(bytes / 4) });
  cache.set("a", log(40));
  cache.set("b", log(40));
  cache.get("a");
  cache.set("c", log(40));
  assert.deepEqual(
    [..."abc"].map((key) => Boolean(cache.get(key))),
    [true, false, true],
  );
  cache.set("a", log(8));
  assert.equal(cache.bytes, 48);
  cache.set("d", log(500));
  assert.deepEqual(
    [..."acd"].map((key) => Boolean(cache.get(key))),
    [false, false, true],
  );
});

test("plotly's axes take a tenth of the time, one chart after the other", () => {
  const pace = new AxesPace();
  const behind = ["a", "b"];
  assert.equal(pace.next(behind, 0), "a");
  pace.record(10, 10);
  assert.equal(pace.next(behind, 100), undefined);
  assert.equal(pace.next(behind, 110), "b");
  assert.equal(pace.next([], 500), undefined);
});
