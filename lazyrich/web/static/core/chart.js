// Base class of charts: a figure with a caption over a frame, whose size the style sheet sets. Subclasses fill it.
//
// The stage builds a chart once. Then, over and over: describe() when its words may have changed, which tell() of a
// subclass writes; fit() when something new is known, paint() for a frame of a playing run, settle() when playing has
// come to rest, and resize() when its place may have changed.

import { element, fill, say } from "../shell/dom.js";
import { moment } from "./format.js";

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { Scene, ShownRun } from "./types.d.ts" */

/** @template {ChartSpec} S */
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
    this.fresh = true; // another run is shown than before, so the axes may also become shorter
    this.painting = false; // a run plays, or has just been playing
    this.stale = true; // what is painted has to be drawn from the start
  }

  remove() {
    this.node.remove();
  }

  /** Sizes as the style sheet has them now. Returns whether they changed. */
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
    // Until a new run's first frame the old words stay: a line that breaks anew changes the size of the picture.
    if (scene.current.log.header || !this.caption.childElementCount) this.tell(scene);
  }

  /** Write the caption: the heading, what stands beside it, and a note on a line of its own if there is one. */
  entitle(nodes, note = "") {
    say(this.note, note);
    fill(this.caption, [...this.heading, ...nodes, ...(note ? [this.note] : [])]);
  }

  /**
   * The settings of runs and where they are, a line each, for a saved picture.
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
   * What a picture of a frame is called as a file, without its ending.
   *
   * @param {Pick<ShownRun, "log" | "upTo">} run
   */
  fileName({ log, upTo }) {
    return `lazyrich-${this.spec.id}-step-${upTo < 0 ? 0 : log.step(upTo)}`;
  }
}

const upperCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);
