// The caption of a function's chart: the meaning of marks, what the picture omits, and the choices.

import { significant } from "../../core/format.js";
import { element, key, mark, svg, swatch } from "../../shell/dom.js";
import { TEACHER, TWIN } from "./function_canvas.js";

/** @import { Scene } from "../../core/types.d.ts" */
/** @import { FunctionData, Settings } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { Over, AxisChoice } from "./function_shown.js" */

/** @typedef {{ x: string, y: string, xShort?: string, yShort?: string }} Titles */

/** @type {Record<AxisChoice, string>} */
const AXIS_CHOICES = { outputs: "predicted against true", circle: "on a circle" };

/**
 * The meaning of the marks.
 *
 * @param {Scene} scene
 * @param {Over} over
 */
export function functionKeys({ theme, current, kept }, over) {
  if (over === "outputs") {
    const student = kept.length ? [] : [key(mark("disc", current.colour), "student")];
    return [...student, key(swatch(theme.line, TEACHER), "predicted = true")];
  }
  const kinks = key(kinkMark(theme.muted), "kinks");
  kinks.title = "As high as the slope changes there; dotted: the teacher's.";
  const hasTeacher = current.log.chartData.teacher?.length !== 0; // unknown until the run has begun
  return [
    ...(kept.length ? [] : [key(swatch(current.colour), "student")]),
    ...(hasTeacher ? [key(swatch(theme.muted, TEACHER), "teacher")] : []),
    key(mark("disc", theme.text), "sample"),
    kinks,
  ];
}

/**
 * Titles of the axes, in full and abbreviated.
 *
 * @param {Over} over
 * @param {number} [radius]
 * @returns {Titles}
 */
export function titles(over, radius = 1) {
  if (over === "outputs") return { x: "true output", y: "predicted output", yShort: "predicted" };
  if (over === "line") return { x: "x", y: "f(x)" };
  const apart = Math.abs(radius - 1) > 1e-6;
  return {
    x: "angle of x from the first axis",
    xShort: "angle of x",
    y: apart ? `f(x) at |x| = ${significant(radius)}` : "f(x)",
    yShort: "f(x)",
  };
}

/**
 * A note on what the chart omits of a function in more than two dimensions.
 *
 * @param {FunctionData} info from the header, with over "outputs"
 * @param {Over} over
 */
export function omissionNote({ left_out: left, tested, truth = [] }, over) {
  const inputs = `${tested ? "test" : "training"} inputs`;
  if (over === "outputs") return `${truth.length} ${inputs}.`;
  if (!left) return "";
  const times = left.teacher_times;
  const larger = times ? `The teacher is ${significant(times, 2)} times as large on this circle as on ${inputs}. ` : "";
  return `${larger}Samples are left out: ${significant(100 * left.in_plane, 2)} % of their length lies in its plane.`;
}

/**
 * A note on which of several students that train side by side the chart shows, and on the band over all of them.
 *
 * @param {Settings} config
 * @param {boolean} spread there is a band
 * @param {boolean} hasTeacher each student has a teacher of its own
 */
export function seedNote({ seed, seeds = 1 }, spread, hasTeacher) {
  if (!(seeds > 1)) return "";
  const shown = `Seed ${seed}, the first of ${seeds}.`;
  if (!spread) return `${shown} No band over seeds: in more than two dimensions they share no curve.`;
  const what = hasTeacher ? "errors, around this seed's teacher" : "functions";
  return `${shown} Band and long dashes: 10 to 90 % and median of all seeds' ${what}.`;
}

/** The visitor's choices: the horizontal axis, and whether the lazy twin is shown. */
export class Choices {
  /**
   * @param {(over: AxisChoice) => void} onOver
   * @param {(shown: boolean) => void} onTwin
   */
  constructor(onOver, onTwin) {
    const options = Object.entries(AXIS_CHOICES).map(([value, name]) => element("option", { value }, name));
    this.select = element("select", { "aria-label": "What the function is drawn over" }, ...options);
    this.select.addEventListener("change", () => onOver(this.select.value === "circle" ? "circle" : "outputs"));
    this.over = element("label", { class: "choice" }, this.select);
    this.box = element("input", { type: "checkbox" });
    this.box.addEventListener("change", () => onTwin(this.box.checked));
    this.twin = element("label", { class: "choice twin" }, this.box);
    this.twin.title =
      "What the network would learn if it stayed linear in its weights: the kernel machine of its start.";
  }

  /**
   * Update the choices for a run.
   *
   * @param {RunLog} log
   * @param {boolean} many it has more than two dimensions
   * @param {AxisChoice} choice the visitor's choice
   * @param {Scene} scene
   * @param {Over} over
   */
  show({ config }, many, choice, { theme, recorded }, over) {
    this.select.value = choice;
    const { twin } = config;
    this.box.checked = Boolean(twin);
    this.twin.replaceChildren(
      ...(recorded ? [] : [this.box]),
      ...(twin ? [over === "outputs" ? mark("ring", theme.text) : swatch(theme.text, TWIN)] : []),
      "lazy twin",
    );
    return [...(many ? [this.over] : []), ...(twin === undefined || (recorded && !twin) ? [] : [this.twin])];
  }
}

/** @param {string} colour */
function kinkMark(colour) {
  const node = svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" });
  node.append(svg("path", { d: "M2 12 V7 M6 12 V1 M10 12 V9", stroke: colour, "stroke-width": 2, fill: "none" }));
  return node;
}
