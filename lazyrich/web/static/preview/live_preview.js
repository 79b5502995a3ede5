// A preview on the live chart: the controls of the page move it, and it gives way to the run that they ask for.

import { Timeline } from "../stream/timeline.js";
import { AxesPace } from "./axes_pace.js";
import { Choices } from "./choices.js";
import { watchHand } from "./hand.js";
import { Preview } from "./preview.js";

const WORDS_EVERY = 50; // ms between changes of the text
const PLAYED = 9; // frames of a preview a second: those of a run are seven times as many, and 60 of them are played

/** @import { LiveRun } from "../shell/live_run.js" */
/** @import { Answer } from "../stream/messages.d.ts" */
/** @import { Run, ShownRuns } from "../stream/shown_runs.js" */
/** @import { Heard } from "./hand.js" */
/** @typedef {ReturnType<ShownRuns["at"]>} Moment */

export class LivePreview {
  /** @param {LiveRun} live */
  constructor(live) {
    this.live = live;
    this.pace = new AxesPace();
    this.choices = new Choices();
    this.preview = new Preview({
      ask: (run, settings, serial) => live.source.preview(run, settings, serial),
      changed: () => this.#changed(),
    });
    /** @type {number | null} */
    this.place = null; // the step where the visitor has stopped the run; null for its end
    /** @type {number | undefined} */
    this.last = undefined; // time of the last animation frame of a preview that plays
    this.unsaid = false; // the words are of an earlier picture
    this.said = NaN; // when they were written last
    /** @type {(action: Heard) => Heard} */
    const follow = (action) => (settings, at) => {
      if (this.preview.state === "own") this.place = this.#place();
      action(settings, at);
      this.#mark();
    };
    this.deaf = watchHand({
      held: follow((settings, at) => this.preview.hold(settings, at, live.runs.current)),
      // For visitors who prefer reduced motion nothing plays.
      chosen: follow((settings, at) =>
        this.preview.choose(settings, at, live.runs.current, !live.reducedMotion.matches),
      ),
      released: follow(() => this.preview.release()),
      undone: follow(() => this.#undo()),
    });
  }

  stop() {
    this.deaf();
    this.choices.stop();
    this.preview.stop();
  }

  /** Whether its picture is on the charts in place of the current run's. */
  get shown() {
    return this.preview.log !== null;
  }

  /**
   * The line to the server is open again, or not any more.
   *
   * @param {boolean} open
   */
  line(open) {
    if (open) this.preview.retry();
    else this.preview.lost();
  }

  /**
   * Take an answer, if it is one to a wish.
   *
   * @param {Answer} answer
   * @returns {boolean} whether it is
   */
  receive(answer) {
    if (answer.serial === undefined) return false;
    this.preview.receive(answer);
    this.look(); // a refusal ends a picture of other settings
    return true;
  }

  /**
   * The visitor moves along the run while a picture stands in its place: show the run instead, where the picture was.
   * Returns whether there was a picture.
   */
  giveWay() {
    const { preview, live } = this;
    const { base, plays } = preview;
    if (preview.state !== "standing" || !base) return false;
    const { shown } = this;
    const there = shown && live.runs.current.id !== base.id && live.runs.current.log.count > 0;
    const step = there ? this.#step() : null;
    preview.end();
    if (there) this.#arrive(base, step, plays);
    return shown;
  }

  /** The current run is another one, or has more to show. */
  look() {
    const { preview, live } = this;
    const { step, plays } = this.shown ? { step: this.#step(), plays: preview.plays } : { step: null, plays: false };
    const ready = preview.named(live.runs.current);
    this.#mark();
    if (ready) this.#swap(step, plays);
  }

  /**
   * The moment of the charts with the picture in place of the current run.
   *
   * @param {Moment} scene without it
   * @returns {Moment}
   */
  scene(scene) {
    const { log, base } = this.preview;
    if (!log || !base) return scene;
    const step = this.#step();
    const upTo = step === null ? log.count - 1 : Math.max(0, log.frameAt(step, "step"));
    const timeline = new Timeline(
      log,
      scene.kept.map((run) => run.log),
      scene.along,
    );
    const reached = step === null ? Infinity : log.value(upTo, scene.along);
    const kept = scene.kept.map((run) => ({ ...run, upTo: run.log.frameAt(reached, scene.along) }));
    const current = { ...scene.current, log, upTo };
    if (current.label) current.label = "being set"; // the settings that tell runs apart are the current run's
    const pinned = kept.some((run) => run.id === base.id);
    const own = log === base.log || pinned;
    const ghost = own ? scene.ghost : { ...base, upTo: base.log.count - 1 };
    return { ...scene, timeline, current, kept, ghost };
  }

  /**
   * One animation frame.
   *
   * @param {number} now
   * @returns {boolean} whether the current run stays as it is
   */
  tick(now) {
    const { preview, live } = this;
    if (!preview.log) return preview.state === "held";
    const { due } = live.loop;
    const plays = preview.plays && preview.played < preview.log.count;
    if (plays) {
      const before = Math.floor(preview.played);
      preview.played += (PLAYED * Math.min(100, now - (this.last ?? now))) / 1000;
      if (Math.floor(preview.played) !== before) due.add("paint");
      this.last = now;
    }
    const scene = live.scene();
    const charts = live.view.grid.charts.filter((chart) => chart.built && !chart.node.hidden);
    if (live.view.ready && due.delete("paint")) {
      live.view.paintPreview(scene, preview.plays);
      this.unsaid = true;
    } else {
      const behind = charts.filter((chart) => chart.lags);
      const chart = this.pace.next(behind, now);
      if (chart) {
        const started = performance.now();
        chart.catchUp(scene);
        this.pace.took(performance.now() - started, performance.now());
      }
    }
    if (this.unsaid && !(now - this.said < WORDS_EVERY)) {
      this.said = now;
      this.unsaid = false;
      // A slider changes no caption, and a preset or a seed may.
      live.view.updatePreviewText(scene, preview.remark, preview.plays);
    }
    if (plays || this.unsaid || charts.some((chart) => chart.lags)) live.loop.schedule();
    return true;
  }

  // The step up to which pictures are drawn; null for their ends.
  #step() {
    return this.preview.plays ? this.preview.step : this.place;
  }

  // Where a visitor has stopped the run; one that plays, or has, is shown to its end.
  #place() {
    const { player, runs } = this.live;
    const { log } = runs.current;
    const frame = runs.timeline.frame(player.cursor);
    return !player.playing && !player.ended && frame >= 0 && frame < log.count - 1 ? log.step(frame) : null;
  }

  #mark() {
    const { state } = this.preview;
    const { dataset } = this.live.view.host;
    if (state === "own") delete dataset.preview;
    else dataset.preview = state;
  }

  #changed() {
    const { live } = this;
    this.#mark();
    if (this.shown) return live.loop.schedule("paint");
    if (this.preview.why) return live.view.notice.showRemark(this.preview.remark);
    this.last = undefined;
    live.view.grid.each((chart) => (chart.fresh = true));
    live.refit();
  }

  /**
   * The run takes the place of its preview at the same step, with equal numbers.
   *
   * @param {number | null} step null for the end
   * @param {boolean} plays
   */
  #swap(step, plays) {
    const { live, preview } = this;
    const { base } = preview;
    preview.end();
    if (base) this.#arrive(base, step, plays);
    if (!live.player.playing) live.announceVerdict();
  }

  // What another hand has set stands while the next one is undone: the run of that is shown as far as its preview was.
  #undo() {
    const { preview, live } = this;
    const { base } = preview;
    const { log } = live.runs.current;
    preview.undo();
    if (preview.state !== "own" || !base || base.id === live.runs.current.id || log.count === 0) return;
    this.#arrive(base, this.place, false);
  }

  /**
   * At a step. A run that still trains goes on from its newest frame; nothing plays for visitors who prefer reduced
   * motion, who see the newest frame each time.
   *
   * @param {Run} base the run from which the hand set out
   * @param {number | null} step null for the end
   * @param {boolean} plays
   */
  #arrive(base, step, plays) {
    const { live } = this;
    const { runs, player } = live;
    const { log } = runs.current;
    const onward = plays || (step === null && !log.settled);
    const frame = step === null ? log.count - 1 : Math.max(0, log.frameAt(step, "step"));
    player.startAt(frame, runs.timeline, onward, live.reducedMotion.matches);
    if (runs.ghost && base.log.count > 0 && !runs.logs.has(base.id)) runs.ghost = base;
    live.repaint();
  }
}
