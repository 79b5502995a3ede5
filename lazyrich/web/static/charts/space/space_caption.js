// Caption of a space: the meaning of its lines, marks and colours.

import { ramp } from "../../colours/colour_bar.js";
import { EXACT_WIDTH, exactOpacity } from "../../core/exact.js";
import { key, mark, swatch } from "../../shell/dom.js";
import { lineLook, lineRoles } from "./space_marks.js";
import { lossColours } from "./space_surface.js";

/** @import { Space } from "../../core/chart_specs.d.ts" */
/** @import { Theme } from "../../core/types.d.ts" */
/** @import { ChartData } from "../../stream/messages.d.ts" */

const LAST = 1023; // of the colours of the loss

/**
 * @param {Space} spec
 * @param {ChartData} chartData of the run
 * @param {string} colour of the run
 * @param {Theme} theme
 */
export function spaceKeys({ columns }, chartData, colour, theme) {
  const colours = lossColours(theme);
  const at = (/** @type {number} */ share) => [0, 1, 2].map((c) => colours[3 * Math.round(LAST * share) + c]);
  const exact = swatch(colour, "solid", EXACT_WIDTH, exactOpacity(theme));
  return [
    key(swatch(colour), "training"),
    ...(chartData.exact?.[columns[0]] ? [key(exact, "exact")] : []),
    key(mark("ring", theme.text), "start"),
    ...lineRoles(chartData).map(({ role, label }) =>
      key(swatch(theme.text, lineLook(role).dash.length ? "dash" : "solid", 2), label),
    ),
    key(ramp(at), "loss, low to high"),
  ];
}
