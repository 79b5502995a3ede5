// Functions that are linear between kinks, exactly: a two-layer network, and its linearisation, along a path of inputs.
//
// f(x) = Σ φ'(nᵢ·x) cᵢ·x with φ' = 1 above 0 and `leak` below. A network has nᵢ = |aᵢ|wᵢ and cᵢ = sign(aᵢ) nᵢ, its
// linearisation nᵢ = wᵢ at the start and other cᵢ. Along a path f is V·x, where the vector V changes only where an
// nᵢ·x changes its sign, so a sweep over these places gives f at any number of inputs in one pass.

const DEGREE = Math.PI / 180;
const ROUNDING = 1e-9; // share of the size of f below which a step is rounding

/** @typedef {[x0: number, x1: number]} Vector */
/** @typedef {{ at: number, on: boolean }} Crossing where a neuron switches along a path: on where it is active behind it */
/** @typedef {{ at: number, jump: number }} Kink jump: how the slope changes, on a circle per radian */
/** @typedef {{ t: number[], f: number[] }} Graph values f of a function at places t, of equal lengths */

/**
 * Inputs that follow each other, by their place t.
 *
 * @typedef {object} InputPath
 * @property {number} from
 * @property {number} to
 * @property {number} period after which it begins anew; 0 if it does not
 * @property {(t: number) => Vector} input
 * @property {(t: number) => Vector} tangent
 * @property {(n0: number, n1: number) => Crossing[]} crossings of a neuron
 * @property {(n0: number, n1: number) => boolean} active whether a neuron without crossings is active
 */

/**
 * A function: the vectors nᵢ and cᵢ of its neurons one after the other, and the slope below 0.
 *
 * @typedef {object} Model
 * @property {ArrayLike<number>} normals
 * @property {ArrayLike<number>} weights
 * @property {number} [leak]
 */

/**
 * The circle of a radius around the origin, t in degrees anticlockwise from the first axis.
 *
 * @param {number} [radius]
 * @returns {InputPath}
 */
export function circle(radius = 1) {
  return {
    from: -180,
    to: 180,
    period: 360,
    input: (t) => [radius * Math.cos(t * DEGREE), radius * Math.sin(t * DEGREE)],
    // per radian: a kink's size does not depend on the unit of t
    tangent: (t) => [-radius * Math.sin(t * DEGREE), radius * Math.cos(t * DEGREE)],
    crossings(n0, n1) {
      const angle = Math.atan2(n1, n0) / DEGREE;
      return [
        { at: wrapped(angle - 90), on: true },
        { at: wrapped(angle + 90), on: false },
      ];
    },
    active: () => false, // a neuron of length 0 is active nowhere
  };
}

/**
 * Inputs with one entry that varies and one that is constant.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} constant
 * @param {number} [axis] index of the entry that varies
 * @param {[scale: number, shift: number]} [unit] from that entry to t
 * @returns {InputPath}
 */
export function line(from, to, constant, axis = 0, [scale, shift] = [1, 0]) {
  /** @type {(one: number, other: number) => Vector} */
  const ordered = (one, other) => (axis === 0 ? [one, other] : [other, one]);
  const input = (/** @type {number} */ t) => ordered((t - shift) / scale, constant);
  return {
    from,
    to,
    period: 0,
    input,
    tangent: () => ordered(1 / scale, 0),
    crossings(n0, n1) {
      const [slope, rest] = ordered(n0, n1);
      const at = ((-rest * constant) / slope) * scale + shift;
      return at >= from && at < to ? [{ at, on: slope > 0 }] : [];
    },
    active: (n0, n1) => {
      const [x0, x1] = input(from);
      return n0 * x0 + n1 * x1 > 0;
    },
  };
}

/**
 * To [-180, 180).
 *
 * @param {number} angle
 */
function wrapped(angle) {
  const turned = (((angle + 180) % 360) + 360) % 360;
  return (turned === 360 ? 0 : turned) - 180;
}

/**
 * A network from its neurons.
 *
 * @param {number} count
 * @param {(i: number) => { x: number, y: number, sign: number }} at |aᵢ|wᵢ and the sign of aᵢ
 * @param {number} leak
 * @returns {Model}
 */
export function network(count, at, leak) {
  const normals = new Float64Array(2 * count);
  const weights = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const { x, y, sign } = at(i);
    normals.set([x, y], 2 * i);
    weights.set([sign * x, sign * y], 2 * i);
  }
  return { normals, weights, leak };
}

/**
 * `count` places from one end of a path to the other.
 *
 * @param {Pick<InputPath, "from" | "to">} path
 * @param {number} count
 */
export function evenly(path, count) {
  return Float64Array.from({ length: count }, (_, k) => path.from + ((path.to - path.from) * k) / (count - 1));
}

/**
 * The function along a path, at some places and at each kink. Where f jumps, t occurs twice, with the values of both
 * sides.
 *
 * @param {Model} model
 * @param {InputPath} path
 * @param {Iterable<number>} places ascending
 * @returns {Graph}
 */
export function curve(model, path, places) {
  const { start, events } = sweep(model, path);
  /** @type {Graph} */
  const graph = { t: [], f: [] };
  let [v0, v1] = start;
  const value = (/** @type {Vector} */ [x0, x1]) => v0 * x0 + v1 * x1;
  const add = (/** @type {number} */ at, /** @type {number} */ y) => {
    graph.t.push(at);
    graph.f.push(y);
  };
  let next = 0;
  const cross = (/** @type {number} */ until) => {
    while (next < events.length && events[next].at <= until) {
      const { at } = events[next];
      const x = path.input(at);
      const before = value(x);
      add(at, before);
      let size = Math.abs(before);
      for (; next < events.length && events[next].at === at; next++) {
        const { d0, d1 } = events[next];
        size += Math.abs(d0 * x[0]) + Math.abs(d1 * x[1]);
        v0 += d0;
        v1 += d1;
      }
      if (Math.abs(value(x) - before) > ROUNDING * size) add(at, value(x));
    }
  };
  for (const place of places) {
    cross(place);
    add(place, value(path.input(place)));
  }
  return graph;
}

/**
 * The kinks of the function, ascending. Those closer to the next are merged, with the net change of the slope; kinks
 * whose changes cancel are omitted.
 *
 * @param {Model} model
 * @param {InputPath} path
 * @param {number} within
 * @returns {Kink[]}
 */
export function kinks(model, path, within) {
  const { events } = sweep(model, path);
  const all = events.map(({ at, d0, d1 }) => {
    const [x0, x1] = path.tangent(at);
    return { at, jump: d0 * x0 + d1 * x1 };
  });
  return merged(all, within, path);
}

/**
 * On a circle the list is cut at its widest gap, so that kinks around the seam of the angles stay together.
 *
 * @param {Kink[]} all
 * @param {number} within
 * @param {InputPath} path
 * @returns {Kink[]}
 */
function merged(all, within, { from, period }) {
  if (!all.length) return [];
  let cut = 0;
  if (period) {
    const gap = (/** @type {number} */ k) => all[k].at - (k ? all[k - 1].at : all[all.length - 1].at - period);
    for (let k = 1; k < all.length; k++) if (gap(k) > gap(cut)) cut = k;
  }
  const turned = [...all.slice(cut), ...all.slice(0, cut).map(({ at, jump }) => ({ at: at + period, jump }))];
  let group = { first: turned[0].at, moment: 0, weight: 0, jump: 0 };
  const groups = [group];
  let last = group.first;
  for (const { at, jump } of turned) {
    // No group is wider than twice `within`: among many neurons everything would be merged.
    if (at - last > within || at - group.first > 2 * within) {
      group = { first: at, moment: 0, weight: 0, jump: 0 };
      groups.push(group);
    }
    last = at;
    group.moment += Math.abs(jump) * (at - group.first);
    group.weight += Math.abs(jump);
    group.jump += jump;
  }
  const seam = (/** @type {number} */ at) => (period && at >= from + period ? at - period : at);
  return groups
    .filter(({ jump, weight }) => Math.abs(jump) > ROUNDING * weight)
    .map(({ first, moment, weight, jump }) => ({ at: seam(first + moment / weight), jump }))
    .sort((one, other) => one.at - other.at);
}

/**
 * V at the start of the path, and how it changes, ascending.
 *
 * @param {Model} model
 * @param {InputPath} path
 */
function sweep({ normals, weights, leak = 0 }, path) {
  /** @type {{ at: number, d0: number, d1: number }[]} */
  const events = [];
  /** @type {Vector} */
  const start = [0, 0];
  for (let i = 0; i < normals.length; i += 2) {
    const [n0, n1, c0, c1] = [normals[i], normals[i + 1], weights[i], weights[i + 1]];
    if (!Number.isFinite(n0 + n1 + c0 + c1)) continue;
    const own = n0 || n1 ? path.crossings(n0, n1) : [];
    // Determined by the first crossing, which is correct for inputs on the boundary too.
    const active = own.length ? !own.reduce((least, one) => (one.at < least.at ? one : least)).on : path.active(n0, n1);
    const share = active ? 1 : leak;
    start[0] += share * c0;
    start[1] += share * c1;
    const change = 1 - leak;
    if (!change) continue;
    for (const { at, on } of own)
      events.push({ at, d0: on ? change * c0 : -change * c0, d1: on ? change * c1 : -change * c1 });
  }
  return { start, events: events.sort((one, other) => one.at - other.at) };
}
