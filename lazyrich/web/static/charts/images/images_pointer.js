// Selection of one of many pictures by pointing, by a tap, or by the arrow keys when it has the focus.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FIRST = { network: 0, filter: 0 };

/**
 * act: {ready(), pick(), under(x, y), beside(right, down), choose(pick), speak()}. A pick is {network, filter}, null for
 * none; speak() comes after a change by keys.
 */
export function hands(node, act) {
  const under = (event) => (act.ready() ? act.under(event.offsetX, event.offsetY) : null);
  const hovers = (event) => event.pointerType !== "touch";
  const on = (name, action) => node.addEventListener(name, action);
  on("pointermove", (event) => hovers(event) && act.choose(under(event)));
  on("pointerleave", (event) => hovers(event) && act.choose(null));
  on("pointerup", (event) => {
    if (hovers(event)) return;
    const tapped = under(event);
    const before = act.pick();
    const again = tapped && tapped.network === before?.network && tapped.filter === before.filter;
    act.choose(again ? null : tapped);
  });
  // The focus stays with the run's own keys unless the visitor moves it here with Tab.
  on("mousedown", (event) => event.preventDefault());
  on("blur", () => act.choose(null));
  on("focus", () => {
    if (act.pick() || !act.ready()) return;
    act.choose(FIRST);
    act.speak();
  });
  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !act.ready()) return;
    const way = ARROWS[event.key];
    if (way) act.choose(act.pick() ? act.beside(...way) : FIRST);
    else if (event.key === "Escape" && act.pick()) act.choose(null);
    else return;
    event.preventDefault(); // else the run would step
    if (act.pick()) act.speak();
  });
}
