// What a hand sets on the controls, for the live chart of the page and for controls that show the same settings. The
// components of a page share their modules, so this is one line for all of them.

import { onDetail } from "../shell/dom.js";

/** @import { Settings } from "../stream/messages.d.ts" */
/** @typedef {{ settings: Settings, at: number }} Set */
/** @typedef {(settings: Settings, at: number) => unknown} Heard */

const line = new EventTarget();

/** @type {(name: string, settings?: Settings, at?: number) => void} */
const tell = (name, settings = {}, at = NaN) => line.dispatchEvent(new CustomEvent(name, { detail: { settings, at } }));

/**
 * A control that is held stands at these settings.
 *
 * @param {Settings} settings
 * @param {number} at performance.now() of the event that moved it
 */
export function hold(settings, at) {
  tell("held", settings, at);
}

/** It was let go, and Python is told the settings. */
export function release() {
  tell("released");
}

/** It was let go where it was before, or what it did is undone. */
export function undo() {
  tell("undone");
}

/**
 * Settings were chosen by a click, and Python is told.
 *
 * @param {Settings} settings
 * @param {number} at performance.now() of the click
 */
export function choose(settings, at) {
  tell("chosen", settings, at);
}

/**
 * Listen to all controls of the page.
 *
 * @param {Partial<Record<"held" | "chosen" | "released" | "undone", Heard>>} calls the last two have no settings
 * @returns {() => void} how to stop
 */
export function watchHand(calls) {
  const off = new AbortController();
  for (const [name, call] of Object.entries(calls)) {
    const heard = (/** @type {Set} */ { settings, at }) => call(settings, at);
    onDetail(line, name, heard, { signal: off.signal });
  }
  return () => off.abort();
}
