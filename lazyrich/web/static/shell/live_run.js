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
import { listen } from "./keyboard.js";
import { standing } from "./notice.js";
import { View } from "./view.js";

/** @import { Component, Scene, Theme, Trigger } from "../core/types.d.ts" */
/** @import { RunLog } from "../stream/run_log.js" */
/** @import { LiveData, Settings, Source } from "../stream/messages.d.ts" */
/** @import { Hooks } from "../stream/socket.js" */

const WORDS_EVERY = 50; // ms between changes of the text while playing: digits that change faster cannot be read
const LOOP_AFTER = 2000; // ms at the last frame before a run that loops starts again
const TIME_EVERY = 500; // ms between two updates of the time left, while no frame comes

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
      question: () => this.runs.held(),
      onAnswer: (buffer) => this.#receive(buffer),
      onState: () => {
        this.preview.line(this.source.line === "open");
        this.tell();
      },
      onRefused: () => this.askAnew(),
    });
    this.preview = new LivePreview(this);
    this.act = actionsOn(this);
    this.view = new View(parent, this.act, this.source.recorded);
    this.ticking = setInterval(() => this.#time(), TIME_EVERY);
    this.slides = new Slides(() => this.#turn());
    this.view.bar.node.append(this.slides.node);
    this.silence = listen(this.view.host, () => this.slides.keys(keysFor(this.act, this.source.recorded)));
    this.resized = () => this.slides.fit(this.view.host);
    window.addEventListener("resize", this.resized);
    this.pixels = watchPixelRatio(() => this.repaint());
    // of charts that offer cells to pick, or a setting
    onDetail(this.view.host, "pick", (cell) => this.send("pick", cell));
    onDetail(this.view.host, "set", (settings) => this.#set(settings));
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.prediction = new Prediction(() => this.act.again());
    /** @type {Promise<void>} */
    this.header = new Promise((resolve) => {
      this.headed = resolve; // at the first header of a run
    });
    this.told = NaN; // when the text has changed last
    /** @type {RunLog | null} */
    this.described = null; // whose header the charts have read
    this.looping = 0; // timer
  }

  /** What Python has said; an error before the first update(). */
  get data() {
    return required(this.#data, "What Python says");
  }

  /**
   * The state that Python wants to be shown; also called when only the theme has changed.
   *
   * @param {Pick<Component<LiveData>, "data" | "setTriggerValue">} component
   */
  update({ data, setTriggerValue }) {
    this.#send = setTriggerValue;
    this.#data = data;
    const theme = readTheme(this.view.host);
    this.#theme = theme;
    const switched = this.runs.update(data.runs, theme.dark);
    if (this.prediction.take(data.look?.asks) || switched) {
      this.player.restart(this.calm.matches, this.prediction.open);
      this.view.grid.each((chart) => (chart.fresh = true));
      Object.assign(this.view.host.dataset, { status: this.runs.current.log.status, frames: 0 });
      // While a preview stands, what goes along with the chart has its moment already.
      if (!this.preview.shown) this.view.host.dataset.step = "0";
    } else this.player.hold(this.runs.timeline);
    // Request frames first: the answer travels while the charts are prepared.
    this.source.open(data.socket, data.token);
    this.source.ask();
    setCitation(data.citation);
    this.view.readings.update(data.readings);
    this.preview.choices.update(data.choices);
    this.view.phone.update(data.choices);
    this.preview.look();
    this.view.grid.update(this.slides.take(data.charts, data.look), this.scene());
    this.slides.mark(this.view.host);
    this.view.prepare(data, () => this.scene(), this.header).then((ready) => ready && this.repaint());
    this.loop.wake("fit");
    this.repaint();
  }

  destroy() {
    this.loop.stop();
    clearInterval(this.ticking);
    clearTimeout(this.looping);
    window.removeEventListener("resize", this.resized);
    this.preview.stop();
    this.silence();
    this.prediction.silence();
    this.pixels();
    this.source.close();
    this.view.remove();
  }

  // Another slide: its chart is rebuilt, the run and the moment stay.
  #turn() {
    this.view.grid.update(this.slides.shown(), this.scene());
    this.slides.mark(this.view.host);
    this.refit();
  }

  // ---- requests to Python and the server

  /** @type {Trigger} */
  send(name, value) {
    required(this.#send, "The line to Python")(name, value);
  }

  /**
   * Send a request of the visitor to Python, now.
   *
   * @param {string} event
   */
  ask(event) {
    this.send(event, performance.now());
  }

  /**
   * Let Python request the current run again: it was stopped or has failed, or the server does not know it or this
   * visitor any more. After a restart of the server, the first message may be lost until Streamlit's own connection is
   * back.
   */
  askAnew() {
    this.runs.repeats = true;
    this.ask("again");
  }

  /**
   * The same run with more frames: the previous one leaves no ghost.
   *
   * @param {Settings} settings
   */
  #set(settings) {
    this.runs.repeats = true;
    this.send("set", settings);
  }

  /**
   * @param {ArrayBuffer} buffer
   * @returns {boolean} whether it is of the runs, not of a preview
   */
  #receive(buffer) {
    const answer = readAnswer(buffer);
    if (this.preview.receive(answer)) return false;
    deliver(answer, this.runs.logs);
    const { log } = this.runs.current;
    this.view.host.dataset.status = log.status;
    if (log.header && this.described !== log) {
      this.described = log;
      const scene = this.scene();
      for (const chart of this.view.grid.charts) chart.describe(scene); // a plane's note comes with the header
      this.tell(scene); // numbers and notices take room from the charts
      this.headed();
    }
    this.preview.look();
    this.loop.wake("fit", "ask");
    return true;
  }

  // ---- what is shown

  /**
   * What the charts show now: the runs where they are, or a preview in place of the current one.
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
    this.tell();
    this.loop.wake("paint");
  }

  /** Redraw everything with newly fitted axes, and let the charts settle. */
  refit() {
    this.loop.wake("fit");
    this.repaint();
    this.loop.rest(SETTLE_AFTER);
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

  /** Say in words and numbers where the viewer is. */
  tell(scene = this.scene()) {
    if (!this.preview.shown) this.view.tell(scene, this.player, this.source.line);
  }

  /** Tell screen readers what has come of the run. */
  speakVerdict(scene = this.scene()) {
    const { log } = this.runs.current;
    const words = [log.verdicts[scene.current.upTo], standing(log)];
    this.view.notice.speak(words.filter(Boolean).join(". "));
  }

  #time() {
    if (!this.runs.begun || this.preview.shown) return;
    const { log } = this.runs.current;
    if (log.status === "running") this.view.notice.show(log, this.source.line);
  }

  /** @param {number} now */
  #tick(now) {
    const { runs, player, view } = this;
    const { due } = this.loop;
    if (due.delete("ask") && runs.open) this.source.ask();
    if (this.preview.tick(now)) return;
    const { timeline } = runs;
    const played = player.playing;
    const paint = view.ready && (player.advance(now, timeline) || due.has("paint"));
    const moving = player.moving(timeline);
    const scene = this.scene();
    // Stays due until the charts can be drawn.
    if (view.ready && due.delete("fit")) view.grid.each((chart) => chart.fit(scene, !moving));
    if (paint) {
      due.delete("paint");
      view.paint(scene, player.furthest);
    }
    if (!moving || !(now - this.told < WORDS_EVERY)) {
      this.told = now;
      this.tell(scene);
    }
    if (moving) this.loop.wake();
    else if (paint) this.loop.rest(player.playing ? SETTLE_WAITING : SETTLE_AFTER);
    if (played && player.ended && player.cursor >= 0) {
      view.host.dispatchEvent(new CustomEvent("played", { bubbles: true }));
      this.speakVerdict(scene);
      if (this.data.loop && !this.calm.matches) this.#loopLater();
    }
  }

  // Start again, unless the viewer has moved the cursor until then.
  #loopLater() {
    clearTimeout(this.looping);
    this.looping = setTimeout(() => {
      if (this.preview.shown) this.#loopLater();
      else if (this.player.ended) this.act.again();
    }, LOOP_AFTER);
  }

  #settle() {
    return this.view.settle(
      () => this.scene(),
      () => this.preview.shown || this.player.moving(this.runs.timeline),
    );
  }
}
