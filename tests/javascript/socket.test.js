// The line to a server that goes silent, with answers to previews in between.

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
    question: () => ({ run: 0 }),
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
  assert.equal(socket.line, "open", "nothing was asked for");
  line.onmessage({ data: "preview" });
  t.mock.timers.tick(60_000);
  assert.equal(socket.line, "open", "nor is it after a preview");
  socket.ask();
  t.mock.timers.tick(20_000);
  line.onmessage({ data: "preview" });
  t.mock.timers.tick(20_000);
  assert.equal(socket.line, "open");
  t.mock.timers.tick(5000);
  assert.equal(socket.line, "lost");
  socket.close();
});
