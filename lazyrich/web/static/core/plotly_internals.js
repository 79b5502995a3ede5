// The drawn state of a plotly axis: the only undocumented parts of plotly.js in use, read only here.
//
// Private: `_fullLayout` of a drawn figure, and `_offset` and `_length` of its axes.
// Why: a canvas over plotly's axes must fit to the pixel, also where plotly itself made room for labels; and `layout`
// has the requested range, not the one that is shown while a visitor drags.
// Public way: none. An event or a function that gives an axis's position in pixels would replace it.

/** @import { PlotlyElement, Side } from "./types.d.ts" */

/**
 * range: [from, to], log10 on a log axis. offset and length: of the plot area along the axis, in px from the figure's
 * left or upper edge.
 *
 * @typedef {{ type: string, range: number[], offset: number, length: number }} DrawnAxis
 */

/** @typedef {{ type: string, range: number[], _offset: number, _length: number }} PrivateAxis */
/** @typedef {PlotlyElement & { _fullLayout: Record<"xaxis" | "yaxis", PrivateAxis> }} PrivateElement */

/**
 * An axis of a drawn figure.
 *
 * @param {PlotlyElement} figure
 * @param {Side} side
 * @returns {DrawnAxis}
 */
export function drawnAxis(figure, side) {
  const { type, range, _offset, _length } = /** @type {PrivateElement} */ (figure)._fullLayout[`${side}axis`];
  return { type, range, offset: _offset, length: _length };
}
