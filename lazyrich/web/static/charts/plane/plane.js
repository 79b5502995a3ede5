// The neurons of one run in the plane: trails |a_i| w_i on equal axes, coloured by the sign of a_i.

import { baseAxis } from "../../core/figure.js";
import { significant } from "../../core/format.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import { roundUp } from "../../core/ranges.js";
import { element, key, mark, setText, swatch } from "../../shell/dom.js";
import { neuronCount } from "./neurons.js";
import { drawHeads, drawPieces, drawStarts, drawTask, drawTrails } from "./plane_canvas.js";
import { ghostTraces, runTraces, taskShapes } from "./plane_traces.js";

const FARTHEST = 50; // times the first view, or teachers of length 1: neurons beyond diverge, and leave the axes

/** @import { ChartOnAxes } from "../../core/chart_on_axes.js" */
/** @import { Plane } from "../../core/chart_specs.d.ts" */
/** @import { OnZoom, Scene, ShownRun } from "../../core/types.d.ts" */
/** @import { ChartData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @extends {PlotlyChart<Plane>} */
export class PlaneChart extends PlotlyChart {
  /**
   * @param {Plane} spec
   * @param {OnZoom} onZoom
   * @param {object} place
   * @param {boolean} place.main the large plane of the current run, not a kept one's small plane
   * @param {(scene: Scene) => ShownRun | undefined} place.pick the run that it shows
   * @param {string | null} [place.keptId] id of a kept run
   */
  constructor(spec, onZoom, { main, pick, keptId = null }) {
    super(spec, onZoom);
    this.keptId = keptId; // id of the kept run that it shows
    this.pick = pick;
    this.small = !main;
    this.width = main ? 2 : 1.3;
    this.exportSize = [800, 774];
    this.square = true;
    this.node.classList.toggle("main", main);
    this.scale = main ? null : element("span", { class: "plane-scale" });
    if (this.scale) this.frame.append(this.scale);
  }

  /**
   * The name of a kept run is known before its first frame.
   *
   * @override @type {ChartOnAxes["describe"]}
   */
  describe(scene) {
    if (!this.small) return super.describe(scene);
    const run = this.pick(scene);
    if (!run) return;
    const { colour, dash, label } = run;
    this.caption.replaceChildren(swatch(colour, dash), element("span", { title: label }, label));
  }

  /** @override @type {ChartOnAxes["writeCaption"]} */
  writeCaption(scene) {
    const { chartData } = scene.current.log;
    // Beside kept planes there is little room for a note.
    const note = [chartData.plane_note, scene.kept.length ? "" : this.spec.note].filter(Boolean).join(" ");
    const hasTeacher = chartData.teacher?.length !== 0; // unknown until the run has begun
    this.setCaption(planeKeys(scene, hasTeacher), note);
  }

  /**
   * The task is drawn with shapes, not with traces.
   *
   * @override @type {ChartOnAxes["legendKeys"]}
   */
  legendKeys(scene) {
    const { theme, colours } = scene;
    const { teacher = [], radius = 0 } = this.#chartData(scene);
    const signs = [...new Set(teacher.map(([, , sign]) => sign >= 0))].sort();
    const ray = (/** @type {boolean} */ positive) => ({
      label: `teacher, ${positive ? "+" : "−"}1`,
      line: { colour: positive ? colours.positive : colours.negative, width: 2, dash: [2, 5] },
    });
    const circle = { label: "lengths at the start", mark: { shape: "circle-open", colour: theme.line } };
    return [...signs.map(ray), ...(radius > 0 ? [circle] : [])];
  }

  /** @override @type {ChartOnAxes["shownRuns"]} */
  shownRuns(scene) {
    const run = this.pick(scene);
    return run && neuronCount(run.log, this.spec) > 0 ? [run] : [];
  }

  /** @override @type {ChartOnAxes["wantedRanges"]} */
  wantedRanges(scene) {
    // Each plane has its own scale: on a common one a run that grows less than another would be a dot.
    const measured = scene.sameScale ? scene.runs : [this.pick(scene) ?? []].flat();
    const half = Math.max(0, ...measured.map((run) => this.#reach(run.log)));
    const ghost = scene.ghost && (scene.sameScale || !this.small) ? this.#reach(scene.ghost.log) : 0;
    if (half === 0 && this.ranges) return this.ranges; // until the next run has begun
    // The previous run may extend the range a little; a much larger one would shrink the others to a dot.
    const wide = half > 0 ? roundUp(Math.max(half, Math.min(ghost, 1.4 * half))) : 1;
    return { x: [-wide, wide], y: [-wide, wide] };
  }

  /** @override @type {ChartOnAxes["axesLayout"]} */
  axesLayout(scene, exportWidth = 0) {
    const bare = this.small && !exportWidth;
    const axis = { ...baseAxis(scene.theme), zeroline: true, constrain: "domain", nticks: 6, hoverformat: ".3g" };
    const side = { ...axis, ticks: bare ? "" : "outside", showticklabels: !bare };
    return {
      xaxis: { ...side, range: this.range("x") },
      yaxis: { ...side, range: this.range("y"), scaleanchor: "x", scaleratio: 1, constraintoward: "top" },
      margin: bare ? { l: 3, r: 3, t: 3, b: 3 } : { l: 44, r: 6, t: 6, b: 28 },
      shapes: taskShapes(this.#chartData(scene), this.#half, scene),
    };
  }

  /** @override @type {ChartOnAxes["fullTitle"]} */
  fullTitle(scene) {
    return [this.spec.title, this.pick(scene)?.label].filter(Boolean).join(", ");
  }

  /** @override @type {ChartOnAxes["traces"]} */
  traces(scene) {
    const [run] = this.shownRuns(scene);
    if (!run || run.upTo < 0) return [];
    const [left, right] = this.range("x");
    const pixels = Math.min(...this.size) / (right - left);
    const ghost = this.#ghost(scene);
    return [
      ...(ghost ? ghostTraces(ghost, this.spec, pixels, scene) : []),
      ...runTraces(run, this.spec, pixels, this.width, this.small, scene),
    ];
  }

  /** @override @type {ChartOnAxes["drawBackground"]} */
  drawBackground(context, area, scene) {
    drawTask(context, area, this.#chartData(scene), this.#half, scene);
    const ghost = this.#ghost(scene);
    if (ghost) {
      context.globalAlpha = 0.5;
      drawTrails(context, area, ghost.log, this.spec, ghost.upTo, 1.5, [scene.colours.ghost]);
      context.globalAlpha = 1;
    }
    const [run] = this.shownRuns(scene);
    if (run) drawStarts(context, area, run.log, this.spec, scene.theme);
  }

  /**
   * A small plane has no room for axis labels: its range is written in a corner.
   *
   * @override
   */
  rangesMoved() {
    if (!this.scale) return;
    const [low, high] = this.range("x");
    const [below, above] = [low, high].map((end) => significant(end, 2));
    setText(this.scale, low === -high ? `±${above}` : `${below} to ${above}`);
  }

  /** @override @type {ChartOnAxes["extendLines"]} */
  extendLines(context, area, { log, upTo }, from, whole) {
    const { positive, negative } = this.scene.colours;
    if (whole) drawTrails(context, area, log, this.spec, upTo, this.width, [positive, negative]);
    else drawPieces(context, area, log, this.spec, from, upTo, this.width, [positive, negative]);
  }

  /** @override @type {ChartOnAxes["drawHeads"]} */
  drawHeads(context, area, { log, upTo }) {
    const { colours, theme } = this.scene;
    const size = this.small ? 3.2 : neuronCount(log, this.spec) > 200 ? 3.5 : 5;
    drawHeads(context, area, log, this.spec, upTo, size, [colours.positive, colours.negative], theme.background);
  }

  get #half() {
    const { x = [], y = [] } = this.ranges ?? {};
    const ends = [...x, ...y, ...this.range("x"), ...this.range("y")];
    return Math.max(...ends.map(Math.abs));
  }

  /**
   * @param {Scene} scene
   * @returns {ChartData}
   */
  #chartData(scene) {
    return this.pick(scene)?.log.chartData ?? {};
  }

  /** @param {Scene} scene */
  #ghost(scene) {
    return !this.small && scene.ghost && neuronCount(scene.ghost.log, this.spec) > 0 ? scene.ghost : null;
  }

  /** @param {RunLog} log */
  #reach(log) {
    if (!log.header) return 0;
    const suggested = Math.max(log.chartData.extent ?? 0, 1.15 * (log.chartData.radius ?? 0));
    const most = 1.06 * (log.reach.get(this.spec.array) ?? 0);
    return Math.max(suggested, Math.min(most, FARTHEST * Math.max(1, suggested)));
  }
}

/**
 * Legend entries of the marks of a plane.
 *
 * @param {Scene} scene
 * @param {boolean} hasTeacher there is a teacher
 */
function planeKeys({ colours, theme }, hasTeacher) {
  return [
    key(mark("disc", colours.positive), "a > 0"),
    key(mark("triangle", colours.negative), "a < 0"),
    key(mark("ring", theme.muted), "start"),
    ...(hasTeacher ? [key(swatch(theme.muted, "dot"), "teacher")] : []),
  ];
}
