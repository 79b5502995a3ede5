// Lifetime of a component. Streamlit calls mount() first, then for every change of data and of theme.
//
// The cleanup that mount() returns runs at unmount, but also when a newer call overtook a call before its promise
// resolved. So only the newest call may remove the view, and only if no other call follows at once.

const UNMOUNT_AFTER = 100; // ms: longer than the gap between an overtaken call and the one that overtook it

/** @import { Component } from "../core/types.d.ts" */
/**
 * The view of a component.
 *
 * @template Data
 * @typedef {{ update(component: Component<Data>): void, destroy(): void }} ComponentView
 */

/**
 * Return the mount() of a component whose views createView(parent) creates.
 *
 * @template Data
 * @param {(parent: HTMLElement) => ComponentView<Data>} createView
 * @returns {(component: Component<Data>) => () => void}
 */
export function createMount(createView) {
  /** @type {WeakMap<HTMLElement, { view: ComponentView<Data>, calls: number }>} */
  const mounted = new WeakMap(); // by parentElement
  return function mount(component) {
    const parent = component.parentElement;
    let entry = mounted.get(parent);
    if (!entry) {
      entry = { view: createView(parent), calls: 0 };
      mounted.set(parent, entry);
    }
    const call = ++entry.calls;
    entry.view.update(component);
    return () => {
      setTimeout(() => {
        if (entry.calls !== call || mounted.get(parent) !== entry) return;
        mounted.delete(parent);
        entry.view.destroy();
      }, UNMOUNT_AFTER);
    };
  };
}
