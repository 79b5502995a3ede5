// The preview on a live chart: it follows the controls of the page, and the run with their settings replaces it.

import { Timeline } from "../stream/timeline.js";
import { AxesPace } from "./axes_pace.js";
import { Choices } from "./choices.js";
import { watchControls } from "./control_events.js";
import { Preview } from "./preview.js";

const TEXT_INTERVAL = 50; // ms between changes of the text
const PLAYBACK_RATE = 9; // frames a second: a preview has a seventh of the frames of a run, which plays 60

/** @import { LiveRun } from "../shell/live_run.js" */
/** @import { Answer } from "../stream/messages.d.ts" */
/** @import { Run, ShownRuns } from "../stream/shown_runs.js" */
/** @import { ControlListener } from "./control_events.js" */
/** @typedef {ReturnType<ShownRuns["at"]>} Moment */

export class LivePreview {
  /** @param {LiveRun} live */
  constructor(live) {
    this.live = live;
    this.pace = new AxesPace();
    this.choices = new Choices();
    this.preview = new Preview({
      sendRequest: (run, settings, serial) => live.source.preview(run, settings, serial),
      onChange: () => this.#onChange(),
    });
    /** @type {number | null} */
    this.pausedStep = null; // step at which the visitor has paused the run; null for its end
    /** @type {number | undefined} */
    this.lastTick = undefined; // time of the last animation frame of a preview that plays
    this.textIsStale = false; // the text is that of an earlier picture
    this.textUpdatedAt = NaN; // ms
    /** @type {(action: ControlListener) => ControlListener} */
    const withPausedStep = (action) => (settings) => {
      if (this.preview.state === "own") this.pausedStep = this.#findPausedStep();
      action(settings);
      this.#exposeState();
    };
    this.unsubscribe = watchControls({
      held: withPausedStep((settings) => this.preview.hold(settings, live.runs.current)),
      // For visitors who prefer reduced motion nothing plays.
      chosen: withPausedStep((settings) =>
        this.preview.choose(settings, live.runs.current, !live.reducedMotion.matches),
      ),
      released: withPausedStep(() => this.preview.release()),
      undone: withPausedStep(() => this.#undo()),
    });
  }

  stop() {
    this.unsubscribe();
    this.choices.stop();
    this.preview.stop();
  }

  /** Whether the charts show the preview in place of the current run. */
  get shown() {
    return this.preview.log !== null;
  }

  /**
   * The connection to the server is open again, or lost.
   *
   * @param {boolean} open
   */
  onConnection(open) {
    if (open) this.preview.onReconnect();
    else this.preview.onDisconnect();
  }

  /**
   * Take an answer if it is one to a request for a preview.
   *
   * @param {Answer} answer
   * @returns {boolean} whether it is
   */
  receive(answer) {
    if (answer.serial === undefined) return false;
    this.preview.receive(answer);
    this.update(); // a refusal ends a preview of other settings
    return true;
  }

  /**
   * Show the run at the step of the preview, because the visitor plays or scrubs while a preview stands. Returns
   * whether a preview was shown.
   */
  yieldToRun() {
    const { preview, live } = this;
    const { baseRun, plays } = preview;
    if (preview.state !== "standing" || !baseRun) return false;
    const { shown } = this;
    const runHasFrames = shown && live.runs.current.id !== baseRun.id && live.runs.current.log.count > 0;
    const step = runHasFrames ? this.#shownStep() : null;
    preview.end();
    if (runHasFrames) this.#showRunAt(baseRun, step, plays);
    return shown;
  }

  /** Call this when another run is current, or its log has changed: the run may replace the preview. */
  update() {
    const { preview, live } = this;
    const { step, plays } = this.shown
      ? { step: this.#shownStep(), plays: preview.plays }
      : { step: null, plays: false };
    const ready = preview.updateRun(live.runs.current);
    this.#exposeState();
    if (ready) this.#replaceByRun(step, plays);
  }

  /**
   * Put the preview in place of the current run of a scene.
   *
   * @param {Moment} scene
   * @returns {Moment}
   */
  scene(scene) {
    const { log, baseRun } = this.preview;
    if (!log || !baseRun) return scene;
    const step = this.#shownStep();
    const upTo = step === null ? log.count - 1 : Math.max(0, log.frameAt(step, "step"));
    const timeline = new Timeline(
      log,
      scene.kept.map((run) => run.log),
      scene.along,
    );
    const reached = step === null ? Infinity : log.value(upTo, scene.along);
    const kept = scene.kept.map((run) => ({ ...run, upTo: run.log.frameAt(reached, scene.along) }));
    const current = { ...scene.current, log, upTo };
    if (current.label) current.label = "being set"; // the label names settings of the current run
    const pinned = kept.some((run) => run.id === baseRun.id);
    const own = log === baseRun.log || pinned;
    const ghost = own ? scene.ghost : { ...baseRun, upTo: baseRun.log.count - 1 };
    return { ...scene, timeline, current, kept, ghost };
  }

  /**
   * One animation frame.
   *
   * @param {number} now
   * @returns {boolean} whether the player of the current run must not advance
   */
  tick(now) {
    const { preview, live } = this;
    if (!preview.log) return preview.state === "held";
    const { due } = live.loop;
    const plays = preview.plays && preview.playedFrames < preview.log.count;
    if (plays) {
      const before = Math.floor(preview.playedFrames);
      preview.playedFrames += (PLAYBACK_RATE * Math.min(100, now - (this.lastTick ?? now))) / 1000;
      if (Math.floor(preview.playedFrames) !== before) due.add("paint");
      this.lastTick = now;
    }
    const scene = live.scene();
    const charts = live.view.grid.charts.filter((chart) => chart.built && !chart.node.hidden);
    if (live.view.ready && due.delete("paint")) {
      live.view.paintPreview(scene, preview.plays);
      this.textIsStale = true;
    } else {
      const lagging = charts.filter((chart) => chart.lags);
      const chart = this.pace.next(lagging, now);
      if (chart) {
        const started = performance.now();
        chart.catchUp(scene);
        this.pace.record(performance.now() - started, performance.now());
      }
    }
    if (this.textIsStale && !(now - this.textUpdatedAt < TEXT_INTERVAL)) {
      this.textUpdatedAt = now;
      this.textIsStale = false;
      // A slider never changes captions; a preset or a seed may.
      live.view.updatePreviewText(scene, preview.remark, preview.plays);
    }
    if (plays || this.textIsStale || charts.some((chart) => chart.lags)) live.loop.schedule();
    return true;
  }

  // The step up to which the preview is drawn; null for its end.
  #shownStep() {
    return this.preview.plays ? this.preview.step : this.pausedStep;
  }

  // The step at which the visitor has paused the run; null for a run that plays or has ended, whose end is previewed.
  #findPausedStep() {
    const { player, runs } = this.live;
    const { log } = runs.current;
    const frame = runs.timeline.frame(player.cursor);
    return !player.playing && !player.ended && frame >= 0 && frame < log.count - 1 ? log.step(frame) : null;
  }

  #exposeState() {
    const { state } = this.preview;
    const { dataset } = this.live.view.host;
    if (state === "own") delete dataset.preview;
    else dataset.preview = state;
  }

  #onChange() {
    const { live } = this;
    this.#exposeState();
    if (this.shown) return live.loop.schedule("paint");
    if (this.preview.refusal) return live.view.notice.showRemark(this.preview.remark);
    this.lastTick = undefined;
    live.view.grid.each((chart) => (chart.mayShrink = true));
    live.refit();
  }

  /**
   * Replace the preview by its run, at the same step and thus with equal numbers.
   *
   * @param {number | null} step null for the end
   * @param {boolean} plays
   */
  #replaceByRun(step, plays) {
    const { live, preview } = this;
    const { baseRun } = preview;
    preview.end();
    if (baseRun) this.#showRunAt(baseRun, step, plays);
    if (!live.player.playing) live.announceVerdict();
  }

  // After an earlier release its run may be current by now: it is shown up to the step of its preview.
  #undo() {
    const { preview, live } = this;
    const { baseRun } = preview;
    const { log } = live.runs.current;
    preview.undo();
    if (preview.state !== "own" || !baseRun || baseRun.id === live.runs.current.id || log.count === 0) return;
    this.#showRunAt(baseRun, this.pausedStep, false);
  }

  /**
   * Show the current run at a step. A run that still trains plays on from its newest frame; visitors who prefer reduced
   * motion see the newest frame each time instead.
   *
   * @param {Run} baseRun the run that was current before, which may become the ghost
   * @param {number | null} step null for the end
   * @param {boolean} plays
   */
  #showRunAt(baseRun, step, plays) {
    const { live } = this;
    const { runs, player } = live;
    const { log } = runs.current;
    const goesOn = plays || (step === null && !log.settled);
    const frame = step === null ? log.count - 1 : Math.max(0, log.frameAt(step, "step"));
    player.startAt(frame, runs.timeline, goesOn, live.reducedMotion.matches);
    if (runs.ghost && baseRun.log.count > 0 && !runs.logs.has(baseRun.id)) runs.ghost = baseRun;
    live.repaint();
  }
}
