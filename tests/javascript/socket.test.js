// The line to a server that goes silent, with answers to previews in between, or that refuses it.

import assert from "node:assert/strict";
import test from "node:test";
import { FrameSocket } from "../../lazyrich/web/static/stream/socket.js";

/** A WebSocket without a network. */
class Line {
  static OPEN = 1;
  /** @type {Line[]} */
  static all = [];
  readyState = 1;
  /** @type {object[]} */
  sent = [];
  /** @type {() => void} set by the code that opens it, as is the next one */
  onopen = () => {};
  /** @type {(event: { data: string }) => void} */
  onmessage = () => {};
  /** @type {(event: { code: number }) => void} */
  onclose = () => {};
  constructor() {
    Line.all.push(this);
  }
  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
}

const page = Object.assign(new EventTarget(), { baseURI: "http://127.0.0.1/", hidden: false });
Object.assign(globalThis, { window: page, document: page, WebSocket: Line });

test("an answer to a preview does not hide that the question stays without an answer", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const socket = new FrameSocket({
    heldFrames: () => ({ run: 0 }),
    onAnswer: (answer) => String(answer) === "frames", // bytes, of a real server
    onState() {},
    onRefused() {},
  });
  socket.open("/frames", "token");
  const [line] = Line.all;
  line.onopen();
  assert.deepEqual(line.sent, [{ token: "token" }, { after: { run: 0 } }]);
  line.onmessage({ data: "frames" });
  t.mock.timers.tick(60_000);
  assert.equal(socket.connection, "open", "nothing was asked for");
  line.onmessage({ data: "preview" });
  t.mock.timers.tick(60_000);
  assert.equal(socket.connection, "open", "nor is it after a preview");
  socket.ask();
  t.mock.timers.tick(20_000);
  line.onmessage({ data: "preview" });
  t.mock.timers.tick(20_000);
  assert.equal(socket.connection, "open");
  t.mock.timers.tick(5000);
  assert.equal(socket.connection, "lost");
  socket.close();
});

test("a line that is refused waits twice as long each time, and says so the fifth time in a row", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  Line.all.length = 0;
  let refused = 0;
  const socket = new FrameSocket({
    heldFrames: () => ({ run: 0 }),
    onAnswer: () => true,
    onState() {},
    onRefused: () => (refused += 1),
  });
  /** Refuse the last line, and count the ms until there is another one. */
  const wait = (code = 4403) => {
    const tries = Line.all.length;
    Line.all.at(-1)?.onclose({ code });
    let waited = 0;
    for (; Line.all.length === tries && waited < 60_000; waited += 100) t.mock.timers.tick(100);
    return waited;
  };
  socket.open("/frames", "token");
  assert.deepEqual([500, 1000, 2000, 4000], [wait(), wait(), wait(), wait()]);
  assert.equal(socket.connection, "cut");
  assert.equal(wait(), 8000);
  assert.deepEqual([socket.connection, refused], ["unknown", 5]);
  assert.equal(wait(), 8000, "no longer than this");
  Line.all.at(-1)?.onmessage({ data: "frames" });
  assert.equal(socket.connection, "open");
  assert.equal(wait(1006), 500, "after an answer the waits begin anew");
  assert.equal(refused, 6, "a line that breaks is not refused");
  socket.close();
});
