// Camera controls of a space: drag or arrow keys turn it, pinch, Ctrl + wheel or + and - zoom, a double click resets.

const TURN = 0.009; // radians a px
const STEP = 0.12; // radians a key
const ZOOM = 1.15;

/** @import { Point } from "../../core/types.d.ts" */

/**
 * @typedef {object} CameraActions
 * @property {(right: number, up: number) => void} turn by these angles in radians
 * @property {(factor: number) => void} magnify
 * @property {() => void} reset
 * @property {() => void} release called after the last move
 */

/**
 * @param {HTMLElement} node
 * @param {CameraActions} act
 */
export function orbit(node, act) {
  /** @type {Map<number, Point>} */
  const pointers = new Map();
  let apart = 0;
  const spread = () => {
    const [one, other] = [...pointers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    node.setPointerCapture(event.pointerId);
    if (pointers.size === 2) apart = spread();
  });
  node.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const here = { x: event.clientX, y: event.clientY };
    pointers.set(event.pointerId, here);
    if (pointers.size === 1) act.turn(TURN * (here.x - last.x), TURN * (here.y - last.y));
    else if (pointers.size === 2) {
      const now = spread();
      if (apart > 0) act.magnify(now / apart);
      apart = now;
    }
  });
  const release = (/** @type {PointerEvent} */ event) => {
    if (pointers.delete(event.pointerId) && pointers.size === 0) act.release();
  };
  node.addEventListener("pointerup", release);
  node.addEventListener("pointercancel", release);
  // The focus stays with the run's own keys unless the visitor moves it here with Tab.
  node.addEventListener("mousedown", (event) => event.preventDefault());
  node.addEventListener("dblclick", () => act.reset());
  node.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
      event.preventDefault();
      act.magnify(Math.exp(-0.0025 * event.deltaY));
      act.release();
    },
    { passive: false },
  );
  /** @type {Partial<Record<string, () => void>>} */
  const keys = {
    ArrowLeft: () => act.turn(-STEP, 0),
    ArrowRight: () => act.turn(STEP, 0),
    ArrowUp: () => act.turn(0, STEP),
    ArrowDown: () => act.turn(0, -STEP),
    "+": () => act.magnify(ZOOM),
    "=": () => act.magnify(ZOOM),
    "-": () => act.magnify(1 / ZOOM),
    Home: () => act.reset(),
  };
  node.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (event.target !== node || event.ctrlKey || event.metaKey || event.altKey || !move) return;
    event.preventDefault(); // else the run would step as well
    move();
    act.release();
  });
}
