// One chart in two states. While a run plays, its lines grow on canvases over plotly's axes; when it rests, they are
// plotly traces, which can be hovered, zoomed and saved. Subclasses say what is drawn: PlaneChart and CurveChart.

import { plotArea } from "./axes.js";
import { element } from "./elements.js";
import { barConfig, baseLayout, saveFigure } from "./figure.js";
import { Layer } from "./layer.js";
import { grown, wasteful } from "./ranges.js";

export class Chart {
  /** spec: from data.charts. onZoom(chart): the visitor changed or reset the axes. */
  constructor(spec, onZoom) {
    this.spec = spec;
    this.onZoom = onZoom;
    this.layer = new Layer();
    this.caption = element("figcaption");
    this.plot = element("div", { class: "plot" });
    this.frame = element("div", { class: "frame" }, this.plot, ...this.layer.nodes);
    this.node = element(
      "figure",
      { class: `chart ${spec.kind}-chart`, "data-chart": spec.id },
      this.caption,
      this.frame,
    );
    this.ranges = null; // {x: [from, to], y: [from, to]}, log10 on log axes
    this.zoomed = null; // the same, when the visitor chose them
    this.guessed = true; // no run has been seen yet, so the axes say nothing
    this.fresh = true; // another run is shown than before, so the axes may also become shorter
    this.painting = false;
    this.stale = true; // the canvases have to be drawn from the start
    this.painted = new Map(); // key of a run -> last frame on the canvas
    this.size = [0, 0];
  }

  get built() {
    return Boolean(this.Plotly);
  }

  build(Plotly, scene) {
    this.Plotly = Plotly;
    this.scene = scene;
    this.measure();
    this.ranges = this.wanted(scene);
    this.drawn = this.#look(scene);
    Plotly.newPlot(this.plot, [], this.layout(scene), barConfig(Plotly, this, this.small));
    this.plot.on("plotly_relayout", (change) => this.#relayouted(change));
    this.plot.on("plotly_relayouting", () => this.#lookAgain());
    this.plot.on("plotly_doubleclick", () => this.reset());
  }

  remove() {
    if (this.built) this.Plotly.purge(this.plot);
    this.node.remove();
  }

  /** Sizes as the style sheet has them now. Returns whether they changed. */
  measure() {
    const size = [this.frame.clientWidth, this.frame.clientHeight];
    const changed = size[0] !== this.size[0] || size[1] !== this.size[1];
    this.size = size;
    return changed;
  }

  resize() {
    if (!this.measure() || !this.built || this.size[0] < 20 || this.size[1] < 20) return;
    this.Plotly.relayout(this.plot, { width: this.size[0], height: this.size[1] });
    this.#lookAgain();
  }

  /** Let the axes hold what is wanted now, in the theme of now. */
  fit(scene) {
    const wanted = this.wanted(scene);
    const { log } = scene.current;
    const guessed = this.guessed && log.opening !== null;
    const tighten = this.fresh && this.tells(log);
    if (guessed) this.guessed = false;
    if (tighten) this.fresh = false;
    const next = {};
    for (const side of ["x", "y"]) {
      const present = this.ranges[side];
      const renew = guessed || this.replaces(side) || (tighten && wasteful(present, wanted[side]));
      next[side] = renew ? wanted[side] : grown(present, wanted[side]);
    }
    const moved = !same(next.x, this.ranges.x) || !same(next.y, this.ranges.y);
    this.ranges = next;
    const look = this.#look(scene);
    if (look !== this.drawn) {
      this.drawn = look;
      this.Plotly.react(this.plot, this.painting ? [] : this.traces(scene), this.layout(scene));
      this.stale = true;
    } else if (moved && !this.zoomed) this.#applyRanges();
  }

  /** Text in the axes that depends on the run. */
  words() {
    return "";
  }

  /** Whether an axis goes straight to what is wanted, however it stood before. */
  replaces() {
    return false;
  }

  /** Distance of the labels on an axis; null leaves it to plotly. */
  tickStep() {
    return null;
  }

  view(ranges) {
    if (!ranges && !this.zoomed) return;
    this.zoomed = ranges;
    this.#applyRanges();
  }

  reset() {
    this.zoomed = null;
    this.#applyRanges();
    this.onZoom(this);
  }

  /** Draw on the canvases: what was added since the last time, or everything. */
  paint(scene) {
    this.scene = scene;
    if (!this.painting) {
      this.painting = true;
      this.stale = true;
      this.node.classList.add("painting");
    }
    const runs = this.shown(scene);
    const whole =
      this.stale || runs.length !== this.painted.size || runs.some((run) => !(run.upTo >= this.painted.get(run.key)));
    if (whole) {
      this.area = plotArea(this.plot);
      this.layer.cover(this.area);
      this.ground(this.layer.line, this.area, scene);
      this.painted.clear();
      for (const run of runs) this.begin(run.key);
    }
    for (const run of runs) {
      const from = this.painted.get(run.key) ?? 0;
      if (run.upTo > from) this.extend(this.layer.line, this.area, run, from, whole);
      this.painted.set(run.key, Math.max(0, run.upTo));
    }
    this.layer.clearHeads();
    for (const run of runs) if (run.upTo >= 0) this.heads(this.layer.head, this.area, run);
    this.stale = false;
  }

  /** Hand over to plotly. */
  settle(scene) {
    this.scene = scene;
    this.Plotly.react(this.plot, this.traces(scene), this.layout(scene));
    this.layer.clearLines();
    this.layer.clearHeads();
    this.painting = false;
    this.node.classList.remove("painting");
  }

  /** A full layout for plotly; subclasses add axes and shapes. */
  layout(scene) {
    const layout = baseLayout(scene.theme);
    const drag = this.plot.layout?.dragmode ?? "zoom";
    return {
      ...layout,
      width: this.size[0],
      height: this.size[1],
      autosize: false,
      dragmode: drag,
      ...this.axes(scene),
    };
  }

  range(side) {
    return [...(this.zoomed ?? this.ranges)[side]];
  }

  save(format) {
    const scene = this.scene;
    const { log, upTo } = scene.current;
    return saveFigure(
      this.Plotly,
      {
        traces: this.traces(scene),
        layout: { ...this.layout(scene), ...this.axes(scene, true) },
        theme: scene.theme,
        title: this.fullTitle(scene),
        name: `lazyrich-${this.spec.id}-step-${upTo < 0 ? 0 : log.step(upTo)}`,
        size: this.exportSize,
      },
      format,
    );
  }

  #applyRanges() {
    if (!this.built) return;
    const change = {};
    for (const side of ["x", "y"]) {
      change[`${side}axis.range`] = this.range(side);
      const step = this.tickStep(side);
      if (step !== (this.plot.layout[`${side}axis`].dtick ?? null)) change[`${side}axis.dtick`] = step;
    }
    this.Plotly.relayout(this.plot, change);
    this.#lookAgain();
  }

  #look(scene) {
    return `${scene.theme.key} ${this.words(scene)}`;
  }

  // The axes have moved under the canvases.
  #lookAgain() {
    this.stale = true;
    if (this.painting) this.paint(this.scene);
  }

  // Changes by hand name the ends of an axis one by one ("xaxis.range[0]"); the chart's own name the range as a whole.
  #relayouted(change) {
    if (!Object.keys(change).some((name) => /^[xy]axis\.range\[/.test(name))) return;
    const { xaxis, yaxis } = this.plot._fullLayout;
    this.zoomed = { x: [...xaxis.range], y: [...yaxis.range] };
    this.#lookAgain();
    this.onZoom(this);
  }
}

function same(one, other) {
  return one[0] === other[0] && one[1] === other[1];
}
