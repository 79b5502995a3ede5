// Networks that train side by side: a colour and a name for each.

import { setting } from "../core/format.js";
import { key, swatch } from "../shell/dom.js";

/** @import { Palette } from "../core/types.d.ts" */
/** @import { RunLog } from "../stream/run_log.js" */

/**
 * The colour of the k-th network; there are six, which repeat.
 *
 * @param {Palette} colours
 * @param {number} k
 */
export const networkColour = ({ networks }, k) => networks[k % networks.length];

/**
 * The name of the k-th of several networks; "" for a single one.
 *
 * @param {RunLog} log
 * @param {number} [k]
 */
export function networkName(log, k) {
  const alphas = log.chartData.alphas ?? [];
  return k !== undefined && alphas.length > 1 ? `α ${setting(alphas[k])}` : "";
}

/**
 * The keys of a chart's caption: none where there is one network, or where the page shows them elsewhere.
 *
 * @param {{ labels?: string[], keys?: boolean }} spec
 * @param {Palette} colours
 */
export function networkKeys({ labels = [], keys }, colours) {
  if (keys === false || labels.length < 2) return [];
  return labels.map((label, k) => key(swatch(networkColour(colours, k)), label));
}
