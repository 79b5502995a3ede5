// What is seen of a live chart: its parts in their host element, and how a moment comes to be on them.

import { loadPlotly, loadStyle } from "../entry/load.js";
import { ChartGrid } from "./chart_grid.js";
import { Comparison } from "./comparison.js";
import { element } from "./dom.js";
import { Legend } from "./legend.js";
import { Notice } from "./notice.js";
import { PlaybackBar } from "./playback_bar.js";
import { Readings } from "./readings.js";

export class View {
  /** act: what the transport asks for, and remedy(settings), dismissGhost(), drop(id), sameScale(on), along(column). */
  constructor(parent, act) {
    this.stage = new ChartGrid();
    this.readings = new Readings(act.drop);
    this.legend = new Legend(act.dismissGhost);
    this.comparison = new Comparison(act);
    this.legend.node.prepend(this.comparison.node);
    this.notice = new Notice(act.remedy);
    this.transport = new PlaybackBar(act, this.notice.line);
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
        this.readings.node,
        this.notice.banner,
        this.legend.node,
        this.stage.planes,
        this.stage.middle,
        this.transport.node,
        this.stage.curves,
      ),
      this.notice.spoken,
    );
    this.host.style.visibility = "hidden"; // until the style sheet is here
    this.host.addEventListener("pointerdown", (event) => {
      if (!event.target.closest("button, input, select, a")) this.host.focus({ preventScroll: true });
    });
    parent.append(this.host);
    this.painted = 0;
  }

  remove() {
    this.gone = true;
    this.stage.remove();
    this.host.remove();
  }

  /** Fetch what the charts are drawn with and draw their axes, of the scene of then. Returns whether they are there. */
  async prepare({ css, plotly }, scene) {
    const style = loadStyle(css).then(() => this.host.style.removeProperty("visibility"));
    try {
      const [Plotly] = await Promise.all([loadPlotly(plotly), style]);
      if (this.gone) return false;
      this.stage.watch(this.host);
      this.stage.arrange();
      this.stage.build(Plotly, scene());
      return true;
    } catch (error) {
      this.host.style.removeProperty("visibility");
      this.notice.broken(`The charts cannot be drawn: ${error.message}. Load the page again.`);
      return false;
    }
  }

  /** furthest: the last frame that has been shown. */
  paint(scene, furthest) {
    this.round = NaN; // a settling under way stops
    this.stage.each((chart) => chart.paint(scene));
    const { id, log, upTo } = scene.current;
    const name = `${id} ${upTo}`;
    if (upTo < 0 || name === this.onCanvas) return;
    this.onCanvas = name;
    this.painted += 1;
    Object.assign(this.host.dataset, {
      step: log.step(upTo),
      frames: Math.min(furthest + 1, log.count),
      painted: this.painted,
    });
  }

  /** Let charts come to rest, one an animation frame, so that a click in between is not kept waiting. */
  async settle(scene, moving) {
    const round = performance.now();
    this.round = round;
    for (const chart of this.stage.charts.filter((one) => one.built && one.painting)) {
      if (this.round !== round || this.gone || moving()) return;
      chart.settle(scene());
      await new Promise(requestAnimationFrame);
    }
  }

  /** All that is said of a moment. line: to the server. */
  tell(scene, player, line) {
    const { log } = scene.current;
    this.readings.show(scene);
    this.legend.show(scene);
    this.comparison.show(scene, this.stage);
    this.transport.show(scene.timeline, player);
    this.notice.show(log, line);
    this.stage.each((chart) => chart.read?.(scene));
  }
}
