// The path of one neuron, thinned to what can be seen.

/** @import { Neuron } from "./neurons.js" */

/**
 * The frames of a neuron to join by straight lines, from `from` to `to`. A frame stays when it is `distance` px from
 * the last one that stayed or when the sign of the readout changes after it. The sign of a piece is that at its end.
 *
 * @param {(frame: number) => Neuron} at in px; frames with positions that are not finite end the path
 * @param {number} from
 * @param {number} to
 * @param {number} distance
 */
export function thinned(at, from, to, distance) {
  const frames = [from];
  let last = at(from);
  let before = last;
  for (let k = from + 1; k <= to; k++) {
    const here = at(k);
    if (!Number.isFinite(here.x + here.y)) break;
    const turns = here.sign !== before.sign;
    if (turns && frames.at(-1) !== k - 1) {
      frames.push(k - 1);
      last = before;
    }
    if (turns || k === to || Math.abs(here.x - last.x) + Math.abs(here.y - last.y) >= distance) {
      frames.push(k);
      last = here;
    }
    before = here;
  }
  return frames;
}

/**
 * The same, as coarse as needed for at most `most` frames.
 *
 * @param {number} most
 * @param {(frame: number) => Neuron} at
 * @param {number} from
 * @param {number} to
 */
export function thinnedTo(most, at, from, to) {
  let distance = 1.5;
  let frames = thinned(at, from, to, distance);
  while (frames.length > most && distance < 100) {
    distance *= 1.6;
    frames = thinned(at, from, to, distance);
  }
  return frames;
}
