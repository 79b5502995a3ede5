// Detects when a change of a range input begins and ends: a pointer ends it when released, keys a moment after the last
// one.

import { scopedListener } from "../shell/dom.js";

const KEYS_PAUSE = 350; // ms after the last key: keys pressed one after the other make one setting
const KEYS = /^(Arrow|Page|Home|End)/;

/**
 * Watch an input of type range.
 *
 * @param {HTMLInputElement} range
 * @param {{ moved: () => void, commit: () => void, cancel: () => void }} actions moved() at each stop, then either
 *   commit() or cancel()
 * @returns {{ busy: () => boolean, stop: () => void }} stop() cancels a change under way
 */
export function watchRange(range, { moved, commit, cancel }) {
  const off = new AbortController();
  const on = scopedListener(off.signal);
  /** @type {"pointer" | "keys" | "other" | null} */
  let mover = null; // "other": a screen reader, which sends no keys
  let timer = 0;
  let undone = false; // by Escape; a pointer that is still down moves nothing any more

  /** @param {() => void} action */
  function end(action) {
    clearTimeout(timer);
    mover = null;
    action();
  }
  const finishIf = (/** @type {typeof mover} */ who) => mover === who && end(commit);
  const finishLater = (/** @type {typeof mover} */ who) => {
    clearTimeout(timer);
    timer = setTimeout(() => finishIf(who), KEYS_PAUSE);
  };

  on(range, "pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    finishIf("keys");
    mover = "pointer";
    undone = false;
  });
  // the pointer may have left the slider
  on(window, "pointerup", () => {
    undone = false;
    // Deferred: after a tap the input event comes later.
    if (mover === "pointer") setTimeout(() => finishIf("pointer"));
  });
  on(window, "pointercancel", () => mover === "pointer" && end(cancel));
  on(range, "input", () => {
    if (undone) return cancel();
    if (mover === null) mover = "other";
    if (mover === "other") finishLater("other");
    moved();
  });
  on(range, "change", () => finishIf("other"));
  on(range, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") finishIf("keys");
    if (!KEYS.test(event.key) || mover === "pointer") return;
    clearTimeout(timer);
    mover = "keys";
  });
  on(range, "keyup", () => mover === "keys" && finishLater("keys"));
  on(range, "blur", () => finishIf("keys"));
  // In the whole document: not every browser focuses a slider that is dragged.
  on(
    document,
    "keydown",
    (event) => {
      if (event.key !== "Escape" || mover === null) return;
      undone = mover === "pointer";
      event.stopPropagation();
      end(cancel);
    },
    { capture: true },
  );

  return {
    busy: () => mover !== null,
    stop: () => {
      if (mover !== null) end(cancel);
      off.abort();
    },
  };
}
