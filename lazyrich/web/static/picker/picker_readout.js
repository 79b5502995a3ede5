// A point of the map in words: a short text beside it, and a long one for screen readers.

import { setting, significant } from "../core/format.js";

const SPOKEN = { "°": "degrees", "%": "percent" };

/** "δ = 1.2, angle = 90°, S = 0.21", with what S is of where the map says it */
export function written(map, field, { x, y }) {
  return sentence(map, field, x, y, (axis, number) => `${axis.symbol} = ${number}${unit(axis)}`);
}

/** "balance δ 1.2, initial angle 90 degrees, kernel distance 0.21" */
export function spoken(map, field, { x, y }) {
  return sentence(map, field, x, y, (axis, number) =>
    `${axis.title} ${number.replace("−", "minus ")} ${SPOKEN[axis.unit] ?? axis.unit}`.trim(),
  );
}

function sentence(map, field, x, y, part) {
  const here = `${part(map.x, setting(x))}, ${part(map.y, setting(y))}`;
  if (!field.x.holds(x) || !field.y.holds(y)) return `${here}, outside the map`;
  const z = field.at(x, y);
  if (!Number.isFinite(z)) return `${here}, no value here`;
  const when = map.moments ? ` ${map.moments.names[field.moment]}` : "";
  const note = map.z.note ? ` (${map.z.note})` : ""; // it may be of other settings than the page's run
  return `${here}, ${part(map.z, significant(z, map.z.digits))}${when}${note}`;
}

function unit({ unit }) {
  if (!unit) return "";
  return unit === "°" ? unit : `\u202f${unit}`;
}
