// Networks that train side by side: a colour and a name for each.

import { key, swatch } from "../shell/dom.js";
import { setting } from "../core/format.js";

/** The colour of the network at a place; scene.colours has six, and begins anew after them. */
export const armColour = ({ arms }, k) => arms[k % arms.length];

/** What the network at a place is called, where there are several; else nothing. */
export function armName(log, k) {
  const alphas = log.view?.alphas ?? [];
  return k !== undefined && alphas.length > 1 ? `α ${setting(alphas[k])}` : "";
}

/** The keys of a chart's caption: none where there is one network, or where the page shows them elsewhere. */
export function armKeys({ labels = [], keys }, colours) {
  if (keys === false || labels.length < 2) return [];
  return labels.map((label, k) => key(swatch(armColour(colours, k)), label));
}
