// The picture of settings that a hand moves, while it moves them and until the run with these settings is there.
//
// One wish at a time is on its way to the server, so that a slow one is never buried under its own wishes. What the hand
// has passed meanwhile is left out: the next wish is for where it is then.

import { whole } from "../core/format.js";
import { required } from "../shell/dom.js";
import { RunLog } from "../stream/run_log.js";
import { Machine } from "../stream/states.js";
import { KeptPreviews } from "./kept_previews.js";
import { PREVIEW } from "./states.js";

const NAMED_WITHIN = 4000; // ms after a release, until Python has named another run
const ANSWERED_WITHIN = 5000; // ms for a wish

/** @import { Answer, Settings } from "../stream/messages.d.ts" */
/** @import { Run } from "../stream/shown_runs.js" */
/** @typedef {{ serial: number, key: string, at: number, base: Run, timer: number }} Wish on its way to the server */

export class Preview {
  /**
   * @param {object} calls
   * @param {(run: string, settings: Settings, serial: number) => boolean} calls.ask send a wish; whether it was sent
   * @param {() => void} calls.changed there is another picture, or none any more
   */
  constructor({ ask, changed }) {
    this.ask = ask;
    this.changed = changed;
    this.machine = new Machine(PREVIEW, "own");
    this.kept = new KeptPreviews();
    /** @type {WeakSet<RunLog>} */
    this.beginnings = new WeakSet(); // previews that do not reach to the end of their run
    this.serial = 0;
    /** @type {Wish | null} */
    this.flight = null;
    this.naming = 0; // timer
    this.wanted = NaN; // when the hand moved to the settings
    this.#forget();
  }

  #forget() {
    clearTimeout(this.naming);
    /** @type {Run | null} from which the hand set out */
    this.base = null;
    /** @type {Settings} */
    this.settings = {}; // under the hand, those of several controls together
    /** @type {Settings[]} */
    this.told = []; // what Python has been told since, of several releases
    /** @type {RunLog | null} what is shown in place of the current run's */
    this.log = null;
    this.key = "";
    this.at = NaN; // when the hand moved there
    /** @type {string} */
    this.why = ""; // there is no preview of these settings
    /** @type {{ key: string, why: string } | null} the settings that were refused last */
    this.refused = null;
    this.late = false; // the server has not answered a wish within ANSWERED_WITHIN
    /** @type {boolean} */
    this.plays = false; // after a click: from the start, as a run does
    /** @type {number} */
    this.played = Infinity; // how many of its frames
  }

  get state() {
    return this.machine.state;
  }

  /**
   * A control that is held stands at these settings.
   *
   * @param {Settings} settings
   * @param {number} at performance.now() of the event that moved it
   * @param {Run} run the current one
   */
  hold(settings, at, run) {
    if (this.state === "own") this.base = run;
    this.machine.dispatch("hold");
    clearTimeout(this.naming);
    this.plays = false;
    this.played = Infinity;
    this.settings = { ...this.settings, ...settings };
    this.wanted = at;
    this.#next();
  }

  /**
   * Settings were chosen by a click.
   *
   * @param {Settings} settings
   * @param {number} at performance.now() of the click
   * @param {Run} run the current one
   * @param {boolean} plays their picture goes from the start to the end, as a run does
   */
  choose(settings, at, run, plays = true) {
    // a preset that is there already
    if (this.state === "own" && run.log.header && same(settings, run.log.header.config)) return;
    if (this.state === "own") this.base = run;
    this.machine.dispatch("choose");
    this.plays = plays;
    this.played = plays ? 0 : Infinity;
    this.settings = { ...this.settings, ...settings };
    this.wanted = at;
    this.#tell();
    this.#next();
  }

  release() {
    const { remark } = this;
    if (!this.machine.dispatch("release")) return;
    this.#tell();
    if (this.remark !== remark) this.changed();
  }

  /** The hand is back where it set out. A preview that stands for an earlier release goes on standing. */
  undo() {
    if (this.machine.dispatch("undo")) this.end();
  }

  /** Show the current run. */
  end() {
    this.machine.dispatch("end");
    this.#forget();
    this.changed();
  }

  /**
   * Say which run is the current one and what has come of it; call it whenever one of these changes.
   *
   * @param {Run} run
   * @returns {boolean} whether that run can take the place of the picture now
   */
  named({ id, log }) {
    if (this.state !== "standing" || id === this.base?.id) return false;
    clearTimeout(this.naming); // it is on its way, however long it takes
    if (!log.header) {
      if (log.ended) this.end(); // it has failed, and says why
      return false;
    }
    if (!same(this.settings, log.config)) {
      // of an earlier release: that of the last one is still to come
      if (this.told.slice(0, -1).some((settings) => same(settings, log.config))) this.#wait();
      else this.end();
      return false;
    }
    if (!this.log || log.status === "failed") {
      this.end();
      return false;
    }
    if (!same(this.log.config, log.config)) {
      // Of other settings: its wish was refused or lost, or a setting without previews has changed as well.
      if (log.settled && !this.plays) return true;
      const coming = this.flight && !this.late && !log.settled; // the right one may be on its way
      if (!coming) this.end();
      return false;
    }
    // A run comes in several answers, so one that has ended may not be there as a whole. A picture that plays, or that is
    // a beginning, goes on in the run as soon as that has come so far.
    const early = this.plays || this.beginnings.has(this.log);
    return log.settled || (early && log.count > 0 && log.step(log.count - 1) >= this.step);
  }

  /** What has to be said of the picture: why there is none, or that it is not whole. */
  get remark() {
    const held = this.state === "held";
    if (held && this.why) return this.why;
    if (!this.log || !this.beginnings.has(this.log)) return "";
    // the first words say it where there is room for a few
    const end = whole(this.log.step(this.log.count - 1));
    return `Shown to step ${end}; the rest ${held ? "comes when the control is released" : "follows"}.`;
  }

  /** The step up to which the picture is drawn; NaN without one. */
  get step() {
    return this.log ? this.log.step(Math.min(Math.floor(this.played), this.log.count - 1)) : NaN;
  }

  /**
   * Take an answer of the server to a wish.
   *
   * @param {Answer} answer
   */
  receive({ preview: entry, serial, why = "", floats }) {
    const { flight } = this;
    if (!flight || serial !== flight.serial) return; // of a wish that was given up
    clearTimeout(flight.timer);
    this.flight = null;
    if (entry) {
      const log = new RunLog(entry.id);
      log.open(required(entry.header, "The header of a preview"));
      log.append(entry, floats);
      if (!entry.whole) this.beginnings.add(log);
      this.kept.keep(flight.key, log);
      if (this.base === flight.base) this.#show(log, flight.key, flight.at);
    } else if (this.base === flight.base) {
      this.refused = { key: flight.key, why };
      this.#explain(why);
    }
    this.#next();
  }

  /** The line is cut: no answer comes. */
  lost() {
    clearTimeout(this.flight?.timer);
    this.flight = null;
  }

  /** The line is open again: ask for what could not be asked for meanwhile. */
  retry() {
    this.#next();
  }

  /** The chart is removed. */
  stop() {
    this.lost();
    clearTimeout(this.naming);
  }

  #tell() {
    this.told.push({ ...this.settings });
    this.#wait();
  }

  // Python names the run that was asked for; if it does not, it has refused it.
  #wait() {
    clearTimeout(this.naming);
    this.naming = setTimeout(() => this.end(), NAMED_WITHIN);
  }

  #next() {
    if (!this.base || this.flight) return;
    const { header, config } = this.base.log;
    const differing = Object.entries(this.settings).filter(([name, value]) => !header || !equal(config[name], value));
    const key = `${this.base.id} ${JSON.stringify(differing.sort())}`;
    if (key === this.key) return this.#explain("");
    if (key === this.refused?.key) return this.#explain(this.refused.why);
    const there = this.#own(this.base.log) ?? this.kept.find(key);
    if (there) return this.#show(there, key, this.wanted);
    const serial = ++this.serial;
    if (!this.ask(this.base.id, Object.fromEntries(differing), serial)) return;
    const timer = setTimeout(() => {
      this.late = true;
      this.lost();
      this.#next();
    }, ANSWERED_WITHIN);
    this.flight = { serial, key, at: this.wanted, base: this.base, timer };
  }

  /**
   * The run from which the hand set out, where it is back there.
   *
   * @param {RunLog} log of that run
   */
  #own(log) {
    return log.count > 0 && same(this.settings, log.config) ? log : null;
  }

  /**
   * @param {RunLog} log
   * @param {string} key
   * @param {number} at
   */
  #show(log, key, at) {
    Object.assign(this, { log, key, at, why: "", late: false });
    this.changed();
  }

  /**
   * Why there is no picture of where the hand is.
   *
   * @param {string} why "" for no reason
   */
  #explain(why) {
    if (why === this.why) return;
    this.why = why;
    this.changed();
  }
}

/**
 * @param {Settings} settings
 * @param {Settings} config
 */
function same(settings, config) {
  return Object.entries(settings).every(([name, value]) => equal(config[name], value));
}

/**
 * A setting may be a list.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
const equal = (one, other) => JSON.stringify(one) === JSON.stringify(other);
