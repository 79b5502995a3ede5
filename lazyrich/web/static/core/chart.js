// Base class of charts: a figure with a caption over a frame, whose size the style sheet sets. Subclasses fill it.
//
// The chart grid builds a chart once and then calls describe() when its caption may have changed (subclasses write it in
// writeCaption()), updateCaption() when numbers in it may have, fit() when there are new data, paint() for a frame of a
// playing run, settle() when playing has stopped, and resize() when its space may have changed.

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
  mayShrink = true; // a new run is shown, so the axes may also become shorter
  painting = false; // a run plays, or has played and is not settled yet
  lags = false; // its axes lag behind what is painted; see catchUp()
  stale = true; // the painting has to be redrawn completely
  wide = false; // its picture needs no square
  overTime = false; // its horizontal axis is time, or steps
  /** @type {string | null} */
  keptId = null; // id of the kept run, of a chart that shows nothing else

  /**
   * @param {S} spec from data.charts
   * @param {Attributes} plot attributes of the element within the frame
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

  /** The last scene that was drawn; an error before build(). */
  get scene() {
    return required(this.#scene, `The scene of the chart "${this.spec.id}"`);
  }

  set scene(scene) {
    this.#scene = scene;
  }

  /** Whether it has drawn a scene. */
  get hasScene() {
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
   * Write the caption, with setCaption().
   *
   * @param {Scene} scene
   */
  writeCaption(scene) {}

  /** @param {Scene} scene */
  describe(scene) {
    // Keep the old caption until a new run's first frame: a different line break would change the picture's size.
    if (scene.current.log.header || !this.caption.childElementCount) this.writeCaption(scene);
  }

  /**
   * Set the caption: the heading, the parts beside it, and a note on a separate line if there is one.
   *
   * @param {Node[]} nodes
   */
  setCaption(nodes, note = "") {
    setText(this.note, note);
    fill(this.caption, [...this.heading, ...nodes, ...(note ? [this.note] : [])]);
  }

  /**
   * Update the numbers in the caption that depend on the moment.
   *
   * @param {Scene} scene
   */
  updateCaption(scene) {}

  /**
   * Fit the axes of the canvases to a preview, at once.
   *
   * @param {Scene} scene
   */
  fitPreview(scene) {
    this.fit(scene);
  }

  /**
   * Redraw the axes that lag behind after fitPreview().
   *
   * @param {Scene} scene
   */
  catchUp(scene) {}

  /**
   * Fit the axes to a scene.
   *
   * @param {Scene} scene
   * @param {boolean} [atRest] whether no run is playing
   */
  fit(scene, atRest) {}

  /** @param {Scene} scene */
  paint(scene) {}

  /** @param {Scene} scene */
  settle(scene) {}

  /** Fit the chart to its space. Returns whether it was redrawn. */
  resize() {
    return false;
  }

  /** Choose the axes anew at the next fit(). */
  rescale() {}

  /**
   * The settings and the moment of each run, in a line, for a saved picture.
   *
   * @param {ShownRun[]} runs
   */
  settingLines(runs) {
    const named = runs.length > 1;
    return runs.flatMap(({ log, upTo, label, key }) => {
      if (!log.header || upTo < 0) return [];
      const name = named ? `${label || (key === "current" ? "this run" : "kept run")}: ` : "";
      return name + [log.header.settings, capitalised(moment(log, upTo))].filter(Boolean).join(". ");
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
 * Capitalise a text, unless it begins with a symbol of one letter.
 *
 * @param {string} text
 */
const capitalised = (text) => (/^\w /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));
