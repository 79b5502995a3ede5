// Events of the controls, for the live chart of the page and for other controls of the same settings. The components of
// a page share their modules, so this bus connects all of them.

import { onDetail } from "../shell/dom.js";

/** @import { Settings } from "../stream/messages.d.ts" */
/** @typedef {(settings: Settings) => unknown} ControlListener */

const bus = new EventTarget();

/** @type {(name: string, settings?: Settings) => void} */
const dispatch = (name, settings = {}) => bus.dispatchEvent(new CustomEvent(name, { detail: settings }));

/**
 * Announce the settings of a control that is held.
 *
 * @param {Settings} settings
 */
export function hold(settings) {
  dispatch("held", settings);
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
 */
export function choose(settings) {
  dispatch("chosen", settings);
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
  for (const [name, call] of Object.entries(calls)) onDetail(bus, name, call, { signal: off.signal });
  return () => off.abort();
}
