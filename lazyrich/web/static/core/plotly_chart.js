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
import { grown, sameRange, wasteful } from "./ranges.js";
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
    this.defaultRanges = true; // no run has been seen yet, so the axes have default ranges
    this.incremental = new Incremental();
    this.canvasesAhead = false; // the axes of the canvases are not plotly's
    this.drawnKey = ""; // axesKey() of plotly's axes
    /** @type {Scene | null} */
    this.restingScene = null; // the scene whose traces plotly has drawn
    /** @type {PlotArea | null} */
    this.area = null; // of the canvases
  }

  /** @override */
  get built() {
    return this.#plotly !== null;
  }

  /** plotly.js; an error before build(). */
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
    this.ranges = this.wantedRanges(scene);
    this.drawnKey = this.#axesKey(scene);
    Plotly.newPlot(this.plot, [], this.layout(scene), barConfig(Plotly, this, this.small));
    this.plot.on("plotly_relayout", (change) => this.#relayouted(change));
    this.plot.on("plotly_relayouting", () => this.#invalidate());
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
    this.#invalidate();
    return true;
  }

  /**
   * Update the axes to the wanted ranges and the current theme.
   *
   * @override
   * @param {Scene} scene
   * @param {boolean} [atRest]
   */
  fit(scene, atRest = false) {
    const wanted = this.wantedRanges(scene);
    const { log } = scene.current;
    const firstRun = this.defaultRanges && log.header !== null;
    const { mayShrink } = this;
    const tighten = mayShrink && this.axesKnown(log);
    if (firstRun) this.defaultRanges = false;
    if (tighten) this.mayShrink = false;
    if (this.canvasesAhead) this.drawnKey = ""; // plotly's axes have to follow now
    this.canvasesAhead = this.lags = false;
    this.node.classList.remove("lags");
    const moved = this.#updateRanges(
      wanted,
      (side, present) => firstRun || this.replacesRange(side) || (tighten && wasteful(present, wanted[side])),
    );
    const key = this.#axesKey(scene);
    if (key !== this.drawnKey) {
      this.drawnKey = key;
      this.Plotly.react(this.plot, this.painting ? [] : this.traces(scene), this.layout(scene));
      this.restingScene = atRest && !this.painting ? scene : null;
      this.rangesMoved();
      this.stale = true;
    } else if (moved) this.#applyRanges();
  }

  /**
   * Fit the axes of the canvases at once. Plotly's own, which take ten times as long, stay behind until catchUp().
   * Unlike in fit() the axes also become shorter, as each preview is another run.
   *
   * @override
   * @param {Scene} scene
   */
  fitPreview(scene) {
    const wanted = this.wantedRanges(scene);
    const moved = this.#updateRanges(wanted, (side, now) => this.replacesRange(side) || wasteful(now, wanted[side]));
    this.defaultRanges = this.mayShrink = false;
    if (moved || this.#axesKey(scene) !== this.drawnKey) this.lags = true;
    this.node.classList.toggle("lags", this.lags);
    this.canvasesAhead = true;
  }

  /**
   * Redraw plotly's axes at the ranges of the canvases.
   *
   * @override
   * @param {Scene} scene
   */
  catchUp(scene) {
    this.lags = false;
    this.node.classList.remove("lags");
    this.drawnKey = this.#axesKey(scene);
    this.Plotly.react(this.plot, [], this.layout(scene));
    this.rangesMoved();
  }

  /** Use the wanted ranges at the next fit, and undo the visitor's zoom. @override */
  rescale() {
    this.zoomed = {};
    this.defaultRanges = true;
  }

  /** Zoom as a visitor does. @param {Ranges} ranges a missing side returns to its wanted range */
  zoomTo(ranges) {
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
    if (!painting && this.restingScene === scene) return;
    this.restingScene = null; // else it would keep the frames of runs that are shown no more
    if (!painting) {
      this.painting = true;
      this.stale = true;
      this.node.classList.add("painting");
    }
    const runs = this.shownRuns(scene);
    const held = !this.stale && this.incremental.holds(runs) ? this.area : null;
    const area = held ?? this.#restartCanvases(scene, runs);
    this.incremental.extend(runs, (run, from) => this.extendLines(this.layer.line, area, run, from, !held));
    this.layer.clearHeads();
    for (const run of runs) if (run.upTo >= 0) this.drawHeads(this.layer.head, area, run);
    this.stale = false;
  }

  /** @type {(scene: Scene, runs: ShownRun[]) => PlotArea} */
  #restartCanvases(scene, runs) {
    const area = this.canvasesAhead ? areaWithin(this.plot, this.range("x"), this.range("y")) : plotArea(this.plot);
    // Setting the size of a canvas again takes longer than clearing it.
    if (this.canvasesAhead && covers(this.area, area)) this.layer.clearLines();
    else this.layer.cover(area);
    this.area = area;
    this.drawBackground(this.layer.line, area, scene);
    this.incremental.restart();
    for (const run of runs) this.beginLine(run.key);
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
      ...this.axesLayout(scene),
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
        layout: (/** @type {number} */ width) => ({ ...this.layout(scene), ...this.axesLayout(scene, width) }),
        square: this.square,
        theme: scene.theme,
        title: this.fullTitle(scene),
        lines: this.settingLines(this.shownRuns(scene)),
        keys: this.legendKeys(scene),
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
    this.#invalidate();
  }

  /**
   * Take the wanted range of an axis where `replaces` returns true, else let the present one grow.
   *
   * @param {Required<Ranges>} wanted
   * @param {(side: Side, present: Range) => boolean} replaces
   * @returns {boolean} whether an axis that the visitor has not zoomed has moved
   */
  #updateRanges(wanted, replaces) {
    const before = this.ranges;
    const range = (/** @type {Side} */ side) =>
      before && !replaces(side, before[side]) ? grown(before[side], wanted[side]) : wanted[side];
    const next = { x: range("x"), y: range("y") };
    this.ranges = next;
    return SIDES.some((side) => !this.zoomed[side] && !(before && sameRange(next[side], before[side])));
  }

  /** @param {Scene} scene */
  #axesKey(scene) {
    return `${scene.theme.key} ${this.layoutKey(scene)}`;
  }

  // Redraw the canvases, because the axes have moved under them.
  #invalidate() {
    this.stale = true;
    this.restingScene = null;
    if (this.painting) this.paint(this.scene);
  }

  // A visitor's changes name the ends of an axis one by one ("xaxis.range[0]"), the chart's own the whole range. A zoom
  // along time alone leaves the other axis to the numbers that are still to come.
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
    this.#invalidate();
    this.onZoom(this);
  }
}

/** @type {(one: PlotArea | null, other: PlotArea) => boolean} */
const covers = (one, { left, top, width, height }) =>
  one !== null && one.left === left && one.top === top && one.width === width && one.height === height;
