// Who moves a range input, and when that ends: a pointer when it is let go, keys a moment after the last one.

import { scopedListener } from "../shell/dom.js";

const GATHER = 350; // ms after the last key: keys pressed one after the other make one setting
const KEYS = /^(Arrow|Page|Home|End)/;

/**
 * Watch an input of type range.
 *
 * @param {HTMLInputElement} range
 * @param {{ moved: (at: number) => void, commit: () => void, cancel: () => void }} actions moved(performance.now() of
 *   the event) at each stop, then either commit() or cancel()
 * @returns {{ busy: () => boolean, stop: () => void }} stop() cancels what is under way
 */
export function watchRange(range, { moved, commit, cancel }) {
  const off = new AbortController();
  const on = scopedListener(off.signal);
  /** @type {"pointer" | "keys" | "other" | null} */
  let by = null; // "other": a screen reader, which sends no keys
  let timer = 0;
  let undone = false; // by Escape; a pointer that is still down moves nothing any more

  /** @param {() => void} action */
  function end(action) {
    clearTimeout(timer);
    by = null;
    action();
  }
  const finish = (/** @type {typeof by} */ who) => by === who && end(commit);
  const gather = (/** @type {typeof by} */ who) => {
    clearTimeout(timer);
    timer = setTimeout(() => finish(who), GATHER);
  };

  on(range, "pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    finish("keys");
    by = "pointer";
    undone = false;
  });
  // the pointer may have left the slider
  on(window, "pointerup", () => {
    undone = false;
    // Later: of a tap the input comes after it.
    if (by === "pointer") setTimeout(() => finish("pointer"));
  });
  on(window, "pointercancel", () => by === "pointer" && end(cancel));
  on(range, "input", (event) => {
    if (undone) return cancel();
    if (by === null) by = "other";
    if (by === "other") gather("other");
    moved(event.timeStamp);
  });
  on(range, "change", () => finish("other"));
  on(range, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") finish("keys");
    if (!KEYS.test(event.key) || by === "pointer") return;
    clearTimeout(timer);
    by = "keys";
  });
  on(range, "keyup", () => by === "keys" && gather("keys"));
  on(range, "blur", () => finish("keys"));
  // In the whole document: not every browser focuses a slider that is dragged.
  on(
    document,
    "keydown",
    (event) => {
      if (event.key !== "Escape" || by === null) return;
      undone = by === "pointer";
      event.stopPropagation();
      end(cancel);
    },
    { capture: true },
  );

  return {
    busy: () => by !== null,
    stop: () => {
      if (by !== null) end(cancel);
      off.abort();
    },
  };
}
