// The live chart's entry. Streamlit calls mount() first, then for every change of data and for every change of theme.
//
// The cleanup that mount() gives runs at unmount, but also when a call was overtaken by a newer one before its promise
// resolved. So only the newest call may take the chart down, and only when no other call follows at once.

import { loadPlotly, loadStyle } from "./load.js";

const mounted = new WeakMap(); // parentElement -> { view, calls }
const UNMOUNT_AFTER = 100; // ms: longer than the gap between an overtaken call and the one that overtook it

export async function mount(component) {
  // plotly.js takes longest, so it sets out before the chart's own modules; LiveRun says so if it does not come.
  for (const started of [loadPlotly(component.data.plotly), loadStyle(component.data.css)]) started.catch(() => {});
  const { LiveRun } = await import("./live_run.js");

  const parent = component.parentElement;
  let entry = mounted.get(parent);
  if (!entry) {
    entry = { view: new LiveRun(parent), calls: 0 };
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
}
