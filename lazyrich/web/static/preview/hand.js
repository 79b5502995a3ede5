// What a hand sets on the controls, for the live chart of the page and for controls that show the same settings. The
// components of a page share their modules, so this is one line for all of them.

const line = new EventTarget();

const tell = (name, detail = {}) => line.dispatchEvent(new CustomEvent(name, { detail }));

/** A control that is held stands at these settings. at: performance.now() of the event that moved it. */
export function hold(settings, at) {
  tell("held", { settings, at });
}

/** It was let go, and Python is told the settings. */
export function release() {
  tell("released");
}

/** It was let go where it was before, or what it did is undone. */
export function undo() {
  tell("undone");
}

/** Settings were chosen by a click, and Python is told. */
export function choose(settings, at) {
  tell("chosen", { settings, at });
}

/**
 * Listen to all controls of the page. Returns how to stop.
 *
 * @param {{ held?: Function, released?: Function, undone?: Function, chosen?: Function }} calls held(settings, at),
 *   released(), undone(), chosen(settings, at)
 */
export function watchHand(calls) {
  const off = new AbortController();
  for (const [name, call] of Object.entries(calls))
    line.addEventListener(name, (/** @type {any} */ { detail }) => call(detail.settings, detail.at), {
      signal: off.signal,
    });
  return () => off.abort();
}
