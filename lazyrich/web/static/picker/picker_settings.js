// The settings of the page for which the dot of a map stands.

import { isNumber } from "../core/ranges.js";

/** @import { Point } from "../core/types.d.ts" */
/** @import { Settings } from "../stream/messages.d.ts" */
/** @import { MapData, MapSetting } from "./map.d.ts" */
/** @typedef {NonNullable<MapData["settings"]>} MapSettings */

/**
 * What a pick at a point sets.
 *
 * @param {MapSettings} named
 * @param {Point} at
 * @returns {Settings}
 */
export function settingsAt([x, y], at) {
  return { [x.name]: atStop(x, at.x), [y.name]: atStop(y, at.y) };
}

/**
 * Where the dot stands when some settings have changed; null if it does not move.
 *
 * @param {MapSettings} named
 * @param {Settings} settings those that have changed
 * @param {Point} at where it has stood
 * @returns {Point | null}
 */
export function moved(named, settings, at) {
  const [x, y] = named.map(({ name }) => settings[name]);
  if (!isNumber(x) && !isNumber(y)) return null;
  return { x: isNumber(x) ? x : at.x, y: isNumber(y) ? y : at.y };
}

/**
 * The stop of a slider nearest to a number of the map; those of sliders in decades have two digits.
 *
 * @param {MapSetting} setting
 * @param {number} value
 */
function atStop({ step }, value) {
  return Number(step ? (Math.round(value / step) * step).toPrecision(12) : value.toPrecision(2));
}
