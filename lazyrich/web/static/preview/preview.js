// Preview of the settings of a control, while it is held and until the run with these settings has come.
//
// At most one request is pending, so that a slow server is never flooded. Positions that the control passes meanwhile
// are skipped: the next request is for its position at that time.

import { whole } from "../core/format.js";
import { required } from "../shell/dom.js";
import { RunLog } from "../stream/run_log.js";
import { Machine } from "../stream/states.js";
import { PreviewCache } from "./preview_cache.js";
import { PREVIEW } from "./states.js";

const RUN_TIMEOUT = 4000; // ms after a release for Python to name another run
const ANSWER_TIMEOUT = 5000; // ms for the server to answer a request

/** @import { Answer, Settings } from "../stream/messages.d.ts" */
/** @import { Run } from "../stream/shown_runs.js" */
/** @typedef {{ serial: number, key: string, baseRun: Run, timer: number }} PendingRequest */

export class Preview {
  /**
   * @param {object} callbacks
   * @param {(run: string, settings: Settings, serial: number) => boolean} callbacks.sendRequest returns whether it was
   *   sent
   * @param {() => void} callbacks.onChange the preview, or its remark, has changed
   */
  constructor({ sendRequest, onChange }) {
    this.sendRequest = sendRequest;
    this.onChange = onChange;
    this.machine = new Machine(PREVIEW, "own");
    this.cache = new PreviewCache();
    /** @type {WeakSet<RunLog>} */
    this.partial = new WeakSet(); // previews that do not reach the end of their run
    this.serial = 0;
    /** @type {PendingRequest | null} */
    this.pending = null;
    this.runTimer = 0;
    this.#reset();
  }

  #reset() {
    clearTimeout(this.runTimer);
    /** @type {Run | null} the run that was current when the first control was moved */
    this.baseRun = null;
    /** @type {Settings} */
    this.settings = {}; // of all controls that were moved since
    /** @type {Settings[]} */
    this.committed = []; // settings that were sent to Python since, one entry for each release
    /** @type {RunLog | null} shown in place of the current run's */
    this.log = null;
    this.logKey = "";
    /** @type {string} */
    this.refusal = ""; // why there is no preview of these settings
    /** @type {{ key: string, why: string } | null} the settings that were refused last */
    this.refused = null;
    this.late = false; // the server has not answered a request within ANSWER_TIMEOUT
    /** @type {boolean} */
    this.plays = false; // after a click: it plays from the start, as a run does
    /** @type {number} */
    this.playedFrames = Infinity; // frames of it that have been played
  }

  get state() {
    return this.machine.state;
  }

  /**
   * Take the settings of a control that is held.
   *
   * @param {Settings} settings
   * @param {Run} run the current one
   */
  hold(settings, run) {
    if (this.state === "own") this.baseRun = run;
    this.machine.dispatch("hold");
    clearTimeout(this.runTimer);
    this.plays = false;
    this.playedFrames = Infinity;
    this.settings = { ...this.settings, ...settings };
    this.#requestNext();
  }

  /**
   * Take settings that were chosen by a click.
   *
   * @param {Settings} settings
   * @param {Run} run the current one
   * @param {boolean} plays the preview plays from start to end, as a run does
   */
  choose(settings, run, plays = true) {
    // a preset that is shown already
    if (this.state === "own" && run.log.header && same(settings, run.log.header.config)) return;
    if (this.state === "own") this.baseRun = run;
    this.machine.dispatch("choose");
    this.plays = plays;
    this.playedFrames = plays ? 0 : Infinity;
    this.settings = { ...this.settings, ...settings };
    this.#commit();
    this.#requestNext();
  }

  /** The control was released: the preview stands until the run with its settings has come. */
  release() {
    const { remark } = this;
    if (!this.machine.dispatch("release")) return;
    this.#commit();
    if (this.remark !== remark) this.onChange();
  }

  /** The control is back where it was. A preview that stands since an earlier release stays. */
  undo() {
    if (this.machine.dispatch("undo")) this.end();
  }

  /** Show the current run. */
  end() {
    this.machine.dispatch("end");
    this.#reset();
    this.onChange();
  }

  /**
   * Take the current run; call this whenever another run is current, or its log has changed.
   *
   * @param {Run} run
   * @returns {boolean} whether that run can replace the preview now
   */
  updateRun({ id, log }) {
    if (this.state !== "standing" || id === this.baseRun?.id) return false;
    clearTimeout(this.runTimer); // the run is on its way, however long it takes
    if (!log.header) {
      if (log.ended) this.end(); // it has failed, and its message is shown
      return false;
    }
    if (!same(this.settings, log.config)) {
      // a run of an earlier release: the run of the last one is still to come
      if (this.committed.slice(0, -1).some((settings) => same(settings, log.config))) this.#awaitRun();
      else this.end();
      return false;
    }
    if (!this.log || log.status === "failed") {
      this.end();
      return false;
    }
    if (!same(this.log.config, log.config)) {
      // The preview has other settings: the request was refused or lost, or a setting without previews has changed too.
      if (log.settled && !this.plays) return true;
      const mayFollow = this.pending && !this.late && !log.settled; // the right preview may be on its way
      if (!mayFollow) this.end();
      return false;
    }
    // A run comes in several answers, so one that has ended may not be complete yet. A preview that plays, or that is
    // partial, continues in the run as soon as the run has come as far.
    const replacesEarly = this.plays || this.partial.has(this.log);
    return log.settled || (replacesEarly && log.count > 0 && log.step(log.count - 1) >= this.step);
  }

  /** Remark on the preview: why there is none, or that it is partial; "" for none. */
  get remark() {
    const held = this.state === "held";
    if (held && this.refusal) return this.refusal;
    if (!this.log || !this.partial.has(this.log)) return "";
    // the first words suffice where only these fit
    const end = whole(this.log.step(this.log.count - 1));
    return `Shown to step ${end}; the rest ${held ? "comes when the control is released" : "follows"}.`;
  }

  /** The step up to which the preview is drawn; NaN without one. */
  get step() {
    return this.log ? this.log.step(Math.min(Math.floor(this.playedFrames), this.log.count - 1)) : NaN;
  }

  /**
   * Take the server's answer to a request.
   *
   * @param {Answer} answer
   */
  receive({ preview: entry, serial, why = "", floats }) {
    const { pending } = this;
    if (!pending || serial !== pending.serial) return; // to a request that was given up
    clearTimeout(pending.timer);
    this.pending = null;
    if (entry) {
      const log = new RunLog(entry.id);
      log.open(required(entry.header, "The header of a preview"));
      log.append(entry, floats);
      if (!entry.whole) this.partial.add(log);
      this.cache.set(pending.key, log);
      if (this.baseRun === pending.baseRun) this.#show(log, pending.key);
    } else if (this.baseRun === pending.baseRun) {
      this.refused = { key: pending.key, why };
      this.#setRefusal(why);
    }
    this.#requestNext();
  }

  /** The connection is lost: no answer comes. */
  onDisconnect() {
    clearTimeout(this.pending?.timer);
    this.pending = null;
  }

  /** The connection is open again: request what could not be requested meanwhile. */
  onReconnect() {
    this.#requestNext();
  }

  /** Stop all timers, when the chart is removed. */
  stop() {
    this.onDisconnect();
    clearTimeout(this.runTimer);
  }

  #commit() {
    this.committed.push({ ...this.settings });
    this.#awaitRun();
  }

  // Wait for Python to name the run. If it does not in time, it has refused the settings.
  #awaitRun() {
    clearTimeout(this.runTimer);
    this.runTimer = setTimeout(() => this.end(), RUN_TIMEOUT);
  }

  #requestNext() {
    if (!this.baseRun || this.pending) return;
    const { header, config } = this.baseRun.log;
    const differing = Object.entries(this.settings).filter(([name, value]) => !header || !equal(config[name], value));
    const key = `${this.baseRun.id} ${JSON.stringify(differing.sort())}`;
    if (key === this.logKey) return this.#setRefusal("");
    if (key === this.refused?.key) return this.#setRefusal(this.refused.why);
    const known = this.#baseLog(this.baseRun.log) ?? this.cache.get(key);
    if (known) return this.#show(known, key);
    const serial = ++this.serial;
    if (!this.sendRequest(this.baseRun.id, Object.fromEntries(differing), serial)) return;
    const timer = setTimeout(() => {
      this.late = true;
      this.onDisconnect();
      this.#requestNext();
    }, ANSWER_TIMEOUT);
    this.pending = { serial, key, baseRun: this.baseRun, timer };
  }

  /**
   * The log of the base run if the controls are back at its settings; else null.
   *
   * @param {RunLog} log of the base run
   */
  #baseLog(log) {
    return log.count > 0 && same(this.settings, log.config) ? log : null;
  }

  /**
   * @param {RunLog} log
   * @param {string} key
   */
  #show(log, key) {
    Object.assign(this, { log, logKey: key, refusal: "", late: false });
    this.onChange();
  }

  /**
   * Set the reason why there is no preview of the settings.
   *
   * @param {string} why "" for none
   */
  #setRefusal(why) {
    if (why === this.refusal) return;
    this.refusal = why;
    this.onChange();
  }
}

/**
 * Whether a run has these settings.
 *
 * @param {Settings} settings
 * @param {Settings} config
 */
function same(settings, config) {
  return Object.entries(settings).every(([name, value]) => equal(config[name], value));
}

/**
 * Compare two values of a setting, which may be lists.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
const equal = (one, other) => JSON.stringify(one) === JSON.stringify(other);
