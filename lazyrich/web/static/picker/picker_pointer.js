// Pointer and keys on the map: press, drag, tap and arrow keys, reported as places and steps.
//
// A swipe over the map scrolls the page; a touch moves the dot only if it starts on the dot or is a tap. A mouse does not
// scroll by dragging, so a drag may start anywhere.

import { scopedListener } from "../shell/dom.js";

const TAP_SLOP = 10; // px: largest movement of a tap
const KEYS_PAUSE = 250; // ms after the last key: keys pressed one after the other make one pick

/** @type {Record<string, [dx: number, dy: number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/** @import { Point } from "../core/types.d.ts" */
/**
 * Actions of a pointer or of keys; points are in px from the corner of the surface.
 *
 * @typedef {object} PointerActions
 * @property {(point: Point) => void} moveTo
 * @property {(dx: number, dy: number, coarse: boolean) => void} stepBy
 * @property {(point: Point) => void} hover
 * @property {() => void} unhover
 * @property {() => void} commit
 * @property {() => void} cancel
 */

/**
 * @param {HTMLElement} surface covers the plot area
 * @param {HTMLElement} dot within it
 * @param {PointerActions} actions
 * @returns {{ busy: () => boolean, stop: () => void }} stop() cancels a move under way
 */
export function watchPointer(surface, dot, actions) {
  const off = new AbortController();
  const on = scopedListener(off.signal);
  /** @type {{ pointer: number, dx: number, dy: number } | null} */
  let drag = null; // dx, dy: from the pointer to the dot's centre
  /** @type {{ pointer: number, x: number, y: number } | null} */
  let tap = null;
  /** @type {number | null} */
  let keysTimer = null; // timer of the pick that keys make; 0 while one is down

  const place = (/** @type {PointerEvent} */ event) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const finishKeys = (/** @type {() => void} */ end) => {
    if (keysTimer === null) return;
    clearTimeout(keysTimer);
    keysTimer = null;
    end();
  };

  on(surface, "pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    finishKeys(actions.commit);
    const onDot = dot.contains(/** @type {Node | null} */ (event.target));
    if (event.pointerType === "touch" && !onDot) {
      tap = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
      return;
    }
    event.preventDefault();
    surface.focus({ preventScroll: true });
    surface.setPointerCapture(event.pointerId);
    const box = dot.getBoundingClientRect();
    drag = { pointer: event.pointerId, dx: 0, dy: 0 };
    if (onDot) {
      drag.dx = box.left + box.width / 2 - event.clientX;
      drag.dy = box.top + box.height / 2 - event.clientY;
    } else actions.moveTo(place(event));
    actions.unhover();
    surface.classList.add("dragging");
  });
  on(surface, "pointermove", (event) => {
    const { x, y } = place(event);
    if (drag?.pointer === event.pointerId) actions.moveTo({ x: x + drag.dx, y: y + drag.dy });
    else if (!drag && event.pointerType === "mouse") actions.hover({ x, y });
  });
  on(surface, "pointerleave", () => actions.unhover());
  on(surface, "pointerup", (event) => {
    if (drag?.pointer === event.pointerId) endDrag(actions.commit);
    if (tap?.pointer === event.pointerId && Math.hypot(event.clientX - tap.x, event.clientY - tap.y) <= TAP_SLOP) {
      actions.moveTo(place(event));
      actions.commit();
    }
    tap = null;
  });
  on(surface, "pointercancel", onLost);
  on(surface, "lostpointercapture", onLost);

  /** @param {PointerEvent} event */
  function onLost(event) {
    tap = null;
    if (drag?.pointer === event.pointerId) endDrag(actions.cancel);
  }

  /** @param {() => void} end */
  function endDrag(end) {
    drag = null;
    surface.classList.remove("dragging");
    end();
  }

  on(surface, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = ARROWS[event.key];
    if (step && !drag) {
      if (keysTimer !== null) clearTimeout(keysTimer);
      keysTimer = 0;
      actions.stepBy(...step, event.shiftKey);
    } else if (event.key === "Enter" && !drag) finishKeys(actions.commit);
    else if (event.key === "Escape" && (drag || keysTimer !== null)) {
      if (drag) endDrag(actions.cancel);
      finishKeys(actions.cancel);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  on(surface, "keyup", (event) => {
    if (!ARROWS[event.key] || keysTimer === null) return;
    clearTimeout(keysTimer);
    keysTimer = setTimeout(() => finishKeys(actions.commit), KEYS_PAUSE);
  });
  on(surface, "blur", () => finishKeys(actions.commit));

  return {
    busy: () => drag !== null || keysTimer !== null,
    stop: () => {
      if (drag) endDrag(actions.cancel);
      finishKeys(actions.cancel);
      off.abort();
    },
  };
}
