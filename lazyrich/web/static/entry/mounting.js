// How a component lives. Streamlit calls mount() first, then for every change of data and for every change of theme.
//
// The cleanup that mount() gives runs at unmount, but also when a call was overtaken by a newer one before its promise
// resolved. So only the newest call may take the view down, and only when no other call follows at once.

const UNMOUNT_AFTER = 100; // ms: longer than the gap between an overtaken call and the one that overtook it

/** mount() for views that make(parent) gives: they have update(component) and destroy(). */
export function mounting(make) {
  const mounted = new WeakMap(); // parentElement -> { view, calls }
  return function mount(component) {
    const parent = component.parentElement;
    let entry = mounted.get(parent);
    if (!entry) {
      entry = { view: make(parent), calls: 0 };
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
