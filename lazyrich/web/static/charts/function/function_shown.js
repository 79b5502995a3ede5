// The functions that a chart shows: its horizontal axis, and the curves of each run over it.

import {
  functionInfo,
  hasStudent,
  hasTwin,
  pathOf,
  spreadOf,
  studentCurve,
  studentKinks,
  teacherCurve,
  twinCurve,
} from "./function_models.js";

/** @import { Function as FunctionSpec } from "../../core/chart_specs.d.ts" */
/** @import { DrawnRun, Ghost, Scene, ShownRun } from "../../core/types.d.ts" */
/** @import { FunctionData } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */

/** @typedef {FunctionData["over"]} Over the horizontal axis */
/** @typedef {Exclude<Over, "line">} AxisChoice what can be chosen in more than two dimensions */
/** @typedef {{ over: Over, teacher: ReturnType<typeof teacherCurve> }} TeacherCurve cached, for one horizontal axis */

export class ShownFunctions {
  /** @type {Over} */
  over = "circle"; // what is shown now
  /** @type {AxisChoice} */
  choice = "outputs"; // the visitor's choice for a run with more than two dimensions
  /** @type {WeakMap<RunLog, TeacherCurve>} */
  #teachers = new WeakMap();

  /** @param {FunctionSpec} spec */
  constructor(spec) {
    this.spec = spec;
  }

  /**
   * Choose the horizontal axis for the current run. Until its header has come, the old one stays.
   *
   * @param {Scene} scene
   */
  follow({ current: { log } }) {
    if (!log.header) return;
    const { over } = functionInfo(log);
    this.over = over === "outputs" ? this.choice : over;
  }

  /**
   * @param {RunLog} log
   * @returns {FunctionData} of what is drawn: the circle, where that is chosen
   */
  info(log) {
    const info = log.header ? functionInfo(log) : { over: this.over };
    return info.over === "outputs" && this.over === "circle" ? { ...info, over: "circle", points: [] } : info;
  }

  /** @param {RunLog} log */
  path(log) {
    return pathOf(this.info(log));
  }

  // ---- runs

  /**
   * @param {Scene} scene
   * @returns {ShownRun[]}
   */
  shownRuns({ kept, current }) {
    return [...kept, current].filter((run) => this.#comparable(run.log, current.log));
  }

  /**
   * @param {Scene} scene
   * @returns {Ghost[]}
   */
  ghosts({ ghost, current }) {
    return ghost && this.over !== "outputs" && this.#comparable(ghost.log, current.log) ? [ghost] : [];
  }

  /**
   * Whether a run has the same kind of inputs as the current one, and thus fits on the same axis.
   *
   * @param {RunLog} log
   * @param {RunLog} current
   */
  #comparable(log, current) {
    if (!current.header || !hasStudent(log, this.spec)) return false;
    const alike =
      functionInfo(log).over === functionInfo(current).over && log.config.dimension === current.config.dimension;
    return alike && (this.over !== "outputs" || log.arrays.has(this.spec.predicted));
  }

  /**
   * Whether a run has a lazy twin that is shown: of the current run alone.
   *
   * @param {ShownRun} run
   */
  showsTwin({ key, log }) {
    return key === "current" && hasTwin(log, this.spec, this.over);
  }

  // ---- functions, over a circle or a line

  /** @param {RunLog} log */
  teacher(log) {
    const { over } = this;
    const held = this.#teachers.get(log);
    if (held?.over === over) return held.teacher;
    const teacher = teacherCurve(log, this.path(log));
    this.#teachers.set(log, { over, teacher });
    return teacher;
  }

  /** @param {DrawnRun} run */
  student({ log, upTo }) {
    return studentCurve(log, this.spec, upTo, this.path(log));
  }

  /** @param {DrawnRun} run */
  kinks({ log, upTo }) {
    return studentKinks(log, this.spec, upTo, this.path(log));
  }

  /** @param {DrawnRun} run */
  twin({ log, upTo }) {
    return twinCurve(log, this.spec, upTo, this.path(log));
  }

  /**
   * The spread over seeds; of the current run alone, as kept runs are lines.
   *
   * @param {ShownRun} run
   */
  spread({ key, log, upTo }) {
    return key === "current" ? spreadOf(log, this.spec, upTo, this.path(log)) : null;
  }

  // ---- predictions, over the true outputs

  /**
   * @param {DrawnRun} run
   * @param {string} array of predictions
   */
  predicted({ log, upTo }, array) {
    return { truth: functionInfo(log).truth ?? [], predicted: log.array(upTo, array) };
  }
}
