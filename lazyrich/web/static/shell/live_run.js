// One live chart: it holds the frames of the runs that Python names, plays them, and tells Python what is asked for.

import { watchPixels } from "../core/overlay.js";
import { Player } from "../stream/player.js";
import { deliver, readAnswer } from "../stream/protocol.js";
import { ShownRuns } from "../stream/shown_runs.js";
import { FrameSocket } from "../stream/socket.js";
import { listen } from "./keyboard.js";
import { standing } from "./notice.js";
import { readTheme } from "./theme.js";
import { View } from "./view.js";

const WORDS_EVERY = 50; // ms between changes of the text while playing: digits that change faster cannot be read
const SETTLE_AFTER = 120; // ms of rest before the canvases become plotly traces
const TIME_EVERY = 500; // ms between two looks at the time left, while no frame comes
const SETTLE_WAITING = 700; // ms, when playing goes on as soon as training has the next frame

export class LiveRun {
  constructor(parent) {
    this.runs = new ShownRuns();
    this.player = new Player();
    const act = {
      toggle: () => this.#toggle(),
      step: (by) => this.#seek(this.player.cursor + by),
      seek: (frame) => this.#seek(frame),
      first: () => this.#seek(0),
      last: () => this.#seek(this.runs.timeline.count - 1),
      scrubbed: () => this.#rest(SETTLE_AFTER),
      speed: (value) => this.#speed(() => (this.player.speed = value)),
      shift: (by) => this.#speed(() => this.player.shift(by)),
      stop: () => this.#stop(),
      again: () => this.#again(),
      seed: () => this.#newSeed(),
      onward: () => this.send("onward", performance.now()),
      remedy: (settings) => this.send("remedy", settings),
      dismissGhost: () => this.#dismissGhost(),
      drop: (id) => this.send("drop", { id, at: performance.now() }),
      sameScale: (on) => this.#sameScale(on),
      along: (column) => this.#along(column),
    };
    this.screen = new View(parent, act);
    this.host = this.screen.host;
    this.socket = new FrameSocket({
      question: () => this.runs.held(),
      onAnswer: (buffer) => this.#receive(buffer),
      onState: (state) => this.#connection(state),
      onRefused: () => this.#askAnew(),
    });
    this.ticking = setInterval(() => this.#time(), TIME_EVERY);
    this.silence = listen(this.host, keys(act));
    this.pixels = watchPixels(() => this.#repaint());
    this.host.addEventListener("pick", ({ detail }) => this.send("pick", detail)); // of a chart that offers cells
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** The state that Python wants to be shown; also called when only the theme has changed. */
  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    this.data = data;
    this.theme = readTheme(this.host);
    const switched = this.runs.update(data.runs, this.theme.dark);
    if (switched) {
      this.player.restart(this.calm.matches);
      this.screen.stage.each((chart) => (chart.fresh = true));
      Object.assign(this.host.dataset, { status: this.runs.current.log.status, step: 0, frames: 0 });
    } else this.player.hold(this.runs.timeline);
    // Asked for first: the answer is on its way while the charts are made ready.
    this.socket.open(data.socket, data.token);
    this.socket.ask();
    this.screen.readings.update(data.readings);
    this.screen.stage.update(data.charts, this.#scene());
    if (!this.prepared) this.prepared = this.#prepare();
    this.refit = true;
    this.#repaint();
  }

  destroy() {
    this.gone = true;
    cancelAnimationFrame(this.raf);
    clearTimeout(this.resting);
    clearInterval(this.ticking);
    this.silence();
    this.pixels();
    this.socket.close();
    this.screen.remove();
  }

  async #prepare() {
    this.ready = await this.screen.prepare(this.data, () => this.#scene());
    if (this.ready) this.#repaint();
  }

  #scene() {
    const scene = this.runs.at(this.player.cursor);
    const { sameScale } = this.screen.stage;
    return { ...scene, runs: [scene.current, ...scene.kept], sameScale, theme: this.theme, colours: this.data.palette };
  }

  // ---- frames come in

  #receive(buffer) {
    deliver(readAnswer(buffer), this.runs.logs);
    const { log } = this.runs.current;
    this.refit = true;
    this.host.dataset.status = log.status;
    if (log.header && this.described !== log) {
      this.described = log;
      const scene = this.#scene();
      for (const chart of this.screen.stage.charts) chart.describe(scene); // a plane's note comes with the header
    }
    this.unasked = true;
    this.#wake();
  }

  #connection(state) {
    if (state === this.line) return;
    this.line = state;
    this.#words();
  }

  // The server does not know this run or this visitor any more: Python has to ask for the run again. It may not hear it
  // the first time, when the server was started anew and Streamlit's own line is not back yet.
  #askAnew() {
    this.runs.repeats = true;
    this.send("again", performance.now());
  }

  // ---- the loop

  #wake() {
    if (!this.raf && !this.gone) this.raf = requestAnimationFrame((now) => this.#tick(now));
  }

  #tick(now) {
    this.raf = 0;
    const { timeline } = this.runs;
    const playing = this.player.playing;
    const paint = this.ready && (this.player.advance(now, timeline) || this.dirty);
    const scene = this.#scene();
    if (this.ready && this.refit) this.screen.stage.each((chart) => chart.fit(scene));
    if (paint) this.#paint(scene);
    if (!this.player.moving(timeline) || !(now - this.worded < WORDS_EVERY)) {
      this.worded = now;
      this.#words(scene);
    }
    if (this.ready) this.refit = false;
    if (this.unasked && this.runs.open) this.socket.ask();
    this.unasked = false;
    if (this.player.moving(timeline)) this.#wake();
    else if (paint) this.#rest(this.player.playing ? SETTLE_WAITING : SETTLE_AFTER);
    const ended = playing && !this.player.playing && this.player.cursor >= 0;
    if (ended) {
      const words = [timeline.log.verdicts[scene.current.upTo], standing(timeline.log)];
      this.screen.notice.speak(words.filter(Boolean).join(". "));
    }
  }

  #paint(scene) {
    this.screen.paint(scene, this.player.furthest);
    this.dirty = false;
  }

  #words(scene = this.#scene()) {
    this.screen.tell(scene, this.player, this.line);
  }

  #time() {
    const { log } = this.runs.current ?? {};
    if (log?.status === "running") this.screen.notice.show(log, this.line);
  }

  /** Draw everything anew: something other than the cursor has changed. */
  #repaint() {
    this.dirty = true;
    this.screen.stage.each((chart) => (chart.stale = true));
    this.#words();
    this.#wake();
  }

  #rest(wait) {
    clearTimeout(this.resting);
    const settle = () =>
      this.screen.settle(
        () => this.#scene(),
        () => this.player.moving(this.runs.timeline),
      );
    this.resting = setTimeout(settle, wait);
  }

  // ---- what the visitor does

  #toggle() {
    if (this.player.playing) this.player.pause();
    else this.player.play(this.runs.timeline);
    this.#words();
    this.#wake();
    this.#rest(SETTLE_AFTER);
  }

  #seek(frame) {
    this.player.seek(frame, this.runs.timeline);
    this.dirty = true;
    this.#wake();
  }

  #speed(change) {
    change();
    this.#words();
  }

  #stop() {
    if (!this.runs.current.log.ended) this.socket.stop(this.runs.current.id);
  }

  #again() {
    const { status } = this.runs.current.log;
    if (status === "stopped" || status === "failed") {
      this.runs.repeats = true;
      this.send("again", performance.now());
    }
    this.player.restart(this.calm.matches);
    this.#repaint();
  }

  #newSeed() {
    const { header } = this.runs.current.log;
    if (!header || "seed" in header.config) this.send("new_seed", performance.now()); // nothing is drawn at random otherwise
  }

  #sameScale(on) {
    this.screen.stage.scale(on);
    this.refit = true;
    this.#repaint();
    this.#rest(SETTLE_AFTER);
  }

  #along(column) {
    this.runs.along = column;
    this.player.hold(this.runs.timeline);
    this.screen.stage.each((chart) => chart.overTime && chart.rescale());
    this.refit = true;
    this.#repaint();
    this.#rest(SETTLE_AFTER);
  }

  #dismissGhost() {
    this.runs.dismissGhost();
    this.screen.stage.each((chart) => (chart.fresh = true));
    this.refit = true;
    this.#repaint();
  }
}

function keys(act) {
  const stride = (event) => (event.shiftKey ? 10 : 1);
  return {
    " ": act.toggle,
    ArrowLeft: (event) => act.step(-stride(event)),
    ArrowRight: (event) => act.step(stride(event)),
    Home: act.first,
    End: act.last,
    "+": () => act.shift(1),
    "=": () => act.shift(1),
    "-": () => act.shift(-1),
    s: act.stop,
    r: act.again,
    n: act.seed,
  };
}
