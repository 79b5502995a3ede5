// One live chart: holds the frames of the runs that Python names, plays them, and sends requests to Python.

import { readTheme } from "../colours/theme.js";
import { watchPixelRatio } from "../core/overlay.js";
import { setCitation } from "../export/dialog.js";
import { Prediction } from "../lesson/prediction.js";
import { LivePreview } from "../preview/live_preview.js";
import { FrameLoop, SETTLE_AFTER, SETTLE_WAITING } from "../stream/frame_loop.js";
import { Player } from "../stream/player.js";
import { deliver, readAnswer } from "../stream/protocol.js";
import { ShownRuns } from "../stream/shown_runs.js";
import { FrameSocket } from "../stream/socket.js";
import { Slides } from "../views/slides.js";
import { actionsOn, keysFor } from "./actions.js";
import { onDetail, required } from "./dom.js";
import { listenToKeys } from "./keyboard.js";
import { endingSentence } from "./notice.js";
import { View } from "./view.js";

/** @import { Component, Scene, Theme, Trigger } from "../core/types.d.ts" */
/** @import { RunLog } from "../stream/run_log.js" */
/** @import { LiveData, Settings, Source } from "../stream/messages.d.ts" */
/** @import { Hooks } from "../stream/socket.js" */

const TEXT_INTERVAL = 50; // ms between changes of the text while playing: digits that change faster cannot be read
const LOOP_DELAY = 2000; // ms at the last frame before a run that loops starts again
const TIME_LEFT_INTERVAL = 500; // ms between two updates of the time left, while no frame comes

export class LiveRun {
  /** @type {Trigger | null} */
  #send = null;
  /** @type {LiveData | null} */
  #data = null;
  /** @type {Theme | null} */
  #theme = null;

  /**
   * @param {HTMLElement} parent
   * @param {(hooks: Hooks) => Source} connect
   */
  constructor(parent, connect = (hooks) => new FrameSocket(hooks)) {
    this.runs = new ShownRuns();
    this.player = new Player();
    this.loop = new FrameLoop(
      (now) => this.#tick(now),
      () => this.#settle(),
    );
    this.source = connect({
      heldFrames: () => this.runs.heldFrames(),
      onAnswer: (buffer) => this.#receive(buffer),
      onState: () => {
        this.preview.onConnection(this.source.connection === "open");
        this.updateText();
      },
      onRefused: () => this.requestAgain(),
    });
    this.preview = new LivePreview(this);
    this.act = actionsOn(this);
    this.view = new View(parent, this.act, this.source.recorded);
    this.timeLeftTimer = setInterval(() => this.#updateTimeLeft(), TIME_LEFT_INTERVAL);
    this.slides = new Slides(() => this.#showSlide());
    this.view.bar.node.append(this.slides.node);
    this.removeKeyListeners = listenToKeys(this.view.host, () =>
      this.slides.keys(keysFor(this.act, this.source.recorded)),
    );
    this.onResize = () => this.slides.fit(this.view.host);
    window.addEventListener("resize", this.onResize);
    this.unwatchPixelRatio = watchPixelRatio(() => this.repaint());
    // A canvas is empty when the browser restores it, after memory was short. These events do not bubble.
    this.view.host.addEventListener("contextrestored", () => this.repaint(), { capture: true });
    // from charts whose cells can be picked, or that change a setting
    onDetail(this.view.host, "pick", (cell) => this.send("pick", cell));
    onDetail(this.view.host, "set", (settings) => this.#requestSettings(settings));
    this.reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.prediction = new Prediction(() => this.act.again());
    /** @type {Promise<void>} */
    this.firstHeader = new Promise((resolve) => {
      this.resolveFirstHeader = resolve; // at the first header of a run
    });
    this.textUpdatedAt = NaN; // ms
    /** @type {RunLog | null} */
    this.describedLog = null; // log whose header the captions describe
    this.loopTimer = 0;
  }

  /** The data that Python sent last; an error before the first update(). */
  get data() {
    return required(this.#data, "What Python says");
  }

  /**
   * Show the state that Python sends; also called when only the theme has changed.
   *
   * @param {Pick<Component<LiveData>, "data" | "setTriggerValue">} component
   */
  update({ data, setTriggerValue }) {
    this.#send = setTriggerValue;
    this.#data = data;
    const theme = readTheme(this.view.host);
    this.#theme = theme;
    const runChanged = this.runs.update(data.runs, theme.dark);
    if (this.prediction.setStep(data.look?.asks) || runChanged) {
      this.player.restart(this.reducedMotion.matches, this.prediction.open);
      this.view.grid.each((chart) => (chart.mayShrink = true));
      Object.assign(this.view.host.dataset, { status: this.runs.current.log.status, frames: 0 });
      // Maps that follow data-step already show the moment of a standing preview.
      if (!this.preview.shown) this.view.host.dataset.step = "0";
    } else this.player.clampCursor(this.runs.timeline);
    // Request frames first: the answer travels while the charts are prepared.
    this.source.open(data.socket, data.token);
    this.source.ask();
    setCitation(data.citation);
    this.view.readings.update(data.readings);
    this.preview.choices.update(data.choices);
    this.view.phone.update(data.choices);
    this.preview.update();
    this.view.grid.update(this.slides.setCharts(data.charts, data.look), this.scene());
    this.slides.updateHost(this.view.host);
    this.view.prepare(data, () => this.scene(), this.firstHeader).then((ready) => ready && this.repaint());
    this.loop.schedule("fit");
    this.repaint();
  }

  destroy() {
    this.loop.stop();
    clearInterval(this.timeLeftTimer);
    clearTimeout(this.loopTimer);
    window.removeEventListener("resize", this.onResize);
    this.preview.stop();
    this.removeKeyListeners();
    this.prediction.unsubscribe();
    this.unwatchPixelRatio();
    this.source.close();
    this.view.remove();
  }

  // Another slide: its chart is rebuilt, the run and the moment stay.
  #showSlide() {
    this.view.grid.update(this.slides.shown(), this.scene());
    this.slides.updateHost(this.view.host);
    this.refit();
  }

  // ---- requests to Python and the server

  /** @type {Trigger} */
  send(name, value) {
    required(this.#send, "The connection to Python")(name, value);
  }

  /**
   * Send a request of the visitor to Python, now.
   *
   * @param {string} event
   */
  request(event) {
    this.send(event, performance.now());
  }

  /**
   * Request the current run from Python again, because it was stopped or failed, or because the server no longer knows
   * it or this visitor. After a restart of the server, the first message may be lost until Streamlit's own connection
   * is back.
   */
  requestAgain() {
    this.runs.repeatsCurrent = true;
    this.request("again");
  }

  /**
   * Request the current run with other settings of its chart. It is the same run with more frames, so it leaves no
   * ghost.
   *
   * @param {Settings} settings
   */
  #requestSettings(settings) {
    this.runs.repeatsCurrent = true;
    this.send("set", settings);
  }

  /**
   * @param {ArrayBuffer} buffer
   * @returns {boolean} whether it has frames of runs, not a preview
   */
  #receive(buffer) {
    const answer = readAnswer(buffer);
    if (this.preview.receive(answer)) return false;
    deliver(answer, this.runs.logs);
    const { log } = this.runs.current;
    this.view.host.dataset.status = log.status;
    if (log.header && this.describedLog !== log) {
      this.describedLog = log;
      const scene = this.scene();
      for (const chart of this.view.grid.charts) chart.describe(scene); // a plane's note comes with the header
      this.updateText(scene); // numbers and notices take room from the charts
      this.resolveFirstHeader();
    }
    this.preview.update();
    this.loop.schedule("fit", "ask");
    return true;
  }

  // ---- what is shown

  /**
   * The scene to draw: the runs at the cursor, with the preview in place of the current one if it is shown.
   *
   * @returns {Scene}
   */
  scene() {
    const own = this.runs.at(this.player.cursor);
    const scene = this.preview.shown ? this.preview.scene(own) : own;
    const { sameScale } = this.view.grid;
    const theme = required(this.#theme, "The theme");
    const runs = [scene.current, ...scene.kept];
    return { ...scene, runs, sameScale, theme, colours: this.data.palette, recorded: this.source.recorded };
  }

  /** Redraw everything, because something other than the cursor has changed. */
  repaint() {
    this.view.grid.each((chart) => (chart.stale = true));
    this.updateText();
    this.loop.schedule("paint");
  }

  /** Redraw everything with newly fitted axes, and let the charts settle. */
  refit() {
    this.loop.schedule("fit");
    this.repaint();
    this.loop.settleAfter(SETTLE_AFTER);
  }

  /**
   * Show a chart that is folded away, or fold it again.
   *
   * @param {string} id
   * @param {boolean} open
   */
  unfold(id, open) {
    this.view.grid.unfold(id, open, this.scene());
    this.refit();
  }

  /** Update all text for the current moment, unless a preview is shown. */
  updateText(scene = this.scene()) {
    if (!this.preview.shown) this.view.updateText(scene, this.player, this.source.connection);
  }

  /** Announce the verdict of the run to screen readers. */
  announceVerdict(scene = this.scene()) {
    const { log } = this.runs.current;
    const sentences = [log.verdicts[scene.current.upTo], endingSentence(log)];
    this.view.notice.announce(sentences.filter(Boolean).join(". "));
  }

  #updateTimeLeft() {
    if (!this.runs.hasCurrent || this.preview.shown) return;
    const { log } = this.runs.current;
    if (log.status === "running") this.view.notice.show(log, this.source.connection);
  }

  /** @param {number} now */
  #tick(now) {
    const { runs, player, view } = this;
    const { due } = this.loop;
    if (due.delete("ask") && runs.incomplete) this.source.ask();
    if (this.preview.tick(now)) return;
    const { timeline } = runs;
    const wasPlaying = player.playing;
    const paint = view.ready && (player.advance(now, timeline) || due.has("paint"));
    const moving = player.moving(timeline);
    const scene = this.scene();
    // Stays due until the charts can be drawn.
    if (view.ready && due.delete("fit")) view.grid.each((chart) => chart.fit(scene, !moving));
    if (paint) {
      due.delete("paint");
      view.paint(scene, player.furthest);
    }
    if (!moving || !(now - this.textUpdatedAt < TEXT_INTERVAL)) {
      this.textUpdatedAt = now;
      this.updateText(scene);
    }
    if (moving) this.loop.schedule();
    else if (paint) this.loop.settleAfter(player.playing ? SETTLE_WAITING : SETTLE_AFTER);
    if (wasPlaying && player.ended && player.cursor >= 0) {
      view.host.dispatchEvent(new CustomEvent("played", { bubbles: true }));
      this.announceVerdict(scene);
      if (this.data.loop && !this.reducedMotion.matches) this.#loopLater();
    }
  }

  // Start again, unless the viewer has moved the cursor until then.
  #loopLater() {
    clearTimeout(this.loopTimer);
    this.loopTimer = setTimeout(() => {
      if (this.preview.shown) this.#loopLater();
      else if (this.player.ended) this.act.again();
    }, LOOP_DELAY);
  }

  #settle() {
    return this.view.settle(
      () => this.scene(),
      () => this.preview.shown || this.player.moving(this.runs.timeline),
    );
  }
}
