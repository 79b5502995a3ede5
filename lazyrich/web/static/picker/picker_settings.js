// The settings of the page that the dot of a map represents.

import { isNumber } from "../core/ranges.js";

/** @import { Point } from "../core/types.d.ts" */
/** @import { Settings } from "../stream/messages.d.ts" */
/** @import { MapData, MapSetting } from "./map.d.ts" */
/** @typedef {NonNullable<MapData["settings"]>} MapSettings */

/**
 * The settings of a point, rounded to the stops of their sliders.
 *
 * @param {MapSettings} axes
 * @param {Point} at
 * @returns {Settings}
 */
export function settingsAt([x, y], at) {
  return { [x.name]: atStop(x, at.x), [y.name]: atStop(y, at.y) };
}

/**
 * The position of the dot after a change of some settings; null if it does not move.
 *
 * @param {MapSettings} axes
 * @param {Settings} settings those that have changed
 * @param {Point} at where it has stood
 * @returns {Point | null}
 */
export function dotAfter(axes, settings, at) {
  const [x, y] = axes.map(({ name }) => settings[name]);
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
