// Base class of charts: a figure with a caption over a frame, whose size the style sheet sets. Subclasses fill it.
//
// The chart grid builds a chart once and then calls describe() when its words may have changed (a subclass writes them
// in tell()), read() when the numbers among them may have, fit() when there are new data, paint() for a frame of a playing
// run, settle() when playing has stopped, and resize() when its space may have changed.

import { element, fill, required, setText } from "../shell/dom.js";
import { moment } from "./format.js";

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { Attributes, Plotly, Scene, ShownRun, Size } from "./types.d.ts" */

/** @template {ChartSpec} [S=ChartSpec] */
export class Chart {
  /** @type {Scene | null} */
  #scene = null;
  /** @type {Size} */
  size = [0, 0]; // px, of the frame
  fresh = true; // a new run is shown, so the axes may also become shorter
  painting = false; // a run plays, or has just been playing
  lags = false; // its axes have to follow what is painted
  stale = true; // the painting has to be redrawn completely
  wide = false; // its picture needs no square
  overTime = false; // its horizontal axis is time, or steps
  /** @type {string | null} */
  keeps = null; // id of the kept run that it shows, if that is all it shows

  /**
   * @param {S} spec from data.charts
   * @param {Attributes} plot of what lies in the frame
   */
  constructor(spec, plot = {}) {
    this.spec = spec;
    this.caption = element("figcaption");
    this.heading = [element("strong", {}, spec.title)];
    this.note = element("span", { class: "note" });
    this.plot = element("div", { class: "plot", ...plot });
    this.frame = element("div", { class: "frame" });
    this.node = element(
      "figure",
      { class: `chart ${spec.kind}-chart`, "data-chart": spec.id },
      this.caption,
      this.frame,
    );
  }

  /** Whether build() has been called. */
  get built() {
    return false;
  }

  /**
   * Draw the first scene.
   *
   * @param {Plotly} Plotly
   * @param {Scene} scene
   */
  build(Plotly, scene) {}

  /** The scene that was drawn last; an error before build(). */
  get scene() {
    return required(this.#scene, `The scene of the chart "${this.spec.id}"`);
  }

  set scene(scene) {
    this.#scene = scene;
  }

  /** Whether it has drawn a scene. */
  get begun() {
    return this.#scene !== null;
  }

  remove() {
    this.node.remove();
  }

  /** Read the sizes that the style sheet sets. Returns whether they changed. */
  measure() {
    /** @type {Size} */
    const size = [this.frame.clientWidth, this.frame.clientHeight];
    const changed = size[0] !== this.size[0] || size[1] !== this.size[1];
    this.size = size;
    return changed;
  }

  /**
   * Write the caption, with entitle().
   *
   * @param {Scene} scene
   */
  tell(scene) {}

  /** @param {Scene} scene */
  describe(scene) {
    // Keep the old words until a new run's first frame: a different line break would change the picture's size.
    if (scene.current.log.header || !this.caption.childElementCount) this.tell(scene);
  }

  /**
   * Write the caption: the heading, the parts beside it, and a note on a separate line if there is one.
   *
   * @param {Node[]} nodes
   */
  entitle(nodes, note = "") {
    setText(this.note, note);
    fill(this.caption, [...this.heading, ...nodes, ...(note ? [this.note] : [])]);
  }

  /**
   * Write the numbers in the caption that follow the moment.
   *
   * @param {Scene} scene
   */
  read(scene) {}

  /**
   * Let the axes hold a preview, at once.
   *
   * @param {Scene} scene
   */
  aim(scene) {
    this.fit(scene);
  }

  /**
   * Let what lags behind after aim() follow.
   *
   * @param {Scene} scene
   */
  catchUp(scene) {}

  /**
   * Let the axes hold a scene.
   *
   * @param {Scene} scene
   * @param {boolean} [rests] it is no moment of a playing run
   */
  fit(scene, rests) {}

  /** @param {Scene} scene */
  paint(scene) {}

  /** @param {Scene} scene */
  settle(scene) {}

  /** Returns whether it was drawn anew. */
  resize() {
    return false;
  }

  /** Choose the axes anew at the next fit(). */
  rescale() {}

  /**
   * The settings and moments of runs, a line each, for a saved picture.
   *
   * @param {ShownRun[]} runs
   */
  settingLines(runs) {
    const named = runs.length > 1;
    return runs.flatMap(({ log, upTo, label, key }) => {
      if (!log.header || upTo < 0) return [];
      const name = named ? `${label || (key === "current" ? "this run" : "kept run")}: ` : "";
      return name + [log.header.settings, upperCase(moment(log, upTo))].filter(Boolean).join(". ");
    });
  }

  /**
   * File name of a picture of a frame, without its suffix.
   *
   * @param {Pick<ShownRun, "log" | "upTo">} run
   */
  fileName({ log, upTo }) {
    return `lazyrich-${this.spec.id}-step-${upTo < 0 ? 0 : log.step(upTo)}`;
  }
}

/**
 * A word begins with a capital, a symbol stays as it is.
 *
 * @param {string} text
 */
const upperCase = (text) => (/^\w /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));
