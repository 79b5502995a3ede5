// The response of a filter to spatial frequencies.

/** Frequencies across and down: 21 of them, from -10/21 to 10/21 cycles a pixel, 0 in the middle. */
export const FREQUENCIES = 21;

/**
 * Magnitudes of the Fourier transform of a filter (channels, k, k) among zeros, energies of the channels added.
 * values: flat, the filter from `start`. Returns FREQUENCIES² numbers, the frequency down growing with the row.
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

const known = new Map(); // k -> its waves

function waves(k) {
  if (!known.has(k)) {
    const angles = Float64Array.from({ length: FREQUENCIES * k }, (_, i) => {
      const frequency = (Math.floor(i / k) - (FREQUENCIES - 1) / 2) / FREQUENCIES;
      return 2 * Math.PI * frequency * (i % k);
    });
    known.set(k, { cos: angles.map(Math.cos), sin: angles.map(Math.sin) });
  }
  return known.get(k);
}
