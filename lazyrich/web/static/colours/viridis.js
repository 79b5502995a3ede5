// Colours for numbers from low to high: viridis, which keeps its order without hue.

const STOPS = [
  [68, 1, 84],
  [65, 68, 135],
  [42, 120, 142],
  [34, 168, 132],
  [122, 209, 81],
  [253, 231, 37],
]; // viridis

/**
 * [r, g, b] of a share from 0 to 1.
 *
 * @param {number} share
 */
export function sequential(share) {
  const place = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const stop = Math.min(STOPS.length - 2, Math.floor(place));
  const part = place - stop;
  return STOPS[stop].map((value, c) => Math.round(value * (1 - part) + STOPS[stop + 1][c] * part));
}
