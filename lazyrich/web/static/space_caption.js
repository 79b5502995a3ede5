// What the lines, marks and colours of a space mean, beside its title.

import { element, key, mark, swatch } from "./elements.js";
import { EXACT_WIDTH, exactOpacity } from "./exact.js";
import { lineRoles, LINES } from "./space_marks.js";
import { lossColours } from "./space_surface.js";

const STOPS = [0, 0.2, 0.4, 0.6, 0.8, 1]; // of the ramp
const LAST = 1023; // of the colours of the loss

/** view: the run's opening's; colour: the run's. */
export function spaceKeys({ columns }, view, colour, theme) {
  const exact = swatch(colour, "solid", EXACT_WIDTH, exactOpacity(theme));
  return [
    key(swatch(colour), "training"),
    ...(view.exact?.[columns[0]] ? [key(exact, "exact")] : []),
    key(mark("ring", theme.text), "start"),
    ...lineRoles(view).map(({ role, label }) =>
      key(swatch(theme.text, LINES[role]?.dash.length ? "dash" : "solid", 2), label),
    ),
    key(ramp(theme), "loss, low to high"),
  ];
}

function ramp(theme) {
  const colours = lossColours(theme);
  const stops = STOPS.map((share) => {
    const k = 3 * Math.round(LAST * share);
    return `rgb(${colours[k]}, ${colours[k + 1]}, ${colours[k + 2]})`;
  });
  const node = element("i", { class: "ramp", "aria-hidden": "true" });
  node.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  return node;
}
