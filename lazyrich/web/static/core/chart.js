// Base class of charts: a figure with a caption over a frame, whose size the style sheet sets. Subclasses fill it.
//
// The chart grid builds a chart once and then calls describe() when its words may have changed (a subclass writes them
// in tell()), fit() when there are new data, paint() for a frame of a playing run, settle() when playing has stopped, and
// resize() when its space may have changed.

import { element, fill, say } from "../shell/dom.js";
import { moment } from "./format.js";

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { Scene, ShownRun } from "./types.d.ts" */

/** @template {ChartSpec} [S=ChartSpec] */
export class Chart {
  /**
   * @param {S} spec from data.charts
   * @param {Record<string, unknown>} plot attributes of what lies in the frame
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
    /** @type {Scene | undefined} the last one that was drawn */
    this.scene = undefined;
    this.size = [0, 0]; // px, of the frame
    this.fresh = true; // a new run is shown, so the axes may also become shorter
    this.painting = false; // a run plays, or has just been playing
    this.lags = false; // its axes have to follow what is painted
    this.stale = true; // the painting has to be redrawn completely
  }

  remove() {
    this.node.remove();
  }

  /** Read the sizes that the style sheet sets. Returns whether they changed. */
  measure() {
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

  /** Write the caption: the heading, the parts beside it, and a note on a separate line if there is one. */
  entitle(nodes, note = "") {
    say(this.note, note);
    fill(this.caption, [...this.heading, ...nodes, ...(note ? [this.note] : [])]);
  }

  /**
   * Let the axes hold a preview, at once.
   *
   * @param {Scene} scene
   */
  aim(scene) {
    this.fit(scene);
  }

  /** @param {Scene} scene */
  fit(scene) {}

  /**
   * The settings and moments of runs, a line each, for a saved picture.
   *
   * @param {ShownRun[]} runs
   */
  settingLines(runs) {
    const named = runs.length > 1;
    return runs
      .filter(({ log, upTo }) => log.header && upTo >= 0)
      .map((run) => {
        const name = named ? `${run.label || (run.key === "current" ? "this run" : "kept run")}: ` : "";
        return name + [run.log.header.settings, upperCase(moment(run.log, run.upTo))].filter(Boolean).join(". ");
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

// A word begins with a capital, a symbol stays as it is.
const upperCase = (text) => (/^\w /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));
