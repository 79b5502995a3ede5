// Texts of a point of the map: a short one to read, and a long one for screen readers.

import { setting, significant } from "../core/format.js";

/** @import { Point } from "../core/types.d.ts" */
/** @import { MapData, MapQuantity } from "./map.d.ts" */
/** @import { Field } from "./picker_field.js" */

/** @type {Record<string, string>} */
const SPOKEN = { "°": "degrees", "%": "percent" };

/**
 * "δ = 1.2, angle = 90°, S = 0.21", followed by the note of the map on S, if it has one
 *
 * @param {MapData} map
 * @param {Field} field
 * @param {Point} at in the map's units
 */
export function readoutText(map, field, at) {
  return sentence(map, field, at, (axis, number) => `${axis.symbol} = ${number}${unit(axis)}`);
}

/**
 * "balance δ 1.2, initial angle 90 degrees, kernel distance 0.21"
 *
 * @param {MapData} map
 * @param {Field} field
 * @param {Point} at in the map's units
 */
export function spokenText(map, field, at) {
  return sentence(map, field, at, (axis, number) =>
    `${axis.title} ${number.replace("−", "minus ")} ${SPOKEN[axis.unit] ?? axis.unit}`.trim(),
  );
}

/**
 * @param {MapData} map
 * @param {Field} field
 * @param {Point} at
 * @param {(quantity: MapQuantity, number: string) => string} part
 */
function sentence(map, field, { x, y }, part) {
  const here = `${part(map.x, setting(x))}, ${part(map.y, setting(y))}`;
  if (!field.x.contains(x) || !field.y.contains(y)) return `${here}, outside the map`;
  const z = field.at(x, y);
  if (!Number.isFinite(z)) return `${here}, no value here`;
  const when = map.moments ? ` ${map.moments.names[field.moment]}` : "";
  const note = map.z.note ? ` (${map.z.note})` : ""; // it may be of other settings than the page's run
  return `${here}, ${part(map.z, significant(z, map.z.digits))}${when}${note}`;
}

/** @param {MapQuantity} quantity */
function unit({ unit }) {
  if (!unit) return "";
  return unit === "°" ? unit : `\u202f${unit}`;
}
