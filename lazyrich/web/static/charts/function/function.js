// The function that a network has learned, beside the teacher's and the samples, at every frame of a run.
//
// spec: {array, sign: the plane's neurons and their signs; predicted, whole, binned: the arrays of a frame with outputs
// at some inputs, and with the function and its kinks where the neurons are too many}. The header's chart_data.function
// says over which inputs it is drawn: a circle, a line (one input beside a constant), or, in more dimensions, none:
// there predictions stand over what is true, and a circle is a choice.

import { baseAxis, plain } from "../../core/figure.js";
import { moment, setting, significant } from "../../core/format.js";
import { PlotlyChart } from "../../core/plotly_chart.js";
import { element, key, mark, svg, swatch } from "../../shell/dom.js";
import { drawEqual, drawFunction, drawKinks, drawOutside, drawPredicted, drawSamples, TEACHER } from "./function_canvas.js";
import { about, hasStudent, pathOf, studentCurve, studentKinks, teacherCurve } from "./function_models.js";
import { predictedExtremes, spanned, STRIP, studentExtremes, taskExtremes } from "./function_span.js";
import { equalTrace, functionTrace, kinkTraces, outsideShapes, predictedTrace, sampleTrace } from "./function_traces.js";

const GHOSTLY = 0.7; // opacity of the run before
const WIDTH = 2.5; // px, of the current run
const KEPT = 1.8; // px
const TALLEST = 2; // times the teacher's largest kink: higher ticks are cut off, or they would dwarf the teacher's
const WIDE = 420; // px: enough for labels every 45 degrees

export class FunctionChart extends PlotlyChart {
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [900, 560];
    this.over = "circle"; // what the chart shows now
    this.wish = "outputs"; // what is shown of a run with more than two dimensions
    this.teachers = new WeakMap(); // RunLog -> the teacher's curve on this chart's path
  }

  tell(scene) {
    const { log } = scene.current;
    const { theme } = scene;
    this.#look(scene);
    const keys = this.over === "outputs" ? [key(swatch(theme.line, "dot"), "predicted = true")] : this.#marks(scene);
    this.entitle([...keys, ...this.#choices(log)], this.#left(log));
  }

  shown(scene) {
    return [...scene.kept, scene.current].filter((run) => this.#fits(run.log, scene.current.log));
  }

  words(scene) {
    this.#look(scene);
    return JSON.stringify([this.over, this.#titles(scene), this.over === "line" && about(scene.current.log).span]);
  }

  replaces(side) {
    return side === "x";
  }

  wanted(scene) {
    this.#look(scene);
    const { log } = scene.current;
    const runs = [...this.shown(scene), ...this.#ghosts(scene)];
    if (!log.header || !runs.length) return { x: this.ranges?.x ?? [-180, 180], y: this.ranges?.y ?? [-1, 1] };
    const info = this.#info(log);
    if (this.over === "outputs") {
      const truth = { low: Math.min(...info.truth), high: Math.max(...info.truth) };
      const range = spanned(truth, runs.map((run) => predictedExtremes(run.log, this.spec)), 0);
      return { x: spanned(truth, [], 0), y: range };
    }
    const path = pathOf(info);
    const task = taskExtremes(log, info, path);
    const name = `${this.over} ${JSON.stringify(info.range ?? info.radius)}`;
    const students = runs.map((run) => studentExtremes(run.log, this.spec, path, name));
    const { jump } = studentExtremes(log, this.spec, path, name);
    this.most = (task.jump ? Math.max(task.jump, Math.min(jump, TALLEST * task.jump)) : jump) || 1;
    return { x: [path.from, path.to], y: spanned(task, students, STRIP) };
  }

  axes(scene, alone = false) {
    const axis = { ...baseAxis(scene.theme), nticks: 6, hoverformat: ".3g" };
    const titles = this.#titles(scene);
    const turns = this.over === "circle" && !this.zoomed.x;
    const step = alone || this.size[0] > WIDE ? 45 : 90;
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
      const predicted = run.log.array(run.upTo, this.spec.predicted);
      return drawPredicted(context, area, truth, predicted, run.colour, run.key !== "current");
    }
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
      const dots = (run) => predictedTrace(about(run.log).truth, run.log.array(run.upTo, this.spec.predicted), this.#trait(run, scene));
      return [equalTrace(this.range("x"), theme.line), ...runs.map(dots)];
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
    if (info.points?.length) traces.push(sampleTrace(info.points, { colour: theme.text, edge: theme.background, unit }));
    for (const run of runs) traces.push(functionTrace(this.#curve(run), { ...this.#trait(run, scene), unit }));
    if (current.upTo >= 0 && runs.some(({ key: name }) => name === "current")) {
      const kinks = studentKinks(current.log, this.spec, current.upTo, this.#path(current.log));
      traces.push(...kinkTraces(kinks, this.most, range, signed, { owner: "student", unit, dash: false }));
    }
    return traces;
  }

  // ---- what there is to draw

  // What is drawn over depends on the current run. Until its header has come, what was shown stays.
  #look({ current: { log } }) {
    if (!log.header) return;
    const { over } = about(log);
    this.over = over === "outputs" ? this.wish : over;
  }

  #info(log) {
    const info = log.header ? about(log) : { over: this.over };
    return info.over === "outputs" && this.over === "circle" ? { ...info, over: "circle", points: [] } : info;
  }

  #path(log) {
    return pathOf(this.#info(log));
  }

  // Runs of other inputs have no place on the same axis.
  #fits(log, current) {
    if (!current.header || !hasStudent(log, this.spec)) return false;
    const alike = about(log).over === about(current).over && log.header.config.dimension === current.header.config.dimension;
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

  // ---- words

  #marks({ theme, current, kept }) {
    const taught = current.log.chartData.teacher?.length !== 0;
    return [
      ...(kept.length ? [] : [key(swatch(current.colour), "student")]),
      ...(taught ? [key(swatch(theme.muted, TEACHER), "teacher")] : []),
      key(mark("disc", theme.text), "sample"),
      key(kinkMark(theme.muted), "kinks, as high as the slope changes"),
    ];
  }

  #choices(log) {
    if (!log.header || about(log).over !== "outputs") return [];
    const names = { outputs: "predicted against true", circle: "on a circle" };
    const options = Object.entries(names).map(([value, name]) => element("option", { value, selected: value === this.wish }, name));
    const select = element("select", { "aria-label": "What is shown of the function" }, ...options);
    select.addEventListener("change", () => this.#choose(select.value));
    return [element("label", { class: "choice" }, select)];
  }

  #choose(wish) {
    this.wish = wish;
    this.tell(this.scene);
    this.rescale();
    this.fit(this.scene);
    this.onZoom(this);
  }

  // What a circle in a plane of many dimensions does not show.
  #left(log) {
    if (!log.header || about(log).over !== "outputs") return "";
    const { left_out: left, tested, truth } = about(log);
    if (this.over === "outputs") return `${truth.length} ${tested ? "test" : "training"} inputs`;
    const times = left.teacher_times
      ? `The teacher is ${significant(left.teacher_times, 2)} times as large on this circle as on ${tested ? "test" : "training"} inputs. `
      : "";
    return `${times}Samples are left out: ${significant(100 * left.in_plane, 2)} % of their length lies in its plane.`;
  }

  #titles({ current: { log } }) {
    if (this.over === "outputs") return { x: "true output", y: "predicted output", yShort: "predicted" };
    if (this.over === "line") return { x: "x", y: "f(x)" };
    const { radius = 1 } = this.#info(log);
    const apart = Math.abs(radius - 1) > 1e-6;
    return { x: "angle of x from the first axis", xShort: "angle of x", y: apart ? `f(x) at |x| = ${significant(radius)}` : "f(x)", yShort: "f(x)" };
  }
}

function kinkMark(colour) {
  const node = svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" });
  node.append(svg("path", { d: "M2 12 V7 M6 12 V1 M10 12 V9", stroke: colour, "stroke-width": 2, fill: "none" }));
  return node;
}

const signs = ({ positive, negative }) => [positive, negative];
