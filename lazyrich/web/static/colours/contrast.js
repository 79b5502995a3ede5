// Text colours that contrast with a background.

const DARK = "#111111";
const LIGHT = "#ffffff";
const EVEN = 0.19; // relative luminance at which both have the same contrast

/**
 * The ink with the higher contrast to a colour, as defined in WCAG 2.2.
 *
 * @param {number[]} colour [r, g, b], 0 to 255
 */
export function inkOn(colour) {
  const [r, g, b] = colour.map((channel) => linear(channel / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > EVEN ? DARK : LIGHT;
}

/** @param {number} channel 0 to 1 */
function linear(channel) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
