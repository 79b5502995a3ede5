// The function that a network has learned, beside the teacher's and the samples, at every frame of a run.
//
// The header's chart_data.function gives the inputs of the horizontal axis: a circle, or a line (one input beside a
// constant). In more dimensions there is none: predictions are drawn over the true outputs, and a circle is optional.

import { baseAxis, escapeHtml } from "../../core/figure.js";
import { moment, setting } from "../../core/format.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import {
  drawEqual,
  drawFunction,
  drawKinks,
  drawOutside,
  drawPredicted,
  drawSamples,
  drawSpread,
  MEDIAN,
  TEACHER,
  TWIN,
} from "./function_canvas.js";
import { Choices, functionKeys, omissionNote, seedNote, titles } from "./function_caption.js";
import { functionInfo, hasTwin } from "./function_models.js";
import { ShownFunctions } from "./function_shown.js";
import { predictedExtremes, rangeOf, STRIP, studentExtremes, taskExtremes, twinExtremes } from "./function_span.js";
import {
  equalTrace,
  functionTrace,
  kinkTraces,
  outsideShapes,
  predictedTrace,
  sampleTrace,
  spreadTraces,
} from "./function_traces.js";

/** @import { ChartOnAxes } from "../../core/chart_on_axes.js" */
/** @import { Function as FunctionSpec } from "../../core/chart_specs.d.ts" */
/** @import { Dash, DrawnRun, OnZoom, Palette, PlotArea, Scene, ShownRun, Side } from "../../core/types.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { AxisChoice } from "./function_shown.js" */

const GHOST_OPACITY = 0.7; // opacity of the previous run
const WIDTH = 2.5; // px, of the current run
const KEPT = 1.8; // px
const THIN = 1.2; // px, of the median over seeds
const TALLEST = 2; // times the teacher's largest kink: higher ticks are cut off, else the teacher's would be tiny
const WIDE = 420; // px: enough for labels every 45 degrees

/** @extends {PlotlyChart<FunctionSpec>} */
export class FunctionChart extends PlotlyChart {
  /**
   * @param {FunctionSpec} spec
   * @param {OnZoom} onZoom
   */
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [900, 560];
    this.functions = new ShownFunctions(spec);
    this.most = 1; // the largest change of slope, shown by the highest ticks
    /** @type {Scene | null} */
    this.captionScene = null; // the scene of the caption
    const ask = (/** @type {boolean} */ twin) =>
      this.node.dispatchEvent(new CustomEvent("set", { bubbles: true, detail: { twin } }));
    this.choices = new Choices((over) => this.#choose(over), ask);
  }

  /** @override @type {ChartOnAxes["writeCaption"]} */
  writeCaption(scene) {
    const { log } = scene.current;
    this.captionScene = scene;
    this.functions.follow(scene);
    const info = functionInfo(log);
    const many = log.header !== null && info.over === "outputs";
    const seeds = seedNote(log.config, log.arrays.has(this.spec.median), Boolean(log.chartData.teacher?.length));
    const choices = this.choices.show(log, many, this.functions.choice, scene, this.functions.over);
    const notes = [many ? omissionNote(info, this.functions.over) : "", log.header ? seeds : ""];
    this.setCaption([...functionKeys(scene, this.functions.over), ...choices], notes.filter(Boolean).join(" "));
  }

  /** @override @type {ChartOnAxes["shownRuns"]} */
  shownRuns(scene) {
    return this.functions.shownRuns(scene);
  }

  /** @override @type {ChartOnAxes["layoutKey"]} */
  layoutKey(scene) {
    this.functions.follow(scene);
    return JSON.stringify([
      this.functions.over,
      this.#titles(scene.current.log),
      this.functions.over === "line" && functionInfo(scene.current.log).span,
    ]);
  }

  /** @override @type {ChartOnAxes["replacesRange"]} */
  replacesRange(side) {
    return side === "x";
  }

  /** @override @type {ChartOnAxes["wantedRanges"]} */
  wantedRanges(scene) {
    this.functions.follow(scene);
    const { log } = scene.current;
    const runs = [...this.shownRuns(scene), ...this.functions.ghosts(scene)];
    if (!log.header || !runs.length) return { x: this.ranges?.x ?? [-180, 180], y: this.ranges?.y ?? [-1, 1] };
    const info = this.functions.info(log);
    if (this.functions.over === "outputs") {
      const outputs = info.truth ?? [];
      const truth = { low: Math.min(...outputs), high: Math.max(...outputs) };
      const seen = runs.map((run) => predictedExtremes(run.log, this.spec.predicted));
      if (hasTwin(log, this.spec, this.functions.over)) seen.push(predictedExtremes(log, this.spec.twin_predicted));
      return { x: rangeOf(truth, [], 0), y: rangeOf(truth, seen, 0) };
    }
    const path = this.functions.path(log);
    const task = taskExtremes(log, info, path);
    const name = `${this.functions.over} ${JSON.stringify(info.range ?? info.radius)}`;
    const students = runs.map((run) => studentExtremes(run.log, this.spec, path, name));
    const twins = hasTwin(log, this.spec, this.functions.over) ? [twinExtremes(log, this.spec, path, name)] : [];
    const { jump } = studentExtremes(log, this.spec, path, name);
    this.most = (task.jump ? Math.max(task.jump, Math.min(jump, TALLEST * task.jump)) : jump) || 1;
    return { x: [path.from, path.to], y: rangeOf(task, [...students, ...twins], STRIP) };
  }

  /** @override @type {ChartOnAxes["axesLayout"]} */
  axesLayout(scene, exportWidth = 0) {
    const axis = { ...baseAxis(scene.theme), nticks: 6, hoverformat: ".3g" };
    const named = this.#titles(scene.current.log);
    const turns = this.functions.over === "circle" && !this.zoomed.x;
    const step = (exportWidth || this.size[0]) > WIDE ? 45 : 90;
    const angles = Array.from({ length: 360 / step + 1 }, (_, k) => k * step - 180);
    const one = (/** @type {Side} */ side) => ({
      ...axis,
      range: this.range(side),
      title: { ...axis.title, text: escapeHtml(named[side]), short: named[`${side}Short`] },
      tickfont: { size: 12 },
    });
    const { span } = this.functions.info(scene.current.log);
    return {
      xaxis: {
        ...one("x"),
        zeroline: this.functions.over !== "outputs",
        ticksuffix: this.functions.over === "circle" ? "°" : "",
        tickmode: turns ? "array" : "auto",
        tickvals: angles,
        ticktext: angles.map((angle) => `${setting(angle)}°`),
      },
      yaxis: { ...one("y"), zeroline: true },
      margin: { l: 52, r: 18, t: 6, b: 40 },
      shapes: this.functions.over === "line" && span ? outsideShapes(span, scene.theme.grid) : [],
    };
  }

  // ---- canvas

  /** @override @type {ChartOnAxes["drawBackground"]} */
  drawBackground(context, area, scene) {
    const { theme, colours } = scene;
    const { log } = scene.current;
    if (this.functions.over === "outputs") return drawEqual(context, area, theme.line);
    if (!log.header) return;
    const info = this.functions.info(log);
    if (this.functions.over === "line" && info.span) drawOutside(context, area, info.span, theme.grid);
    const teacher = this.functions.teacher(log);
    if (teacher) {
      drawKinks(context, area, teacher.kinks, this.most, signColours(colours), true);
      drawFunction(context, area, teacher, { colour: theme.muted, width: WIDTH, dash: TEACHER });
    }
    context.globalAlpha = GHOST_OPACITY;
    for (const ghost of this.functions.ghosts(scene)) {
      this.#drawRun(context, area, ghost, { colour: colours.ghost, width: KEPT, dash: "solid" });
    }
    context.globalAlpha = 1;
    drawSamples(context, area, info.points ?? [], theme.text, theme.background);
  }

  /** @override @type {ChartOnAxes["drawHeads"]} */
  drawHeads(context, area, run) {
    if (this.functions.over === "outputs") {
      const { twin_predicted: twin, predicted } = this.spec;
      if (this.functions.showsTwin(run)) {
        drawPredicted(context, area, this.functions.predicted(run, twin), this.scene.theme.text, true);
      }
      return drawPredicted(context, area, this.functions.predicted(run, predicted), run.colour, run.key !== "current");
    }
    const spread = this.functions.spread(run);
    if (spread) {
      drawSpread(context, area, spread, run.colour);
      drawFunction(context, area, spread.median, { colour: run.colour, width: THIN, dash: MEDIAN });
    }
    if (this.functions.showsTwin(run))
      drawFunction(context, area, this.functions.twin(run), this.#twinStyle(this.scene));
    if (run.key === "current") {
      drawKinks(context, area, this.functions.kinks(run), this.most, signColours(this.scene.colours), false);
    }
    const { colour, dash } = run;
    this.#drawRun(context, area, run, { colour, width: run.key === "current" ? WIDTH : KEPT, dash });
  }

  // ---- plotly

  /** @override @type {ChartOnAxes["traces"]} */
  traces(scene) {
    const { theme, colours, current } = scene;
    if (!current.log.header) return [];
    const runs = this.shownRuns(scene).filter((one) => one.upTo >= 0);
    if (this.functions.over === "outputs") {
      const { twin_predicted: twin, predicted } = this.spec;
      const twins = runs.filter((run) => this.functions.showsTwin(run));
      const twinStyle = { ...this.#twinStyle(scene), hollow: true };
      return [
        equalTrace(this.range("x"), theme.line),
        ...twins.map((run) => predictedTrace(this.functions.predicted(run, twin), twinStyle)),
        ...runs.map((run) => predictedTrace(this.functions.predicted(run, predicted), this.#runStyle(run, scene))),
      ];
    }
    const info = this.functions.info(current.log);
    const unit = this.functions.over === "circle" ? "°" : "";
    const traces = [];
    const teacher = this.functions.teacher(current.log);
    const [range, signed] = [this.range("y"), signColours(colours)];
    if (teacher) {
      traces.push(...kinkTraces(teacher.kinks, this.most, range, signed, { owner: "teacher", unit }));
      traces.push(functionTrace(teacher, { name: "teacher", colour: theme.muted, width: WIDTH, dash: TEACHER, unit }));
    }
    for (const ghost of this.functions.ghosts(scene)) {
      const look = { name: "previous run", colour: colours.ghost, width: KEPT, dash: "solid", unit };
      const trace = functionTrace(this.functions.student(ghost), look);
      traces.push({ ...trace, opacity: GHOST_OPACITY, hoverinfo: "skip", hovertemplate: undefined });
    }
    if (info.points?.length)
      traces.push(sampleTrace(info.points, { colour: theme.text, edge: theme.background, unit }));
    for (const run of runs) {
      const spread = this.functions.spread(run);
      if (!spread) continue;
      traces.push(...spreadTraces(spread, run.colour, "10 to 90 % of the seeds"));
      const look = { name: "median of the seeds", colour: run.colour, width: THIN, dash: MEDIAN, unit };
      traces.push(functionTrace(spread.median, look));
    }
    for (const run of runs.filter((one) => this.functions.showsTwin(one))) {
      traces.push(functionTrace(this.functions.twin(run), { ...this.#twinStyle(scene), unit }));
    }
    for (const run of runs)
      traces.push(functionTrace(this.functions.student(run), { ...this.#runStyle(run, scene), unit }));
    if (current.upTo >= 0 && runs.some(({ key: name }) => name === "current")) {
      traces.push(...kinkTraces(this.functions.kinks(current), this.most, range, signed, { owner: "student", unit }));
    }
    return traces;
  }

  // ---- text and styles

  /** @param {RunLog} log */
  #titles(log) {
    return titles(this.functions.over, this.functions.info(log).radius);
  }

  /** @param {Scene} scene */
  #twinStyle({ theme, current: { log, upTo } }) {
    return { name: "lazy twin", colour: theme.text, width: KEPT, dash: TWIN, momentText: moment(log, upTo) };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {DrawnRun} run
   * @param {{ colour: string, width: number, dash: Dash }} look
   */
  #drawRun(context, area, run, look) {
    if (run.upTo >= 0) drawFunction(context, area, this.functions.student(run), look);
  }

  /**
   * @param {ShownRun} run
   * @param {Scene} scene
   */
  #runStyle(run, scene) {
    const name = scene.runs.length > 1 && run.label ? `student, ${run.label}` : "student";
    const current = run.key === "current";
    return {
      name,
      colour: run.colour,
      width: current ? WIDTH : KEPT,
      dash: run.dash,
      hollow: !current,
      momentText: moment(run.log, run.upTo),
    };
  }

  /**
   * Take another horizontal axis that the visitor has chosen.
   *
   * @param {AxisChoice} choice
   */
  #choose(choice) {
    this.functions.choice = choice;
    if (this.captionScene) this.writeCaption(this.captionScene);
    if (!this.built) return; // its axes are chosen when they are drawn
    this.rescale();
    this.fit(this.scene);
    this.onZoom(this);
  }
}

/** @type {(colours: Palette) => [positive: string, negative: string]} */
const signColours = ({ positive, negative }) => [positive, negative];
