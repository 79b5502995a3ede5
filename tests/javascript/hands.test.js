// A slider or a map that the page removes while someone holds it: what is under way is taken back.

import assert from "node:assert/strict";
import test from "node:test";
import { watchHands } from "../../lazyrich/web/static/picker/picker_pointer.js";
import { watchRange } from "../../lazyrich/web/static/slider/slider_pointer.js";

Object.assign(globalThis, { window: new EventTarget(), document: new EventTarget() });

const send = (target, name, more) => target.dispatchEvent(Object.assign(new Event(name), more));
const PRESS = { isPrimary: true, button: 0, pointerId: 1, pointerType: "mouse", clientX: 3, clientY: 4 };

/** What an input or a surface calls, in order. */
function listener(names) {
  const calls = [];
  return { calls, actions: Object.fromEntries(names.map((name) => [name, () => calls.push(name)])) };
}

test("a slider that is removed while a pointer or a key holds it is undone once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const hold of [
    (range) => send(range, "pointerdown", PRESS),
    (range) => send(range, "keydown", { key: "ArrowLeft" }),
  ]) {
    const range = new EventTarget();
    const { calls, actions } = listener(["moved", "commit", "cancel"]);
    const hand = watchRange(/** @type {any} */ (range), /** @type {any} */ (actions));
    hold(range);
    send(range, "input", {});
    send(range, "keyup", { key: "ArrowLeft" });
    hand.stop();
    assert.equal(hand.busy(), false);
    send(window, "pointerup", PRESS);
    t.mock.timers.tick(1000);
    assert.deepEqual(calls, ["moved", "cancel"]);
  }
  const { calls, actions } = listener(["moved", "commit", "cancel"]);
  watchRange(/** @type {any} */ (new EventTarget()), /** @type {any} */ (actions)).stop();
  assert.deepEqual(calls, [], "nobody holds it");
});

test("a map that is removed while a pointer or a key holds its dot is undone once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const box = { getBoundingClientRect: () => ({ left: 0, top: 0, width: 9, height: 9 }) };
  for (const hold of [
    (surface) => send(surface, "pointerdown", PRESS),
    (surface) => send(surface, "keydown", { key: "ArrowLeft" }),
  ]) {
    const classList = { add() {}, remove() {} };
    const surface = Object.assign(new EventTarget(), { ...box, classList, focus() {}, setPointerCapture() {} });
    const { calls, actions } = listener(["moveTo", "stepBy", "hover", "unhover", "commit", "cancel"]);
    const hands = watchHands(surface, { ...box, contains: () => false }, actions);
    hold(surface);
    send(surface, "keyup", { key: "ArrowLeft" });
    hands.stop();
    assert.equal(hands.busy(), false);
    t.mock.timers.tick(1000);
    assert.deepEqual(
      calls.filter((name) => ["commit", "cancel"].includes(name)),
      ["cancel"],
    );
  }
});
