// Events of the controls, for the live chart of the page and for other controls of the same settings. The components of
// a page share their modules, so this bus connects all of them.

import { onDetail } from "../shell/dom.js";

/** @import { Settings } from "../stream/messages.d.ts" */
/** @typedef {{ settings: Settings, at: number }} ControlChange */
/** @typedef {(settings: Settings, at: number) => unknown} ControlListener */

const bus = new EventTarget();

/** @type {(name: string, settings?: Settings, at?: number) => void} */
const dispatch = (name, settings = {}, at = NaN) =>
  bus.dispatchEvent(new CustomEvent(name, { detail: { settings, at } }));

/**
 * Announce the settings of a control that is held.
 *
 * @param {Settings} settings
 * @param {number} at performance.now() of the event that moved it
 */
export function hold(settings, at) {
  dispatch("held", settings, at);
}

/** Announce that the control was released, and its settings are sent to Python. */
export function release() {
  dispatch("released");
}

/** Announce that the control was released where it was before, or that its change was cancelled. */
export function undo() {
  dispatch("undone");
}

/**
 * Announce settings that were chosen by a click, and are sent to Python.
 *
 * @param {Settings} settings
 * @param {number} at performance.now() of the click
 */
export function choose(settings, at) {
  dispatch("chosen", settings, at);
}

/**
 * Listen to all controls of the page.
 *
 * @param {Partial<Record<"held" | "chosen" | "released" | "undone", ControlListener>>} calls by event; the last two get
 *   no settings
 * @returns {() => void} unsubscribe
 */
export function watchControls(calls) {
  const off = new AbortController();
  for (const [name, call] of Object.entries(calls)) {
    const listener = (/** @type {ControlChange} */ { settings, at }) => call(settings, at);
    onDetail(bus, name, listener, { signal: off.signal });
  }
  return () => off.abort();
}
