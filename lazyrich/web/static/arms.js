// Networks that train side by side: a colour and a name for each.

import { key, swatch } from "./elements.js";

/** The colour of the network at a place; scene.colours has six, and begins anew after them. */
export const armColour = ({ arms }, k) => arms[k % arms.length];

/** The keys of a chart's caption: none where there is one network, or where the page shows them elsewhere. */
export function armKeys({ labels = [], keys }, colours) {
  if (keys === false || labels.length < 2) return [];
  return labels.map((label, k) => key(swatch(armColour(colours, k)), label));
}
