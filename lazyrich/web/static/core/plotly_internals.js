// How plotly has drawn an axis: the only parts of plotly.js without documentation that are read, here and nowhere else.
//
// Private: `_fullLayout` of a drawn figure, and `_offset` and `_length` of its axes.
// Why: a canvas over plotly's axes must fit to the pixel, also where plotly itself made room for labels; and `layout`
// has the range that was asked for, not the one that is shown while a visitor drags.
// Public way: none. An event or a function that tells an axis's place in pixels would replace it.

/**
 * An axis of a drawn figure, of side "x" or "y": {type, range, offset, length}. range: [from, to], log10 on a log axis.
 * offset and length: of the plot area along it, in px from the figure's left or upper edge.
 */
export function drawnAxis(figure, side) {
  const { type, range, _offset, _length } = figure._fullLayout[`${side}axis`];
  return { type, range, offset: _offset, length: _length };
}
