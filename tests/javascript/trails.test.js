import assert from "node:assert/strict";
import test from "node:test";
import { thinned, thinnedTo } from "../../lazyrich/web/static/charts/plane/trail.js";
import { runDash } from "../../lazyrich/web/static/colours/run_dash.js";

/** @import { Neuron } from "../../lazyrich/web/static/charts/plane/neurons.js" */

/**
 * A spiral in px whose readout changes its sign at some frames.
 *
 * @type {(turns: number[]) => (frame: number) => Neuron}
 */
const spiral = (turns) => (k) => ({
  x: 200 + 0.5 * k * Math.cos(k / 40),
  y: 200 + 0.5 * k * Math.sin(k / 40),
  sign: turns.filter((turn) => turn <= k).length % 2 ? -1 : 1,
});

test("a thinned trail has both ends, each change of sign, and passes no frame by farther than the eye sees", () => {
  const turns = [57, 58, 200];
  const at = spiral(turns);
  for (const distance of [1, 3, 10]) {
    const frames = thinned(at, 0, 400, distance);
    assert.deepEqual([frames[0], frames.at(-1)], [0, 400]);
    assert.deepEqual(
      frames,
      [...new Set(frames)].sort((a, b) => a - b),
    );
    for (const turn of turns) assert.ok(frames.includes(turn) && frames.includes(turn - 1));
    for (let j = 1; j < frames.length; j++) {
      const start = at(frames[j - 1]);
      for (let k = frames[j - 1]; k < frames[j]; k++) {
        assert.ok(Math.abs(at(k).x - start.x) + Math.abs(at(k).y - start.y) < distance + 1e-9);
      }
    }
  }
  assert.ok(thinnedTo(20, at, 0, 400).length <= 20);
  /** @type {(frame: number) => Neuron} */
  const broken = (k) => (k < 30 ? at(k) : { x: Number.NaN, y: 0, sign: 1 });
  assert.ok(Math.max(...thinned(broken, 0, 400, 1)) < 30);
});

test("runs that are told apart by dashes stay apart in every kind of line", () => {
  const dashes = ["solid", "dash", "dashdot", "longdash", "longdashdot"];
  const drawn = (/** @type {string} */ series) =>
    dashes.map((dash) => JSON.stringify(runDash({ dash: series }, { dash })));
  for (const series of ["solid", "dot"]) assert.equal(new Set(drawn(series)).size, dashes.length, series);
  assert.equal(new Set(drawn("dash")).size, 1, "a series that is dashed itself keeps its dash");
  const length = (/** @type {number[]} */ px) => px.reduce((sum, one) => sum + one, 0);
  for (const dash of dashes.slice(1)) {
    const [own, dotted] = [runDash({ dash: "solid" }, { dash }), runDash({ dash: "dot" }, { dash })];
    assert.ok(dotted.length % 2 === 0 && Math.abs(length(dotted) - length(own)) <= length(own), dash);
  }
});
