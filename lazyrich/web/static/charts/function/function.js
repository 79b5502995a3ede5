// The function that a network has learned, beside the teacher's and the samples, at every frame of a run.
//
// The header's chart_data.function gives the inputs of the horizontal axis: a circle, or a line (one input beside a
// constant). In more dimensions there is none: predictions are drawn over the true outputs, and a circle is optional.

import { baseAxis, plain } from "../../core/figure.js";
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
import { Choices, leftOut, marks, titles, whichSeed } from "./function_caption.js";
import {
  about,
  hasStudent,
  hasTwin,
  pathOf,
  spreadOf,
  studentCurve,
  studentKinks,
  teacherCurve,
  twinCurve,
} from "./function_models.js";
import { predictedExtremes, STRIP, spanned, studentExtremes, taskExtremes, twinExtremes } from "./function_span.js";
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

const GHOSTLY = 0.7; // opacity of the previous run
const WIDTH = 2.5; // px, of the current run
const KEPT = 1.8; // px
const THIN = 1.2; // px, of the median over seeds
const TALLEST = 2; // times the teacher's largest kink: higher ticks are cut off, else the teacher's would be tiny
const WIDE = 420; // px: enough for labels every 45 degrees

/** @extends {PlotlyChart<FunctionSpec>} */
export class FunctionChart extends PlotlyChart {
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [900, 560];
    this.over = "circle"; // what the chart shows now
    this.wish = "outputs"; // the visitor's choice for a run with more than two dimensions
    this.most = 1; // the largest change of slope, shown by the highest ticks
    this.teachers = new WeakMap(); // RunLog -> the teacher's curve on this chart's path
    const ask = (twin) => this.node.dispatchEvent(new CustomEvent("set", { bubbles: true, detail: { twin } }));
    this.choices = new Choices((over) => this.#choose(over), ask);
  }

  tell(scene) {
    const { log } = scene.current;
    this.#look(scene);
    const info = about(log);
    const many = log.header !== null && info.over === "outputs";
    const choices = this.choices.show(log, many, this.wish, scene, this.over);
    const notes = [many && leftOut(info, this.over), log.header && this.#whichSeed(log)];
    this.entitle([...marks(scene, this.over), ...choices], notes.filter(Boolean).join(" "));
  }

  shown(scene) {
    return [...scene.kept, scene.current].filter((run) => this.#fits(run.log, scene.current.log));
  }

  words(scene) {
    this.#look(scene);
    return JSON.stringify([
      this.over,
      this.#titles(scene.current.log),
      this.over === "line" && about(scene.current.log).span,
    ]);
  }

  replaces(side) {
    return side === "x";
  }

  /** @override @type {ChartOnAxes["wanted"]} */
  wanted(scene) {
    this.#look(scene);
    const { log } = scene.current;
    const runs = [...this.shown(scene), ...this.#ghosts(scene)];
    if (!log.header || !runs.length) return { x: this.ranges?.x ?? [-180, 180], y: this.ranges?.y ?? [-1, 1] };
    const info = this.#info(log);
    if (this.over === "outputs") {
      const truth = { low: Math.min(...info.truth), high: Math.max(...info.truth) };
      const seen = runs.map((run) => predictedExtremes(run.log, this.spec.predicted));
      if (hasTwin(log, this.spec, this.over)) seen.push(predictedExtremes(log, this.spec.twin_predicted));
      return { x: spanned(truth, [], 0), y: spanned(truth, seen, 0) };
    }
    const path = pathOf(info);
    const task = taskExtremes(log, info, path);
    const name = `${this.over} ${JSON.stringify(info.range ?? info.radius)}`;
    const students = runs.map((run) => studentExtremes(run.log, this.spec, path, name));
    if (hasTwin(log, this.spec, this.over)) students.push(twinExtremes(log, this.spec, path, name));
    const { jump } = studentExtremes(log, this.spec, path, name);
    this.most = (task.jump ? Math.max(task.jump, Math.min(jump, TALLEST * task.jump)) : jump) || 1;
    return { x: [path.from, path.to], y: spanned(task, students, STRIP) };
  }

  axes(scene, alone = 0) {
    const axis = { ...baseAxis(scene.theme), nticks: 6, hoverformat: ".3g" };
    const titles = this.#titles(scene.current.log);
    const turns = this.over === "circle" && !this.zoomed.x;
    const step = (alone || this.size[0]) > WIDE ? 45 : 90;
    const angles = Array.from({ length: 360 / step + 1 }, (_, k) => k * step - 180);
    const named = (side, more) => ({
      ...axis,
      range: this.range(side),
      title: { ...axis.title, text: plain(titles[side]), short: titles[`${side}Short`] },
      ...more,
    });
    const { span } = this.#info(scene.current.log);
    return {
      xaxis: named("x", {
        zeroline: this.over !== "outputs",
        tickfont: { size: 12 },
        ticksuffix: this.over === "circle" ? "°" : "",
        tickmode: turns ? "array" : "auto",
        tickvals: angles,
        ticktext: angles.map((angle) => `${setting(angle)}°`),
      }),
      yaxis: named("y", { zeroline: true, tickfont: { size: 12 } }),
      margin: { l: 52, r: 18, t: 6, b: 40 },
      shapes: this.over === "line" && span ? outsideShapes(span, scene.theme.grid) : [],
    };
  }

  // ---- canvas

  ground(context, area, scene) {
    const { theme, colours } = scene;
    const { log } = scene.current;
    if (this.over === "outputs") return drawEqual(context, area, theme.line);
    if (!log.header) return;
    const info = this.#info(log);
    if (this.over === "line") drawOutside(context, area, info.span, theme.grid);
    const teacher = this.#teacher(log);
    if (teacher) {
      drawKinks(context, area, teacher.kinks, this.most, signs(colours), true);
      drawFunction(context, area, teacher, { colour: theme.muted, width: WIDTH, dash: TEACHER });
    }
    context.globalAlpha = GHOSTLY;
    for (const ghost of this.#ghosts(scene)) this.#drawRun(context, area, ghost, colours.ghost);
    context.globalAlpha = 1;
    drawSamples(context, area, info.points ?? [], theme.text, theme.background);
  }

  heads(context, area, run) {
    if (this.over === "outputs") {
      const { truth } = about(run.log);
      const draw = (array, colour, hollow) =>
        drawPredicted(context, area, truth, run.log.array(run.upTo, array), colour, hollow);
      if (this.#twinned(run)) draw(this.spec.twin_predicted, this.scene.theme.text, true);
      return draw(this.spec.predicted, run.colour, run.key !== "current");
    }
    const spread = this.#spread(run);
    if (spread) {
      drawSpread(context, area, spread, run.colour);
      drawFunction(context, area, spread.median, { colour: run.colour, width: THIN, dash: MEDIAN });
    }
    if (this.#twinned(run)) drawFunction(context, area, this.#twin(run), this.#twinLook(this.scene));
    if (run.key === "current") {
      const kinks = studentKinks(run.log, this.spec, run.upTo, this.#path(run.log));
      drawKinks(context, area, kinks, this.most, signs(this.scene.colours), false);
    }
    this.#drawRun(context, area, run, run.colour);
  }

  // ---- plotly

  traces(scene) {
    const { theme, colours, current } = scene;
    if (!current.log.header) return [];
    const runs = this.shown(scene).filter((one) => one.upTo >= 0);
    if (this.over === "outputs") {
      const dots = (run, array, look) => predictedTrace(about(run.log).truth, run.log.array(run.upTo, array), look);
      const twins = runs.filter((run) => this.#twinned(run));
      return [
        equalTrace(this.range("x"), theme.line),
        ...twins.map((run) => dots(run, this.spec.twin_predicted, { ...this.#twinLook(scene), hollow: true })),
        ...runs.map((run) => dots(run, this.spec.predicted, this.#trait(run, scene))),
      ];
    }
    const info = this.#info(current.log);
    const unit = this.over === "circle" ? "°" : "";
    const traces = [];
    const teacher = this.#teacher(current.log);
    const [range, signed] = [this.range("y"), signs(colours)];
    if (teacher) {
      traces.push(...kinkTraces(teacher.kinks, this.most, range, signed, { owner: "teacher", unit, dash: true }));
      traces.push(functionTrace(teacher, { name: "teacher", colour: theme.muted, width: WIDTH, dash: TEACHER, unit }));
    }
    for (const ghost of this.#ghosts(scene)) {
      const look = { name: "previous run", colour: colours.ghost, width: KEPT, dash: "solid", unit };
      const trace = functionTrace(this.#curve(ghost), look);
      traces.push({ ...trace, opacity: GHOSTLY, hoverinfo: "skip", hovertemplate: undefined });
    }
    if (info.points?.length)
      traces.push(sampleTrace(info.points, { colour: theme.text, edge: theme.background, unit }));
    for (const run of runs) {
      const spread = this.#spread(run);
      if (!spread) continue;
      traces.push(...spreadTraces(spread, run.colour, "10 to 90 % of the seeds"));
      const look = { name: "median of the seeds", colour: run.colour, width: THIN, dash: MEDIAN, unit };
      traces.push(functionTrace(spread.median, look));
    }
    for (const run of runs.filter((one) => this.#twinned(one))) {
      traces.push(functionTrace(this.#twin(run), { ...this.#twinLook(scene), unit }));
    }
    for (const run of runs) traces.push(functionTrace(this.#curve(run), { ...this.#trait(run, scene), unit }));
    if (current.upTo >= 0 && runs.some(({ key: name }) => name === "current")) {
      const kinks = studentKinks(current.log, this.spec, current.upTo, this.#path(current.log));
      traces.push(...kinkTraces(kinks, this.most, range, signed, { owner: "student", unit, dash: false }));
    }
    return traces;
  }

  // ---- data to draw

  // The horizontal axis depends on the current run. Until its header has come, the old picture stays.
  #look({ current: { log } }) {
    if (!log.header) return;
    const { over } = about(log);
    this.over = over === "outputs" ? this.wish : over;
  }

  #info(log) {
    const info = log.header ? about(log) : { over: this.over };
    return info.over === "outputs" && this.over === "circle" ? { ...info, over: "circle", points: [] } : info;
  }

  #titles(log) {
    return titles(this.over, this.#info(log).radius);
  }

  #path(log) {
    return pathOf(this.#info(log));
  }

  // Runs with other inputs do not fit on the same axis.
  #fits(log, current) {
    if (!current.header || !hasStudent(log, this.spec)) return false;
    const alike =
      about(log).over === about(current).over && log.header.config.dimension === current.header.config.dimension;
    return alike && (this.over !== "outputs" || log.arrays.has(this.spec.predicted));
  }

  #ghosts({ ghost, current }) {
    return ghost && this.over !== "outputs" && this.#fits(ghost.log, current.log) ? [ghost] : [];
  }

  #teacher(log) {
    const name = this.over;
    const held = this.teachers.get(log);
    if (held?.name !== name) this.teachers.set(log, { name, teacher: teacherCurve(log, this.#path(log)) });
    return this.teachers.get(log).teacher;
  }

  #curve({ log, upTo }) {
    return studentCurve(log, this.spec, upTo, this.#path(log));
  }

  #whichSeed({ header, arrays, chartData }) {
    return whichSeed(header.config, arrays.has(this.spec.median), Boolean(chartData.teacher?.length));
  }

  // Of the current run alone: kept runs are lines.
  #spread({ key, log, upTo }) {
    return key === "current" ? spreadOf(log, this.spec, upTo, this.#path(log)) : null;
  }

  #twinned(run) {
    return run.key === "current" && hasTwin(run.log, this.spec, this.over);
  }

  #twin({ log, upTo }) {
    return twinCurve(log, this.spec, upTo, this.#path(log));
  }

  #twinLook({ theme, current: { log, upTo } }) {
    return { name: "lazy twin", colour: theme.text, width: KEPT, dash: TWIN, said: moment(log, upTo) };
  }

  #drawRun(context, area, run, colour) {
    if (run.upTo < 0) return;
    const width = run.key === "current" ? WIDTH : KEPT;
    drawFunction(context, area, this.#curve(run), { colour, width, dash: run.key ? run.dash : "solid" });
  }

  #trait(run, scene) {
    const name = scene.runs.length > 1 && run.label ? `student, ${run.label}` : "student";
    const current = run.key === "current";
    return {
      name,
      colour: run.colour,
      width: current ? WIDTH : KEPT,
      dash: run.dash,
      hollow: !current,
      said: moment(run.log, run.upTo),
    };
  }

  // The visitor has chosen another horizontal axis.
  #choose(wish) {
    this.wish = wish;
    this.tell(this.scene);
    this.rescale();
    this.fit(this.scene);
    this.onZoom(this);
  }
}

/** @returns {[string, string]} */
const signs = ({ positive, negative }) => [positive, negative];
