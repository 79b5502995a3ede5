// Selection of one of many pictures by pointing, by a tap, or by the arrow keys when it has the focus.

/** @import { FilterPick } from "./images_layout.js" */

/**
 * @typedef {object} PointerActions
 * @property {() => boolean} ready
 * @property {() => FilterPick | null} pick the picture that is selected
 * @property {(x: number, y: number) => FilterPick | null} under a point
 * @property {(pick: FilterPick, right: number, down: number) => FilterPick} beside another
 * @property {(pick: FilterPick | null) => void} choose
 * @property {() => void} announce tell screen readers what is selected, after a change by keys
 */

/** @type {Partial<Record<string, [right: number, down: number]>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FIRST = { network: 0, filter: 0 };

/**
 * @param {HTMLElement} node
 * @param {PointerActions} act
 */
export function watchPointer(node, act) {
  const under = (/** @type {PointerEvent} */ event) => (act.ready() ? act.under(event.offsetX, event.offsetY) : null);
  const hovers = (/** @type {PointerEvent} */ event) => event.pointerType !== "touch";
  node.addEventListener("pointermove", (event) => hovers(event) && act.choose(under(event)));
  node.addEventListener("pointerleave", (event) => hovers(event) && act.choose(null));
  node.addEventListener("pointerup", (event) => {
    if (hovers(event)) return;
    const tapped = under(event);
    const before = act.pick();
    const again = tapped && tapped.network === before?.network && tapped.filter === before.filter;
    act.choose(again ? null : tapped);
  });
  // The focus stays with the run's own keys unless the visitor moves it here with Tab.
  node.addEventListener("mousedown", (event) => event.preventDefault());
  node.addEventListener("blur", () => act.choose(null));
  node.addEventListener("focus", () => {
    if (act.pick() || !act.ready()) return;
    act.choose(FIRST);
    act.announce();
  });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !act.ready()) return;
    const way = ARROWS[event.key];
    const pick = act.pick();
    if (way) act.choose(pick ? act.beside(pick, ...way) : FIRST);
    else if (event.key === "Escape" && pick) act.choose(null);
    else return;
    event.preventDefault(); // else the run would step
    if (act.pick()) act.announce();
  });
}
