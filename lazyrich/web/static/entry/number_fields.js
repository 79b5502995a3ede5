// Number fields are text fields (lazyrich/web/page/typed_number.py) that open the keypad of digits on a phone. A keypad
// of numbers has no minus, so a field that allows negative numbers keeps the whole keyboard.

/** @type {Record<string, string>} */
const KEYPADS = { whole: "numeric", positive: "decimal" };

/**
 * Set the keypad of the field that an event is about to focus.
 *
 * @param {Event} event
 */
function setKeypad({ target }) {
  if (!(target instanceof HTMLInputElement) || target.inputMode) return;
  const names = target.closest('[class*="st-key-"][class*="-typed"]')?.className ?? "";
  const kind = names.match(/-typed-(\w+)/)?.[1];
  if (kind && KEYPADS[kind]) target.inputMode = KEYPADS[kind];
}

// before the focus, which opens the keyboard; and at the focus, for fields reached by Tab
for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, setKeypad, { capture: true });
