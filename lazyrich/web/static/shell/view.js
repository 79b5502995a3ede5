// View of a live chart: its parts in their host element, and the drawing of a moment on them.

import { loadPlotly, loadStyle } from "../entry/load.js";
import { PhoneControls } from "../phone/phone_controls.js";
import { DRAWING, Machine } from "../stream/states.js";
import { ChartGrid } from "./chart_grid.js";
import { Comparison } from "./comparison.js";
import { element } from "./dom.js";
import { Legend } from "./legend.js";
import { Notice } from "./notice.js";
import { PlaybackBar } from "./playback_bar.js";
import { Readings } from "./readings.js";

/** @import { Scene } from "../core/types.d.ts" */
/** @import { LiveData } from "../stream/messages.d.ts" */
/** @import { Player } from "../stream/player.js" */
/** @import { RunLog } from "../stream/run_log.js" */
/** @import { LineState } from "../stream/states.js" */
/** @import { Actions } from "./actions.js" */

const HEADER_WITHIN = 300; // ms that plotly waits for a run's header: axes without it would be drawn again

export class View {
  /**
   * @param {HTMLElement} parent
   * @param {Actions} act
   * @param {boolean} recorded whether there is no server that starts and stops runs
   */
  constructor(parent, act, recorded) {
    this.grid = new ChartGrid(act.unfold);
    this.readings = new Readings(act.drop);
    this.legend = new Legend(act.dismissGhost);
    this.comparison = new Comparison(act);
    this.legend.node.prepend(this.comparison.node);
    this.legend.node.append(this.grid.folds);
    this.notice = new Notice(act.remedy);
    this.phone = new PhoneControls(act);
    this.bar = new PlaybackBar(act, this.notice.line, recorded);
    this.host = element(
      "section",
      {
        class: "live-run",
        tabindex: 0,
        "aria-label": "Live charts of the training run",
        "data-testid": "live-run",
        "data-status": "waiting",
        "data-step": 0,
        "data-frames": 0,
        "data-painted": 0,
      },
      element(
        "div",
        { class: "inner" },
        this.phone.chips,
        this.readings.node,
        this.notice.banner,
        this.legend.node,
        this.grid.planes,
        this.notice.overPicture,
        this.phone.hands,
        this.grid.wide,
        this.grid.middle,
        this.bar.node,
        this.grid.curves,
      ),
      this.grid.below,
      this.notice.spoken,
    );
    this.host.style.visibility = "hidden"; // until the style sheet is loaded
    this.host.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.closest("button, input, select, a")) return;
      this.host.focus({ preventScroll: true });
    });
    parent.append(this.host);
    this.drawing = new Machine(DRAWING, "new");
    this.painted = 0; // frames so far
    this.onCanvas = ""; // the run and the frame that are painted
    this.round = NaN; // when the settling under way began
    /** @type {RunLog | null} */
    this.named = null; // whose settings the host has
  }

  /** Whether the charts can be drawn. */
  get ready() {
    return this.drawing.state === "ready";
  }

  remove() {
    this.drawing.happen("remove");
    this.grid.remove();
    this.phone.remove();
    this.host.remove();
  }

  /**
   * Fetch what the charts are drawn with and draw their axes, of the scene of then, unless that is done or under way.
   *
   * @param {Pick<LiveData, "css" | "plotly">} addresses
   * @param {() => Scene} scene
   * @param {Promise<void>} header fulfilled once a run's header is there
   * @returns {Promise<boolean>} whether it was done just now
   */
  async prepare({ css, plotly }, scene, header) {
    if (!this.drawing.happen("show")) return false;
    const style = loadStyle(css).then(() => this.host.style.removeProperty("visibility"));
    try {
      const [Plotly] = await Promise.all([loadPlotly(plotly), style]);
      await Promise.race([header, new Promise((resolve) => setTimeout(resolve, HEADER_WITHIN))]);
      if (this.drawing.state !== "loading") return false;
      this.grid.watch(this.host);
      this.grid.arrange();
      this.grid.build(Plotly, scene());
      return this.drawing.happen("load");
    } catch (error) {
      this.drawing.happen("fail");
      this.host.style.removeProperty("visibility");
      const why = error instanceof Error ? error.message : error;
      this.notice.broken(`The charts cannot be drawn: ${why}. Load the page again.`);
      return false;
    }
  }

  /**
   * @param {Scene} scene
   * @param {number} furthest the last frame that has been shown
   */
  paint(scene, furthest) {
    this.round = NaN; // a settling under way stops
    this.grid.each((chart) => chart.paint(scene));
    const { id, log, upTo } = scene.current;
    const name = `${id} ${upTo}`;
    if (upTo < 0 || name === this.onCanvas) return;
    this.onCanvas = name;
    this.painted += 1;
    this.#name(log);
    Object.assign(this.host.dataset, {
      step: log.step(upTo),
      frames: Math.min(furthest + 1, log.count),
      painted: this.painted,
    });
  }

  /**
   * The same for a preview: the axes of canvases move at once, and plotly's own come after.
   *
   * @param {Scene} scene
   * @param {boolean} plays its moment goes on, as that of a run
   */
  paintAhead(scene, plays) {
    this.round = NaN;
    this.grid.each((chart) => {
      chart.aim(scene);
      chart.stale = true;
      chart.paint(scene);
    });
    const { log, upTo } = scene.current;
    this.onCanvas = "";
    this.painted += 1;
    this.#name(log);
    this.host.dataset.painted = String(this.painted);
    if (plays) this.host.dataset.step = String(log.step(upTo));
  }

  /**
   * Tell programs the settings of what is painted.
   *
   * @param {RunLog} log
   */
  #name(log) {
    if (log === this.named) return;
    this.named = log;
    this.host.dataset.settings = JSON.stringify(log.config);
  }

  /**
   * Let charts come to rest, one an animation frame, so that a click in between is not kept waiting.
   *
   * @param {() => Scene} scene
   * @param {() => boolean} moving
   */
  async settle(scene, moving) {
    const round = performance.now();
    this.round = round;
    for (const chart of this.grid.charts.filter((one) => one.built && one.painting)) {
      if (this.round !== round || !this.ready || moving()) return;
      chart.settle(scene());
      await new Promise(requestAnimationFrame);
    }
  }

  /**
   * What is said of a preview. The playback bar stays at the run, and nothing is spoken.
   *
   * @param {Scene} scene
   * @param {string} remark on the preview, "" for none
   * @param {boolean} described captions may be others too
   */
  tellAhead(scene, remark, described) {
    this.readings.show(scene);
    this.legend.show(scene);
    this.comparison.show(scene, this.grid);
    this.notice.remark(remark);
    this.grid.each((chart) => {
      if (described) chart.describe(scene);
      chart.read(scene);
    });
  }

  /**
   * All that is said of a moment.
   *
   * @param {Scene} scene
   * @param {Player} player
   * @param {LineState} line to the server
   */
  tell(scene, player, line) {
    const { log } = scene.current;
    this.readings.show(scene);
    this.legend.show(scene);
    this.comparison.show(scene, this.grid);
    this.bar.show(scene.timeline, player);
    this.notice.show(log, line);
    this.grid.each((chart) => chart.read(scene));
  }
}
