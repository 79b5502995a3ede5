// The response of a filter to spatial frequencies.

/** Frequencies across and down: 21 of them, from -10/21 to 10/21 cycles a pixel, 0 in the middle. */
export const FREQUENCIES = 21;

/**
 * Magnitudes of the Fourier transform of a filter among zeros, energies of the channels added.
 *
 * @param {ArrayLike<number>} values
 * @param {number} start of the filter
 * @param {[channels: number, k: number]} shape of a filter (channels, k, k)
 * @returns {Float64Array} FREQUENCIES² numbers, the frequency down growing with the row
 */
export function spectrum(values, start, [channels, k]) {
  const { cos, sin } = waves(k);
  const energy = new Float64Array(FREQUENCIES * FREQUENCIES);
  const real = new Float64Array(k * FREQUENCIES);
  const imaginary = new Float64Array(k * FREQUENCIES);
  for (let channel = 0; channel < channels; channel++) {
    const from = start + channel * k * k;
    for (let row = 0; row < k; row++) {
      for (let f = 0; f < FREQUENCIES; f++) {
        let [re, im] = [0, 0];
        for (let column = 0; column < k; column++) {
          const weight = values[from + row * k + column];
          re += weight * cos[f * k + column];
          im -= weight * sin[f * k + column];
        }
        real[row * FREQUENCIES + f] = re;
        imaginary[row * FREQUENCIES + f] = im;
      }
    }
    for (let g = 0; g < FREQUENCIES; g++) {
      for (let f = 0; f < FREQUENCIES; f++) {
        let [re, im] = [0, 0];
        for (let row = 0; row < k; row++) {
          const [a, b] = [real[row * FREQUENCIES + f], imaginary[row * FREQUENCIES + f]];
          const [c, s] = [cos[g * k + row], sin[g * k + row]];
          re += a * c + b * s;
          im += b * c - a * s;
        }
        energy[g * FREQUENCIES + f] += re * re + im * im;
      }
    }
  }
  return energy.map(Math.sqrt);
}

/** @type {Map<number, { cos: Float64Array, sin: Float64Array }>} */
const known = new Map(); // k -> its waves

/** @param {number} k */
function waves(k) {
  const held = known.get(k);
  if (held) return held;
  const angles = Float64Array.from({ length: FREQUENCIES * k }, (_, i) => {
    const frequency = (Math.floor(i / k) - (FREQUENCIES - 1) / 2) / FREQUENCIES;
    return 2 * Math.PI * frequency * (i % k);
  });
  const made = { cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
  known.set(k, made);
  return made;
}
