// A plane at rest: the same picture as plotly traces and shapes.

import { moment, significant } from "../../core/format.js";
import { neuronCount, neuronReader, rayEnd } from "./neurons.js";
import { thinnedTo } from "./trail.js";

const MAX_POINTS = 150; // of a neuron's trail

/** Teacher rays and the circle of the initial radius. half: upper end of the axes. */
export function taskShapes(chartData, half, { colours, theme }) {
  const shapes = (chartData.teacher ?? []).map((ray) => {
    const [x1, y1] = rayEnd(ray, half);
    const line = { color: ray[2] >= 0 ? colours.positive : colours.negative, width: 2, dash: "2px,5px" };
    return { type: "line", layer: "below", x0: 0, y0: 0, x1, y1, line };
  });
  if (chartData.radius > 0) {
    const { radius } = chartData;
    const line = { color: theme.line, width: 1.5 };
    shapes.push({ type: "circle", layer: "below", x0: -radius, x1: radius, y0: -radius, y1: radius, line });
  }
  return shapes;
}

/** The trails of the previous run. pixels: px for one unit of data. */
export function ghostTraces({ log, upTo }, spec, pixels, { colours }) {
  const [points] = trailPoints(log, spec, upTo, pixels, false);
  return [{ ...lines("previous run", points, colours.ghost, 1.5), opacity: 0.5, hoverinfo: "skip" }];
}

/** Trails, starts and heads of a run. small: the plane is a thumbnail. */
export function runTraces({ log, upTo }, spec, pixels, width, small, { colours, theme }) {
  const [positive, negative] = trailPoints(log, spec, upTo, pixels, true);
  const hovertemplate = "neuron %{customdata[0]}, %{customdata[1]}<br>(%{x:.3g}, %{y:.3g})<extra></extra>";
  const at = neuronReader(log, spec, null);
  const all = Array.from({ length: neuronCount(log, spec) }, (_, i) => i);
  const markers = (name, these, frame, marker) => ({
    type: "scatter",
    mode: "markers",
    name,
    marker,
    x: these.map((i) => at(frame, i).x),
    y: these.map((i) => at(frame, i).y),
  });
  const size = small ? 6 : all.length > 200 ? 7 : 10;
  const edge = { width: 1, color: theme.background };
  const heads = (name, these, symbol, color) => ({
    ...markers(name, these, upTo, { symbol, size: symbol === "circle" ? size : size + 2, color, line: edge }),
    text: these.map(
      (i) => `neuron ${i + 1}, ${name}<br>|a|‖w‖ = ${significant(Math.hypot(at(upTo, i).x, at(upTo, i).y))}`,
    ),
    hovertemplate: `%{text}<br>${moment(log, upTo)}<extra></extra>`,
  });
  const rings = { symbol: "circle-open", size: 5, color: theme.muted, line: { width: 1 } };
  return [
    { ...lines("trail, a > 0", positive, colours.positive, width), hovertemplate, showlegend: false },
    { ...lines("trail, a < 0", negative, colours.negative, width), hovertemplate, showlegend: false },
    { ...markers("start", all, 0, rings), hoverinfo: "skip" },
    heads(
      "a > 0",
      all.filter((i) => at(upTo, i).sign > 0),
      "circle",
      colours.positive,
    ),
    heads(
      "a < 0",
      all.filter((i) => at(upTo, i).sign < 0),
      "triangle-up",
      colours.negative,
    ),
  ];
}

function lines(name, points, color, width) {
  return { type: "scatter", mode: "lines", name, ...points, line: { color, width }, connectgaps: false };
}

// [points where a >= 0, where a < 0], or [all points]; nulls between pieces that do not join.
function trailPoints(log, spec, upTo, pixels, bySign) {
  const data = neuronReader(log, spec, null);
  const scale = { slope: pixels, start: 0 };
  const screen = neuronReader(log, spec, { x: scale, y: scale });
  const sets = [0, 1].map(() => ({ x: [], y: [], customdata: [] }));
  const when = []; // formatted once for all neurons, because formatting numbers is slow
  const add = (set, k, i) => {
    const { x, y } = data(k, i);
    set.x.push(x);
    set.y.push(y);
    when[k] ??= moment(log, k);
    set.customdata.push([i + 1, when[k]]);
  };
  for (let i = 0; i < neuronCount(log, spec); i++) {
    const frames = thinnedTo(MAX_POINTS, (k) => screen(k, i), 0, upTo);
    let last = null;
    for (let j = 1; j < frames.length; j++) {
      const set = sets[bySign && data(frames[j], i).sign < 0 ? 1 : 0];
      if (set !== last) {
        if (set.x.length) for (const list of Object.values(set)) list.push(null);
        add(set, frames[j - 1], i);
      }
      add(set, frames[j], i);
      last = set;
    }
  }
  return sets;
}
