// One live chart: it holds the frames of the runs that Python names, plays them, and tells Python what is asked for.

import { element } from "./elements.js";
import { listen } from "./keyboard.js";
import { Legend } from "./legend.js";
import { loadPlotly, loadStyle } from "./load.js";
import { Notice } from "./notice.js";
import { Player } from "./player.js";
import { Readings } from "./readings.js";
import { ShownRuns } from "./runs.js";
import { FrameSocket } from "./socket.js";
import { Stage } from "./stage.js";
import { readTheme } from "./theme.js";
import { Transport } from "./transport.js";
import { deliver, readAnswer } from "./wire.js";

const WORDS_EVERY = 50; // ms between changes of the text while playing: digits that change faster cannot be read
const SETTLE_AFTER = 120; // ms of rest before the canvases become plotly traces
const SETTLE_WAITING = 700; // ms, when playing goes on as soon as training has the next frame

export class LiveRun {
  constructor(parent) {
    this.runs = new ShownRuns();
    this.player = new Player();
    this.stage = new Stage();
    this.readings = new Readings();
    this.legend = new Legend(() => this.#dismissGhost());
    this.notice = new Notice((remedy) => this.send("remedy", remedy));
    const act = {
      toggle: () => this.#toggle(),
      step: (by) => this.#seek(this.player.cursor + by),
      seek: (frame) => this.#seek(frame),
      first: () => this.#seek(0),
      last: () => this.#seek(this.runs.current.log.count - 1),
      scrubbed: () => this.#rest(SETTLE_AFTER),
      speed: (value) => this.#speed(() => (this.player.speed = value)),
      shift: (by) => this.#speed(() => this.player.shift(by)),
      stop: () => this.#stop(),
      again: () => this.#again(),
      seed: () => this.#newSeed(),
    };
    this.transport = new Transport(act, this.notice.line);
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
    parent.append(this.host);
    this.painted = 0;
    this.socket = new FrameSocket({
      question: () => this.runs.held(),
      onAnswer: (buffer) => this.#receive(buffer),
      onState: (state) => this.#connection(state === "lost"),
      onRefused: () => this.#askAnew(),
    });
    this.silence = listen(this.host, keys(act));
    this.host.addEventListener("pointerdown", (event) => {
      if (!event.target.closest("button, input, select, a")) this.host.focus({ preventScroll: true });
    });
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** The state that Python wants to be shown; also called when only the theme has changed. */
  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    this.data = data;
    this.theme = readTheme(this.host);
    const switched = this.runs.update(data.runs);
    if (switched) {
      this.player.restart(this.calm.matches);
      this.stage.each((chart) => (chart.fresh = true));
      Object.assign(this.host.dataset, { status: this.runs.current.log.status, step: 0, frames: 0 });
    }
    // Asked for first: the answer is on its way while the charts are made ready.
    this.socket.open(`${data.socket}?token=${encodeURIComponent(data.token)}`);
    this.socket.ask();
    this.readings.update(data.readings);
    this.stage.update(data.charts, this.#scene());
    if (!this.prepared) this.prepared = this.#prepare();
    this.refit = true;
    this.#repaint();
  }

  destroy() {
    this.gone = true;
    cancelAnimationFrame(this.raf);
    clearTimeout(this.resting);
    this.silence();
    this.socket.close();
    this.stage.remove();
    this.host.remove();
  }

  async #prepare() {
    const style = loadStyle(this.data.css).then(() => this.host.style.removeProperty("visibility"));
    try {
      const [Plotly] = await Promise.all([loadPlotly(this.data.plotly), style]);
      if (this.gone) return;
      this.stage.watch(this.host);
      this.stage.arrange();
      this.stage.build(Plotly, this.#scene());
      this.ready = true;
      this.#repaint();
    } catch (error) {
      this.host.style.removeProperty("visibility");
      this.notice.broken(`The charts cannot be drawn: ${error.message}. Load the page again.`);
    }
  }

  #scene() {
    const scene = this.runs.at(this.player.cursor);
    return { ...scene, runs: [scene.current, ...scene.kept], theme: this.theme, colours: this.data.palette };
  }

  // ---- frames come in

  #receive(buffer) {
    deliver(readAnswer(buffer), this.runs.logs);
    const { log } = this.runs.current;
    this.refused = null;
    this.refit = true;
    this.host.dataset.status = log.status;
    if (log.opening && this.described !== log) {
      this.described = log;
      for (const chart of this.stage.charts) chart.describe(this.#scene()); // a plane's note comes with the opening
    }
    this.unasked = true;
    this.#wake();
  }

  #connection(lost) {
    this.lost = lost;
    this.#words();
  }

  // The server does not know this run or this visitor any more: Python has to ask for the run again, once.
  #askAnew() {
    const about = JSON.stringify([this.runs.current.id, this.data.token]);
    if (this.refused === about) return;
    this.refused = about;
    this.runs.repeats = true;
    this.send("again", Date.now());
  }

  // ---- the loop

  #wake() {
    if (!this.raf && !this.gone) this.raf = requestAnimationFrame((now) => this.#tick(now));
  }

  #tick(now) {
    this.raf = 0;
    const { log } = this.runs.current;
    const playing = this.player.playing;
    const paint = this.ready && (this.player.advance(now, log) || this.dirty);
    const scene = this.#scene();
    if (this.ready && this.refit) this.stage.each((chart) => chart.fit(scene));
    if (paint) this.#paint(scene);
    if (!this.player.moving(log) || !(now - this.worded < WORDS_EVERY)) {
      this.worded = now;
      this.#words(scene);
    }
    if (this.ready) this.refit = false;
    if (this.unasked && this.runs.open) this.socket.ask();
    this.unasked = false;
    if (this.player.moving(log)) this.#wake();
    else if (paint) this.#rest(this.player.playing ? SETTLE_WAITING : SETTLE_AFTER);
    if (playing && !this.player.playing && this.player.cursor >= 0) this.notice.speak(log.words[this.player.cursor]);
  }

  #paint(scene) {
    this.round = NaN; // a settling under way stops
    this.stage.each((chart) => chart.paint(scene));
    this.dirty = false;
    const { id, log, upTo } = scene.current;
    const name = `${id} ${upTo}`;
    if (upTo < 0 || name === this.onCanvas) return;
    this.onCanvas = name;
    this.painted += 1;
    Object.assign(this.host.dataset, { step: log.step(upTo), frames: this.player.furthest + 1, painted: this.painted });
  }

  #words(scene = this.#scene()) {
    const { log } = scene.current;
    this.readings.show(scene);
    this.legend.show(scene);
    this.transport.show(log, this.player);
    this.notice.show(log, this.lost);
    this.stage.each((chart) => chart.read?.(scene));
  }

  /** Draw everything anew: something other than the cursor has changed. */
  #repaint() {
    this.dirty = true;
    this.stage.each((chart) => (chart.stale = true));
    this.#words();
    this.#wake();
  }

  #rest(wait) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#settle(), wait);
  }

  // One chart an animation frame, so that a click in between is not kept waiting.
  async #settle() {
    const round = (this.round = performance.now());
    for (const chart of this.stage.charts.filter((one) => one.built && one.painting)) {
      if (this.round !== round || this.gone || this.player.moving(this.runs.current.log)) return;
      chart.settle(this.#scene());
      await new Promise(requestAnimationFrame);
    }
  }

  // ---- what the visitor does

  #toggle() {
    const { log } = this.runs.current;
    if (this.player.playing) this.player.pause();
    else this.player.play(log);
    this.#words();
    this.#wake();
    this.#rest(SETTLE_AFTER);
  }

  #seek(frame) {
    this.player.seek(frame, this.runs.current.log);
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
      this.send("again", Date.now());
    }
    this.player.restart(this.calm.matches);
    this.#repaint();
  }

  #newSeed() {
    const { opening } = this.runs.current.log;
    if (!opening || "seed" in opening.config) this.send("new_seed", Date.now()); // nothing is drawn at random otherwise
  }

  #dismissGhost() {
    this.runs.dismissGhost();
    this.stage.each((chart) => (chart.fresh = true));
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
