// One chart in two states. While a run plays, its lines grow on canvases over plotly's axes; when it rests, they are
// plotly traces, which can be hovered, zoomed and saved. Subclasses define the content.

import { saveFigure } from "../export/figure_file.js";
import { required } from "../shell/dom.js";
import { areaWithin, plotArea } from "./axes.js";
import { ChartOnAxes } from "./chart_on_axes.js";
import { barConfig, baseLayout } from "./figure.js";
import { Incremental } from "./incremental.js";
import { Overlay } from "./overlay.js";
import { drawnAxis } from "./plotly_internals.js";
import { grown, same, wasteful } from "./ranges.js";
import { fitTitles, refitted } from "./titles.js";

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { ExportOptions } from "../export/targets.js" */
/** @import { PlotArea, Plotly, PlotlyElement, Range, Ranges, SaveAs, Scene, ShownRun, Side } from "./types.d.ts" */

/** @type {Side[]} */
const SIDES = ["x", "y"];

/**
 * @template {ChartSpec} [S=ChartSpec]
 * @extends {ChartOnAxes<S>}
 */
export class PlotlyChart extends ChartOnAxes {
  /** @type {Plotly | null} */
  #plotly = null;
  small = false; // a thumbnail: only what fits on one
  exportSize = [800, 490]; // px, of a saved picture
  square = false; // both axes have one scale, in a square

  /**
   * @param {S} spec from data.charts
   * @param {(chart: PlotlyChart) => void} onZoom called when the visitor has changed or reset the axes
   */
  constructor(spec, onZoom) {
    super(spec);
    this.plot = /** @type {PlotlyElement} */ (this.plot);
    this.onZoom = onZoom;
    this.layer = new Overlay();
    this.frame.append(this.plot, ...this.layer.nodes);
    /** @type {Required<Ranges> | null} */
    this.ranges = null;
    /** @type {Ranges} */
    this.zoomed = {}; // the sides of these that the visitor chose
    this.guessed = true; // no run has been seen yet, so the axes have default ranges
    this.growth = new Incremental();
    this.ahead = false; // the axes of the canvases are not plotly's
    this.drawn = ""; // the look of plotly's axes
    /** @type {Scene | null} */
    this.resting = null; // drawn by plotly with the axes
    /** @type {PlotArea | null} */
    this.area = null; // of the canvases
  }

  /** @override */
  get built() {
    return this.#plotly !== null;
  }

  /** What draws the axes; an error before build(). */
  get Plotly() {
    return required(this.#plotly, `Plotly of the chart "${this.spec.id}"`);
  }

  /**
   * Draw the axes.
   *
   * @override
   * @param {Plotly} Plotly
   * @param {Scene} scene
   */
  build(Plotly, scene) {
    this.#plotly = Plotly;
    this.scene = scene;
    this.measure();
    this.ranges = this.wanted(scene);
    this.drawn = this.#look(scene);
    Plotly.newPlot(this.plot, [], this.layout(scene), barConfig(Plotly, this, this.small));
    this.plot.on("plotly_relayout", (change) => this.#relayouted(change));
    this.plot.on("plotly_relayouting", () => this.#lookAgain());
    this.plot.on("plotly_doubleclick", () => this.reset());
    this.rangesMoved();
  }

  /** @override */
  remove() {
    if (this.built) this.Plotly.purge(this.plot);
    super.remove();
  }

  /** @override */
  resize() {
    if (!this.measure() || !this.built || this.size[0] < 20 || this.size[1] < 20) return false;
    const titles = refitted(this.layout(this.scene));
    this.Plotly.relayout(this.plot, { width: this.size[0], height: this.size[1], ...titles });
    this.#lookAgain();
    return true;
  }

  /**
   * Update the axes to the wanted ranges and the current theme.
   *
   * @override
   * @param {Scene} scene
   * @param {boolean} [rests]
   */
  fit(scene, rests = false) {
    const wanted = this.wanted(scene);
    const { log } = scene.current;
    const guessed = this.guessed && log.header !== null;
    const { fresh } = this;
    const tighten = fresh && this.tells(log);
    if (guessed) this.guessed = false;
    if (tighten) this.fresh = false;
    if (this.ahead) this.drawn = ""; // plotly's axes have to follow now
    this.ahead = this.lags = false;
    this.node.classList.remove("lags");
    const moved = this.#take(
      wanted,
      (side, present) => guessed || this.replaces(side) || (tighten && wasteful(present, wanted[side])),
    );
    const look = this.#look(scene);
    if (look !== this.drawn) {
      this.drawn = look;
      this.Plotly.react(this.plot, this.painting ? [] : this.traces(scene), this.layout(scene));
      this.resting = rests && !this.painting ? scene : null;
      this.rangesMoved();
      this.stale = true;
    } else if (moved) this.#applyRanges();
  }

  /**
   * Let the axes of the canvases hold what is wanted, at once. Plotly's own, which take ten times as long, stay behind
   * until catchUp(). Unlike in fit() they also become shorter: the run is another one each time.
   *
   * @override
   * @param {Scene} scene
   */
  aim(scene) {
    const wanted = this.wanted(scene);
    const moved = this.#take(wanted, (side, present) => this.replaces(side) || wasteful(present, wanted[side]));
    this.guessed = this.fresh = false;
    if (moved || this.#look(scene) !== this.drawn) this.lags = true;
    this.node.classList.toggle("lags", this.lags);
    this.ahead = true;
  }

  /**
   * Draw plotly's axes where those of the canvases are.
   *
   * @override
   * @param {Scene} scene
   */
  catchUp(scene) {
    this.lags = false;
    this.node.classList.remove("lags");
    this.drawn = this.#look(scene);
    this.Plotly.react(this.plot, [], this.layout(scene));
    this.rangesMoved();
  }

  /** Use the wanted ranges at the next fit, and undo the visitor's zoom. @override */
  rescale() {
    this.zoomed = {};
    this.guessed = true;
  }

  /** Zoom as a visitor does. @param {Ranges} ranges a missing side returns to its wanted range */
  view(ranges) {
    if (JSON.stringify(ranges) === JSON.stringify(this.zoomed)) return;
    this.zoomed = ranges;
    this.#applyRanges();
  }

  reset() {
    this.zoomed = {};
    this.#applyRanges();
    this.onZoom(this);
  }

  /**
   * Draw on the canvases what was added since the last time, or everything.
   *
   * @override
   * @param {Scene} scene
   */
  paint(scene) {
    this.scene = scene;
    const { painting } = this;
    if (!painting && this.resting === scene) return;
    this.resting = null; // else it would keep the frames of runs that are shown no more
    if (!painting) {
      this.painting = true;
      this.stale = true;
      this.node.classList.add("painting");
    }
    const runs = this.shown(scene);
    const held = !this.stale && this.growth.holds(runs) ? this.area : null;
    const area = held ?? this.#startOver(scene, runs);
    this.growth.extend(runs, (run, from) => this.extend(this.layer.line, area, run, from, !held));
    this.layer.clearHeads();
    for (const run of runs) if (run.upTo >= 0) this.heads(this.layer.head, area, run);
    this.stale = false;
  }

  /** @type {(scene: Scene, runs: ShownRun[]) => PlotArea} */
  #startOver(scene, runs) {
    const area = this.ahead ? areaWithin(this.plot, this.range("x"), this.range("y")) : plotArea(this.plot);
    // Setting the size of a canvas again takes longer than clearing it.
    if (this.ahead && covers(this.area, area)) this.layer.clearLines();
    else this.layer.cover(area);
    this.area = area;
    this.ground(this.layer.line, area, scene);
    this.growth.restart();
    for (const run of runs) this.begin(run.key);
    return area;
  }

  /**
   * Replace the canvases by plotly traces.
   *
   * @override
   * @param {Scene} scene
   */
  settle(scene) {
    this.scene = scene;
    this.Plotly.react(this.plot, this.traces(scene), this.layout(scene));
    this.layer.clearLines();
    this.layer.clearHeads();
    this.painting = false;
    this.node.classList.remove("painting");
  }

  /**
   * A full layout for plotly; subclasses add axes and shapes.
   *
   * @param {Scene} scene
   */
  layout(scene) {
    const layout = baseLayout(scene.theme);
    return fitTitles({
      ...layout,
      width: this.size[0],
      height: this.size[1],
      autosize: false,
      dragmode: this.plot.layout?.dragmode ?? layout.dragmode, // as the visitor chose among the buttons
      ...this.axes(scene),
    });
  }

  /**
   * The range that an axis shows.
   *
   * @param {Side} side
   * @returns {Range}
   */
  range(side) {
    const [from, to] = this.zoomed[side] ?? required(this.ranges, "The range of an axis")[side];
    return [from, to];
  }

  /**
   * @param {SaveAs} format
   * @param {ExportOptions} [options]
   */
  save(format, options) {
    const { scene } = this;
    const [width, height] = this.exportSize;
    return saveFigure(
      this.Plotly,
      {
        traces: this.traces(scene),
        layout: (/** @type {number} */ width) => ({ ...this.layout(scene), ...this.axes(scene, width) }),
        square: this.square,
        theme: scene.theme,
        title: this.fullTitle(scene),
        lines: this.settingLines(this.shown(scene)),
        keys: this.keys(scene),
        name: this.fileName(scene.current),
        size: [width, height],
      },
      format,
      options,
    );
  }

  #applyRanges() {
    if (!this.built) return;
    /** @type {Record<string, unknown>} */
    const change = {};
    for (const side of SIDES) {
      change[`${side}axis.range`] = this.range(side);
      const step = this.tickStep(side);
      if (step !== (this.plot.layout?.[`${side}axis`]?.dtick ?? null)) change[`${side}axis.dtick`] = step;
    }
    this.Plotly.relayout(this.plot, change);
    this.rangesMoved();
    this.#lookAgain();
  }

  /**
   * Take the wanted range of an axis where `renews` says so, else let the present one grow.
   *
   * @param {Required<Ranges>} wanted
   * @param {(side: Side, present: Range) => boolean} renews
   * @returns {boolean} whether an axis that the visitor has not zoomed has moved
   */
  #take(wanted, renews) {
    const before = this.ranges;
    const range = (/** @type {Side} */ side) =>
      before && !renews(side, before[side]) ? grown(before[side], wanted[side]) : wanted[side];
    const next = { x: range("x"), y: range("y") };
    this.ranges = next;
    return SIDES.some((side) => !this.zoomed[side] && !(before && same(next[side], before[side])));
  }

  /** @param {Scene} scene */
  #look(scene) {
    return `${scene.theme.key} ${this.words(scene)}`;
  }

  // The axes have moved under the canvases.
  #lookAgain() {
    this.stale = true;
    this.resting = null;
    if (this.painting) this.paint(this.scene);
  }

  // Changes by hand name the ends of an axis one by one ("xaxis.range[0]"); the chart's own name the range as a whole. A
  // zoom along time alone leaves the other axis to the numbers that are still to come.
  /** @param {Record<string, unknown>} change */
  #relayouted(change) {
    const named = Object.keys(change).join();
    const sides = SIDES.filter((side) => named.includes(`${side}axis.range[`));
    if (!sides.length) return;
    for (const side of sides) {
      const [from, to] = drawnAxis(this.plot, side).range;
      this.zoomed[side] = [from, to];
    }
    this.rangesMoved();
    this.#lookAgain();
    this.onZoom(this);
  }
}

/** @type {(one: PlotArea | null, other: PlotArea) => boolean} */
const covers = (one, { left, top, width, height }) =>
  one !== null && one.left === left && one.top === top && one.width === width && one.height === height;
