// All charts of the page: their kinds, their sizes, and the axes they share: curves share their time axis, planes both
// axes where a common scale is switched on.

import { BarsChart } from "../charts/bars/bars.js";
import { CurveChart } from "../charts/curves/curves.js";
import { FunctionChart } from "../charts/function/function.js";
import { GrammarChart } from "../charts/grammar/grammar.js";
import { HeatChart } from "../charts/heat/heat.js";
import { PortraitChart } from "../charts/heat/heat_portrait.js";
import { ImagesChart } from "../charts/images/images.js";
import { LinesChart } from "../charts/lines/lines.js";
import { PathChart } from "../charts/path/path.js";
import { PlaneChart } from "../charts/plane/plane.js";
import { SpaceChart } from "../charts/space/space.js";
import { PlotlyChart } from "../core/plotly_chart.js";
import { element, fill } from "./dom.js";

/** @import { Chart } from "../core/chart.js" */
/** @import { ChartSpec, Plane } from "../core/chart_specs.d.ts" */
/** @import { Plotly, Scene } from "../core/types.d.ts" */

const PHONE = 640; // px of the component's width, as in phone.css
const CURVES_SHARE = 0.34; // of the width, at least, beside one plane
const CURVES_BESIDE_KEPT = 0.3;
const PAIR_SHARE = 0.5; // of the width, at least, for the picture beside the planes
const PAIR_BESIDE_KEPT = 0.42;
const MIN_CURVES = 270; // px
const MIDDLE_SHARE = 0.27; // of the width, where there is a middle column
const MIN_MIDDLE = 236; // px
const PATH_SHARE = 0.56; // of the middle column's height, at most, for the square of a path
const MIN_SIDE = 160; // px, of the large plane
const KEPT_SHARE = 0.72; // of the large plane's side, at most, for one beside it
const KEPT_CAPTION = 22; // px
const GLANCE_SHARE = 0.5; // of the height of a glance, at most, for the side of its plane

export class ChartGrid {
  /** @param {(id: string, open: boolean) => void} unfold the visitor unfolds a chart or folds it away */
  constructor(unfold) {
    this.onUnfold = unfold;
    /** @type {Set<string>} */
    this.unfolded = new Set(); // ids of unfolded charts among those that are folded initially
    this.planes = element("div", { class: "planes" });
    this.wide = element("div", { class: "wide" });
    this.middle = element("div", { class: "middle" });
    this.curves = element("div", { class: "curves" });
    this.below = element("div", { class: "curves below" });
    this.folds = element("span", { class: "folds" });
    /** @type {Chart[]} */
    this.charts = [];
    this.specsKey = "";
    this.sameScale = false;
    this.paired = false; // a picture stands beside the planes
    this.gone = false;
    /** @type {HTMLElement | null} */
    this.host = null;
    /** @type {Plotly | null} */
    this.Plotly = null;
    // Not within the observer's own callback: arranging changes sizes again, which browsers report as a loop.
    this.observer = new ResizeObserver(() => requestAnimationFrame(() => this.arrange()));
  }

  /**
   * Watch the host for changes of size.
   *
   * @param {HTMLElement} host
   */
  watch(host) {
    this.host = host;
    for (const node of [host, this.planes, this.wide, this.middle, this.curves, this.below])
      this.observer.observe(node);
  }

  /**
   * Create the charts of the specifications and the small planes of the kept runs; charts that stay are not touched.
   *
   * @param {ChartSpec[]} specs
   * @param {Scene} scene
   */
  update(specs, scene) {
    const key = JSON.stringify(specs);
    if (key !== this.specsKey) {
      this.specsKey = key;
      for (const chart of this.charts) this.#remove(chart);
      // the lowest curves of each column carry the labels of the common axis
      const last = [this.middle, this.curves].map((place) =>
        specs.findLast((spec) => spec.kind === "curves" && this.#container(spec) === place),
      );
      this.paired = specs.some((spec) => this.#container(spec) === this.wide);
      this.charts = specs.map((spec) =>
        this.#place(this.#create(spec, this.paired || last.includes(spec)), this.#container(spec)),
      );
      fill(
        this.folds,
        specs.filter((spec) => spec.folded).map((spec) => this.#foldCheckbox(spec)),
      );
    }
    const plane = specs.find((spec) => spec.kind === "plane");
    const kept = new Set(plane ? scene.kept.map((run) => run.id) : []);
    for (const chart of this.charts.filter((one) => one.keptId && !kept.has(one.keptId))) this.#remove(chart);
    this.charts = this.charts.filter((chart) => !chart.keptId || kept.delete(chart.keptId));
    if (plane) for (const id of kept) this.charts.push(this.#makeKept(plane, id));
    for (const chart of this.charts) chart.describe(scene);
    this.arrange();
    if (this.Plotly) this.build(this.Plotly, scene);
  }

  /**
   * Draw the axes of those charts that have none yet.
   *
   * @param {Plotly} Plotly
   * @param {Scene} scene
   */
  build(Plotly, scene) {
    this.Plotly = Plotly;
    for (const chart of this.charts) if (!chart.built && !chart.node.hidden) chart.build(Plotly, scene);
  }

  remove() {
    this.gone = true; // an arrangement requested by the observer may still follow
    this.observer.disconnect();
    for (const chart of this.charts) chart.remove();
  }

  /**
   * Show a chart that is folded away, or fold it again.
   *
   * @param {string} id
   * @param {boolean} open
   * @param {Scene} scene
   */
  unfold(id, open, scene) {
    this.unfolded[open ? "add" : "delete"](id);
    for (const chart of this.charts) chart.node.hidden = this.#folded(chart.spec);
    this.arrange();
    if (this.Plotly) this.build(this.Plotly, scene);
  }

  /**
   * Give all planes one scale, or each its own.
   *
   * @param {boolean} same
   */
  scale(same) {
    this.sameScale = same;
    this.each((chart) => chart.spec.kind === "plane" && chart.rescale());
  }

  /** @param {(chart: Chart) => void} action */
  each(action) {
    for (const chart of this.charts) if (chart.built && !chart.node.hidden) action(chart);
  }

  /** Lay out the charts: a square for each picture, the largest for the current one, and the rest for the curves. */
  arrange() {
    const { host } = this;
    if (!host || this.gone) return;
    const picture = this.charts.find((chart) => this.#container(chart.spec) === this.planes);
    const caption = () => picture?.caption.offsetHeight ?? 0;
    const before = caption();
    this.#divideWidth(host, picture, before);
    const now = caption();
    if (now !== before) this.#divideWidth(host, picture, now); // in its new width it breaks into other lines
    for (const chart of this.charts) chart.resize();
  }

  /**
   * Divide the width among the pictures and the curves.
   *
   * @param {HTMLElement} host
   * @param {Chart | undefined} picture the large one
   * @param {number} caption px of the height of its caption
   */
  #divideWidth(host, picture, caption) {
    const width = host.clientWidth;
    host.style.setProperty("--screen-width", String(width)); // for print.css
    host.style.setProperty("--screen-height", String(this.planes.parentElement?.clientHeight ?? 0));
    const single = host.classList.contains("single"); // one chart in the place of all, of views/slides.js
    const kept = this.charts.filter((chart) => chart.keptId).length;
    const hasMiddle = this.charts.some((chart) => this.#container(chart.spec) === this.middle);
    host.classList.toggle("middled", hasMiddle);
    host.classList.toggle("pictured", Boolean(picture));
    const phone = width <= PHONE && !single;
    // Kept planes are in one column beside the large one, three and four of them in two columns.
    const columns = kept > 2 ? 2 : Math.min(1, kept);
    host.classList.toggle("paired", Boolean(this.paired));
    const middle = hasMiddle && picture ? Math.max(MIN_MIDDLE, Math.round(MIDDLE_SHARE * width)) : 0;
    const beside = kept ? CURVES_BESIDE_KEPT : CURVES_SHARE;
    const curves = single ? 0 : middle ? 2 * middle + 14 : Math.max(MIN_CURVES, beside * width);
    // Beside the squares there is one other picture, or the curves.
    const room =
      width - (this.paired && !single ? (kept ? PAIR_BESIDE_KEPT : PAIR_SHARE) * width : curves) - 14 - 8 * columns;
    const small = columns ? keptSide(room, columns, this.planes.clientHeight, Math.min(2, kept)) : 0;
    const glance = host.classList.contains("glance");
    let side = phone ? width : Math.max(MIN_SIDE, room - columns * small);
    if (glance) side = Math.min(width, GLANCE_SHARE * host.clientHeight);
    else if (!phone && picture && !picture.wide) {
      side = Math.min(side, Math.max(MIN_SIDE, this.planes.clientHeight - caption));
    }
    const column = phone || glance ? "100%" : `${Math.floor(side + columns * (small + 8))}px`;
    host.classList.toggle("beside", kept > 0);
    this.planes.style.setProperty("--columns", String(Math.max(1, columns)));
    this.planes.style.setProperty("--rows", String(Math.max(1, Math.min(2, kept))));
    host.style.setProperty("--planes", picture ? column : "0px");
    host.style.setProperty("--side", `${Math.floor(side)}px`);
    const square = phone ? width : Math.min(this.middle.clientWidth, PATH_SHARE * this.middle.clientHeight);
    host.style.setProperty("--path", `${Math.floor(square)}px`);
  }

  /**
   * The element that contains a chart.
   *
   * @param {ChartSpec} spec
   */
  #container(spec) {
    const { planes, wide, middle, curves, below } = this;
    return { main: planes, wide, middle, right: curves, below }[spec.place];
  }

  /**
   * @param {ChartSpec} spec
   * @param {boolean} lowest whether it carries the labels of a common axis
   * @returns {Chart}
   */
  #create(spec, lowest) {
    const onZoom = (/** @type {PlotlyChart} */ chart) => this.#shareZoom(chart);
    switch (spec.kind) {
      case "curves":
        return new CurveChart(spec, onZoom, { lowest });
      case "heat":
        return new HeatChart(spec);
      case "images":
        return new ImagesChart(spec);
      case "lines":
        return new LinesChart(spec, onZoom);
      case "bars":
        return new BarsChart(spec, onZoom);
      case "function":
        return new FunctionChart(spec, onZoom);
      case "grammar":
        return new GrammarChart(spec);
      case "path":
        return new PathChart(spec, onZoom);
      case "portrait":
        return new PortraitChart(spec);
      case "plane":
        return new PlaneChart(spec, onZoom, { main: true, pick: (scene) => scene.current });
      case "space":
        return new SpaceChart(spec);
    }
  }

  /** @param {ChartSpec} spec */
  #folded(spec) {
    return Boolean(spec.folded) && !this.unfolded.has(spec.id);
  }

  /**
   * The checkbox that unfolds a chart.
   *
   * @param {ChartSpec} spec
   */
  #foldCheckbox({ id, title }) {
    const box = element("input", { type: "checkbox", checked: this.unfolded.has(id) });
    box.addEventListener("change", () => this.onUnfold(id, box.checked));
    return element("label", { class: "choice" }, box, title);
  }

  /**
   * A small plane of a kept run.
   *
   * @param {Plane} spec
   * @param {string} id
   */
  #makeKept(spec, id) {
    const pick = (/** @type {Scene} */ scene) => scene.kept.find((run) => run.id === id);
    const chart = new PlaneChart(spec, (one) => this.#shareZoom(one), { main: false, pick, keptId: id });
    const plane = this.charts.find((one) => one instanceof PlaneChart);
    if (this.sameScale) chart.zoomed = { ...plane?.zoomed };
    return this.#place(chart, this.planes);
  }

  /**
   * @param {Chart} chart
   * @param {Element} parent
   */
  #place(chart, parent) {
    if (chart.spec.grow) chart.node.style.flexGrow = String(chart.spec.grow);
    chart.node.hidden = this.#folded(chart.spec);
    parent.append(chart.node);
    this.observer.observe(chart.frame); // a different line break of the caption changes it, but not its parent
    return chart;
  }

  /**
   * Whether two charts share axes: planes both of them if they have one scale, curves time, and lines a common x axis.
   *
   * @param {ChartSpec} one
   * @param {ChartSpec} other
   */
  #shareAxis(one, other) {
    if (one.kind === "lines" && other.kind === "lines")
      return one.x_title === other.x_title && one.x_log === other.x_log;
    if (one.kind === "bars" || one.kind === "function") return false;
    return one.kind === other.kind && (one.kind !== "plane" || this.sameScale);
  }

  /** @param {Chart} chart */
  #remove(chart) {
    this.observer.unobserve(chart.frame);
    chart.remove();
  }

  /**
   * Apply a visitor's zoom to all charts with the same axes. Trails at rest are thinned again, as a zoom shows more,
   * and the kinks of a function stay on its lower edge.
   *
   * @param {PlotlyChart} from
   */
  #shareZoom(from) {
    if (["plane", "function"].includes(from.spec.kind) && !from.painting) from.settle(from.scene);
    for (const chart of this.charts) {
      if (chart === from || !(chart instanceof PlotlyChart) || !chart.built) continue;
      if (!this.#shareAxis(chart.spec, from.spec)) continue;
      if (from.spec.kind === "plane") chart.zoomTo({ ...from.zoomed });
      else chart.zoomTo({ ...chart.zoomed, x: from.zoomed.x });
    }
  }
}

/**
 * The side of a kept plane: as large as the height of its row allows, while the current one stays the largest.
 *
 * @param {number} room
 * @param {number} columns
 * @param {number} height
 * @param {number} rows
 */
function keptSide(room, columns, height, rows) {
  const tall = (height - 8 * (rows - 1)) / rows - KEPT_CAPTION;
  return Math.max(0, Math.min(tall, (KEPT_SHARE * room) / (1 + KEPT_SHARE * columns)));
}
