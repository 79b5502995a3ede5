// Messages about the run: in a banner if something went wrong, in a plain line, and for screen readers.

import { moment, setting } from "../core/format.js";
import { element, say } from "./dom.js";

/** @import { RunLog } from "../stream/run_log.js" */
/** @import { Settings } from "../stream/messages.d.ts" */
/** @import { LineState } from "../stream/states.js" */
/** @typedef {{ status: string, message: string, remedy?: Settings }} Said in the banner */

/** @type {Partial<Record<LineState, string>>} */
const LINES = {
  cut: "The line to the server is cut. What has arrived stays here, and the rest follows by itself when the line is back.",
  unknown:
    "The server does not know this page any more, as after a restart. Load the page again: its address has all settings.",
};

export class Notice {
  /** @param {(settings: Settings) => void} onRemedy the visitor accepts the settings that would mend a failure */
  constructor(onRemedy) {
    this.onRemedy = onRemedy;
    this.banner = element("div", { class: "banner", hidden: true });
    this.line = element("span", { class: "status" });
    // On a phone the line is below the screen while a hand is on the controls; see phone.css.
    this.overPicture = element("p", { class: "over-picture", "aria-hidden": "true", hidden: true });
    this.spoken = element("div", { class: "spoken", "aria-live": "polite", role: "status" });
    /** @type {string | null} */
    this.shown = ""; // in the banner
    this.isBroken = false;
    this.said = "";
    /** @type {string | undefined} */
    this.before = undefined; // what the line says without the remark that is in its place
  }

  /**
   * @param {RunLog} log
   * @param {LineState} line to the server
   */
  show(log, line) {
    const lost = line !== "new" && line !== "open";
    const message = LINES[line];
    this.#showBanner(message ? { status: line, message } : told(log));
    this.#ownLine();
    this.line.title = log.ending?.words ?? "";
    say(this.line, lost ? "connection lost, trying again" : progress(log, performance.now()));
    const words = lost ? "Connection lost, trying again." : sentence(log);
    if (words !== this.said) this.speak(words);
    this.said = words;
  }

  /**
   * Say something of a preview in place of the line, in its room: nothing may move under a hand.
   *
   * @param {string} words "" ends it
   */
  remark(words) {
    if (!words && this.before === undefined) return;
    if (this.before === undefined) this.line.style.maxWidth = `${this.line.parentElement?.clientWidth}px`;
    this.before ??= this.line.textContent ?? "";
    say(this.line, words || this.before);
    this.line.title = words;
    say(this.overPicture, words);
    this.overPicture.hidden = !words;
    this.line.classList.toggle("instead", Boolean(words));
    if (!words) this.#ownLine();
  }

  #ownLine() {
    this.before = undefined;
    this.line.classList.remove("instead");
    this.overPicture.hidden = true;
    this.line.style.removeProperty("max-width");
  }

  /**
   * Say something to screen readers.
   *
   * @param {string} words
   */
  speak(words) {
    say(this.spoken, words);
  }

  /**
   * The chart itself failed, for good: no run can say anything more important.
   *
   * @param {string} words
   */
  broken(words) {
    this.banner.hidden = false;
    this.banner.className = "banner failed";
    this.banner.replaceChildren(words);
    this.shown = null;
    this.isBroken = true;
  }

  /** @param {Said} said */
  #showBanner({ status, message, remedy }) {
    const failed = status === "failed";
    const shown = failed || (message && status !== "finished") ? JSON.stringify([status, message, remedy]) : "";
    if (shown === this.shown || this.isBroken) return;
    this.shown = shown;
    this.banner.hidden = !shown;
    this.banner.className = failed ? "banner failed" : "banner";
    this.banner.replaceChildren(element("span", {}, message || (failed ? "The run failed." : "")));
    const settings = Object.entries(remedy ?? {});
    if (!failed || !remedy || settings.length === 0) return;
    const words = settings.map(([field, value]) => `${field.replaceAll("_", " ")} = ${setting(value)}`).join(", ");
    this.banner.append(
      element("button", { type: "button", class: "remedy", onclick: () => this.onRemedy(remedy) }, `Use ${words}`),
    );
  }
}

/**
 * The message of a run, or else the reason why it was not computed on the intended device.
 *
 * @param {RunLog} log
 * @returns {Said}
 */
function told(log) {
  const device = log.header?.environment.device ?? "cpu";
  const elsewhere = !log.message && device.startsWith("cpu, ");
  return elsewhere ? { status: "elsewhere", message: `Computed on the ${device.replace("cpu", "CPU")}.` } : log;
}

/**
 * The end of training does not mean that the losses have settled, so that is stated beside it.
 *
 * @param {RunLog} log
 * @param {number} now ms
 */
function progress({ status, progress: share, heard, countdown, ending }, now) {
  if (!heard) return "asking for the run";
  if (status === "waiting") return "waiting for a free place";
  if (status === "running")
    return [`training ${Math.floor(100 * share)}\u202f%`, countdown.words(now)].filter(Boolean).join(", ");
  if (status === "failed") return "training failed";
  return [status === "stopped" ? "stopped" : "ended", ending?.brief].filter(Boolean).join(", ");
}

/**
 * How the losses of a run that is over stand at its end: a sentence, empty where nothing is known of it.
 *
 * @param {RunLog} log
 */
export function standing({ ending }) {
  return ending ? `The losses there: ${ending.words}.` : "";
}

/** @param {RunLog} log */
function sentence(log) {
  const { status, message } = log;
  if (!log.heard) return "";
  const last = log.count > 0 ? moment(log, log.count - 1) : "the start";
  const losses = log.ending ? ` ${standing(log)}` : "";
  if (status === "waiting") return message || "Waiting for a free place.";
  if (status === "running") return "Training.";
  if (status === "finished") return `Training ended at ${last}.${losses}`;
  if (status === "stopped") return `Training stopped at ${last}.${losses}`;
  return message || "The run failed.";
}
