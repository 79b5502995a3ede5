// Colours for numbers around zero: the two of the app's signs, with the paper's own tone between them.

/** share -> [r, g, b], for shares from 0 (most negative) over 0.5 (zero) to 1. */
export function diverging({ negative, positive }, theme) {
  const zero = channels(theme.background).map((c) => (theme.dark ? c + 28 : c - 14)); // seen to be a number, not a gap
  const ends = [channels(negative), channels(positive)];
  return (share) => {
    const part = Math.min(1, Math.abs(2 * share - 1));
    return zero.map((c, i) => Math.round((1 - part) * c + part * ends[Number(share > 0.5)][i]));
  };
}

// Of "#rrggbb" or "rgb(r, g, b)".
function channels(colour) {
  if (colour.startsWith("#")) return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return colour.match(/\d+/g).slice(0, 3).map(Number);
}
