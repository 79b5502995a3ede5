// Pointer and keys on the map: press, drag, tap and arrow keys, reported as places and steps.
//
// A swipe over the map scrolls the page; a touch moves the dot only if it starts on the dot or is a tap. A mouse does not
// scroll by dragging, so a drag may start anywhere.

const TAP = 10; // px: largest movement of a tap
const GATHER = 250; // ms after the last key: keys pressed one after the other make one pick

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/**
 * surface covers the plot area, dot is within it. actions: moveTo(px, py), from the surface's corner; stepBy(dx, dy,
 * coarse); hover(px, py) and unhover(); commit(); cancel(). Returns {busy(), stop()}; stop() cancels what is under way.
 */
export function watchHands(surface, dot, actions) {
  const off = new AbortController();
  const on = (name, action) => surface.addEventListener(name, action, { signal: off.signal });
  let drag = null; // {pointer, dx, dy}: from the pointer to the dot's centre
  let tap = null; // {pointer, x, y}
  let keys = null; // timer of the pick that keys make; 0 while one is down

  const place = (event) => {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const finishKeys = (end) => {
    if (keys === null) return;
    clearTimeout(keys);
    keys = null;
    end();
  };

  on("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    finishKeys(actions.commit);
    const onDot = dot.contains(event.target);
    if (event.pointerType === "touch" && !onDot) {
      tap = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
      return;
    }
    event.preventDefault();
    surface.focus({ preventScroll: true });
    surface.setPointerCapture(event.pointerId);
    const [px, py] = place(event);
    const box = dot.getBoundingClientRect();
    drag = { pointer: event.pointerId, dx: 0, dy: 0 };
    if (onDot) {
      drag.dx = box.left + box.width / 2 - event.clientX;
      drag.dy = box.top + box.height / 2 - event.clientY;
    } else actions.moveTo(px, py);
    actions.unhover();
    surface.classList.add("dragging");
  });
  on("pointermove", (event) => {
    const [px, py] = place(event);
    if (drag?.pointer === event.pointerId) actions.moveTo(px + drag.dx, py + drag.dy);
    else if (!drag && event.pointerType === "mouse") actions.hover(px, py);
  });
  on("pointerleave", () => actions.unhover());
  on("pointerup", (event) => {
    if (drag?.pointer === event.pointerId) endDrag(actions.commit);
    if (tap?.pointer === event.pointerId && Math.hypot(event.clientX - tap.x, event.clientY - tap.y) <= TAP) {
      actions.moveTo(...place(event));
      actions.commit();
    }
    tap = null;
  });
  for (const name of ["pointercancel", "lostpointercapture"])
    on(name, (event) => {
      tap = null;
      if (drag?.pointer === event.pointerId) endDrag(actions.cancel);
    });
  function endDrag(end) {
    drag = null;
    surface.classList.remove("dragging");
    end();
  }

  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = ARROWS[event.key];
    if (step && !drag) {
      clearTimeout(keys);
      keys = 0;
      actions.stepBy(...step, event.shiftKey);
    } else if (event.key === "Enter" && !drag) finishKeys(actions.commit);
    else if (event.key === "Escape" && (drag || keys !== null)) {
      if (drag) endDrag(actions.cancel);
      finishKeys(actions.cancel);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  on("keyup", (event) => {
    if (!ARROWS[event.key] || keys === null) return;
    clearTimeout(keys);
    keys = setTimeout(() => finishKeys(actions.commit), GATHER);
  });
  on("blur", () => finishKeys(actions.commit));

  return {
    busy: () => drag !== null || keys !== null,
    stop: () => {
      if (drag) endDrag(actions.cancel);
      finishKeys(actions.cancel);
      off.abort();
    },
  };
}
