// Keyboard shortcuts. They work while the focus is in the chart, but not in a field or list there.
//
// The left and right arrows, and the keys of slides, also work while no element has the focus. A letter may then be
// meant for Streamlit, whose R is a rerun, for a screen reader, or be part of dictated text.

const ANYWHERE = new Set(["ArrowLeft", "ArrowRight", "PageDown", "PageUp"]);
const NO_REPEAT = new Set([" ", "n", "r", "s"]); // while the key is held down

/** @typedef {Partial<Record<string, (event: KeyboardEvent) => void>>} Keys actions by key, such as " " or ArrowLeft */

/**
 * @param {HTMLElement} host
 * @param {() => Keys} actions
 * @returns {() => void} removes the listeners
 */
export function listenToKeys(host, actions) {
  const inside = (/** @type {KeyboardEvent} */ event) => {
    if (handle(event, actions())) event.stopPropagation();
  };
  const outside = (/** @type {KeyboardEvent} */ event) => {
    if (ANYWHERE.has(event.key) && nothingFocused(document.activeElement, host)) handle(event, actions());
  };
  host.addEventListener("keydown", inside);
  document.addEventListener("keydown", outside);
  return () => {
    host.removeEventListener("keydown", inside);
    document.removeEventListener("keydown", outside);
  };
}

/**
 * Whether no control has the focus: only the body, or the scrolling part of the page around the chart, which Streamlit
 * makes focusable.
 *
 * @param {Element | null} active
 * @param {Element} host
 */
function nothingFocused(active, host) {
  return !active || active === document.body || (active !== host && active.contains(host));
}

/**
 * @param {KeyboardEvent} event
 * @param {Keys} actions
 */
function handle(event, actions) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const action = actions[key];
  if (!action || ownedBy(event.target, key)) return false;
  event.preventDefault();
  if (!event.repeat || !NO_REPEAT.has(key)) action(event);
  return true;
}

/**
 * Whether the target is a control with its own use of this key.
 *
 * @param {EventTarget | null} target
 * @param {string} key
 */
function ownedBy(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  if (target instanceof HTMLInputElement) return target.type !== "range" || key.length > 1;
  if (target.tagName === "BUTTON" || target.tagName === "A") return key === " ";
  return false;
}
