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
/** @import { ConnectionState } from "../stream/states.js" */
/** @import { Actions } from "./actions.js" */

const HEADER_TIMEOUT = 300; // ms that plotly waits for a run's header: axes without it would be drawn again

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
        this.phone.sliderHost,
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
    this.paintedKey = ""; // the run and the frame that are painted
    this.settleStartedAt = NaN; // when the settling under way began
    /** @type {RunLog | null} */
    this.settingsLog = null; // log whose settings the host exposes
  }

  /** Whether the charts can be drawn. */
  get ready() {
    return this.drawing.state === "ready";
  }

  remove() {
    this.drawing.dispatch("remove");
    this.grid.remove();
    this.phone.remove();
    this.host.remove();
  }

  /**
   * Load plotly.js and the style sheet, then draw the axes; do nothing if that is done or under way.
   *
   * @param {Pick<LiveData, "css" | "plotly">} addresses
   * @param {() => Scene} scene read once everything is loaded
   * @param {Promise<void>} header fulfilled once a run's header has come
   * @returns {Promise<boolean>} whether this call drew the axes
   */
  async prepare({ css, plotly }, scene, header) {
    if (!this.drawing.dispatch("show")) return false;
    const style = loadStyle(css).then(() => this.host.style.removeProperty("visibility"));
    try {
      const [Plotly] = await Promise.all([loadPlotly(plotly), style]);
      await Promise.race([header, new Promise((resolve) => setTimeout(resolve, HEADER_TIMEOUT))]);
      if (this.drawing.state !== "loading") return false;
      this.grid.watch(this.host);
      this.grid.arrange();
      this.grid.build(Plotly, scene());
      return this.drawing.dispatch("load");
    } catch (error) {
      this.drawing.dispatch("fail");
      this.host.style.removeProperty("visibility");
      const why = error instanceof Error ? error.message : error;
      this.notice.showFatal(`The charts cannot be drawn: ${why}. Load the page again.`);
      return false;
    }
  }

  /**
   * @param {Scene} scene
   * @param {number} furthest the last frame that has been shown
   */
  paint(scene, furthest) {
    this.settleStartedAt = NaN; // a settling under way stops
    this.grid.each((chart) => chart.paint(scene));
    const { id, log, upTo } = scene.current;
    const name = `${id} ${upTo}`;
    if (upTo < 0 || name === this.paintedKey) return;
    this.paintedKey = name;
    this.painted += 1;
    this.#exposeSettings(log);
    Object.assign(this.host.dataset, {
      step: log.step(upTo),
      frames: Math.min(furthest + 1, log.count),
      painted: this.painted,
    });
  }

  /**
   * Paint a preview: the axes of the canvases move at once, plotly's own later, in catchUp().
   *
   * @param {Scene} scene
   * @param {boolean} plays the preview plays from its start
   */
  paintPreview(scene, plays) {
    this.settleStartedAt = NaN;
    this.grid.each((chart) => {
      chart.fitPreview(scene);
      chart.stale = true;
      chart.paint(scene);
    });
    const { log, upTo } = scene.current;
    this.paintedKey = "";
    this.painted += 1;
    this.#exposeSettings(log);
    this.host.dataset.painted = String(this.painted);
    if (plays) this.host.dataset.step = String(log.step(upTo));
  }

  /**
   * Expose the settings of the painted run as a data attribute, for programs.
   *
   * @param {RunLog} log
   */
  #exposeSettings(log) {
    if (log === this.settingsLog) return;
    this.settingsLog = log;
    this.host.dataset.settings = JSON.stringify(log.config);
  }

  /**
   * Settle the charts, one in each animation frame, so that a click in between is not kept waiting.
   *
   * @param {() => Scene} scene
   * @param {() => boolean} moving
   */
  async settle(scene, moving) {
    const startedAt = performance.now();
    this.settleStartedAt = startedAt;
    for (const chart of this.grid.charts.filter((one) => one.built && one.painting)) {
      if (this.settleStartedAt !== startedAt || !this.ready || moving()) return;
      chart.settle(scene());
      await new Promise(requestAnimationFrame);
    }
  }

  /**
   * Update the text for a preview. The playback bar stays at the run, and nothing is announced to screen readers.
   *
   * @param {Scene} scene
   * @param {string} remark on the preview, "" for none
   * @param {boolean} described whether captions may have changed too
   */
  updatePreviewText(scene, remark, described) {
    this.readings.show(scene);
    this.legend.show(scene);
    this.comparison.show(scene, this.grid);
    this.notice.showRemark(remark);
    this.grid.each((chart) => {
      if (described) chart.describe(scene);
      chart.updateCaption(scene);
    });
  }

  /**
   * Update all text: readings, legend, playback bar, notices and captions.
   *
   * @param {Scene} scene
   * @param {Player} player
   * @param {ConnectionState} connection to the server
   */
  updateText(scene, player, connection) {
    const { log } = scene.current;
    this.readings.show(scene);
    this.legend.show(scene);
    this.comparison.show(scene, this.grid);
    this.bar.show(scene.timeline, player);
    this.notice.show(log, connection);
    this.grid.each((chart) => chart.updateCaption(scene));
  }
}
