// Fields of numbers are fields of text (lazyrich/web/page/typed_number.py): on a phone they show the keypad of digits all the
// same. A keypad of numbers has no minus, so a field that allows negative numbers keeps the whole keyboard.

const KEYPADS = { whole: "numeric", positive: "decimal" };

function choose({ target }) {
  if (!(target instanceof HTMLInputElement) || target.inputMode) return;
  const names = target.closest('[class*="st-key-"][class*="-typed"]')?.className ?? "";
  const kind = names.match(/-typed-(\w+)/)?.[1];
  if (KEYPADS[kind]) target.inputMode = KEYPADS[kind];
}

// before the focus, with which the keyboard comes; and with it, for those that are reached by the tabulator
for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, choose, { capture: true });
