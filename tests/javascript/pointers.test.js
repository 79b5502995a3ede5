// A slider or a map that the page removes while someone holds it: what is under way is taken back.

import assert from "node:assert/strict";
import test from "node:test";
import { watchPointer } from "../../lazyrich/web/static/picker/picker_pointer.js";
import { watchRange } from "../../lazyrich/web/static/slider/slider_pointer.js";
import { part } from "./support/part.js";

Object.assign(globalThis, { window: new EventTarget(), document: new EventTarget() });

/** @type {(target: EventTarget, name: string, more: object) => unknown} */
const send = (target, name, more) => target.dispatchEvent(Object.assign(new Event(name), more));
const PRESS = { isPrimary: true, button: 0, pointerId: 1, pointerType: "mouse", clientX: 3, clientY: 4 };

/**
 * What an input or a surface calls, in order.
 *
 * @template {string} Name
 * @param {Name[]} names
 */
function listener(names) {
  /** @type {Name[]} */
  const calls = [];
  const actions = /** @type {Record<Name, () => void>} */ ({});
  for (const name of names) actions[name] = () => calls.push(name);
  return { calls, actions };
}

/** @type {((target: EventTarget) => void)[]} */
const HOLDS = [
  (target) => send(target, "pointerdown", PRESS),
  (target) => send(target, "keydown", { key: "ArrowLeft" }),
];

test("a slider that is removed while a pointer or a key holds it is undone once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const hold of HOLDS) {
    const range = /** @type {HTMLInputElement} */ (new EventTarget());
    const { calls, actions } = listener(["moved", "commit", "cancel"]);
    const input = watchRange(range, actions);
    hold(range);
    send(range, "input", {});
    send(range, "keyup", { key: "ArrowLeft" });
    input.stop();
    assert.equal(input.busy(), false);
    send(window, "pointerup", PRESS);
    t.mock.timers.tick(1000);
    assert.deepEqual(calls, ["moved", "cancel"]);
  }
  const { calls, actions } = listener(["moved", "commit", "cancel"]);
  watchRange(/** @type {HTMLInputElement} */ (new EventTarget()), actions).stop();
  assert.deepEqual(calls, [], "nobody holds it");
});

test("a map that is removed while a pointer or a key holds its dot is undone once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {DOMRect} */
  const rect = part({ left: 0, top: 0, width: 9, height: 9 });
  const box = { getBoundingClientRect: () => rect };
  for (const hold of HOLDS) {
    const classList = { add() {}, remove() {} };
    const members = { ...box, classList, focus() {}, setPointerCapture() {} };
    /** @type {HTMLElement} */
    const surface = part(Object.assign(new EventTarget(), members));
    const { calls, actions } = listener(["moveTo", "stepBy", "hover", "unhover", "commit", "cancel"]);
    const pointer = watchPointer(surface, part({ ...box, contains: () => false }), actions);
    hold(surface);
    send(surface, "keyup", { key: "ArrowLeft" });
    pointer.stop();
    assert.equal(pointer.busy(), false);
    t.mock.timers.tick(1000);
    assert.deepEqual(
      calls.filter((name) => ["commit", "cancel"].includes(name)),
      ["cancel"],
    );
  }
});
