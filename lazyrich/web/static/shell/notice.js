// Messages about the run: in a banner if something went wrong, in a plain line, and for screen readers.

import { moment, setting } from "../core/format.js";
import { element, setText } from "./dom.js";

/** @import { RunLog } from "../stream/run_log.js" */
/** @import { Settings } from "../stream/messages.d.ts" */
/** @import { ConnectionState } from "../stream/states.js" */
/** @typedef {{ status: string, message: string, remedy?: Settings }} BannerMessage */

/** @type {Partial<Record<ConnectionState, string>>} */
const CONNECTION_MESSAGES = {
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
    // On a phone the line is below the screen while a control is held; see phone.css.
    this.overPicture = element("p", { class: "over-picture", "aria-hidden": "true", hidden: true });
    this.spoken = element("div", { class: "spoken", "aria-live": "polite", role: "status" });
    /** @type {string | null} */
    this.bannerKey = ""; // JSON of what the banner shows; null once showFatal() was called
    this.isBroken = false;
    this.announced = "";
    /** @type {string | undefined} */
    this.replacedText = undefined; // text of the line that a remark replaces
  }

  /**
   * @param {RunLog} log
   * @param {ConnectionState} connection to the server
   */
  show(log, connection) {
    const lost = connection !== "new" && connection !== "open";
    const message = CONNECTION_MESSAGES[connection];
    this.#showBanner(message ? { status: connection, message } : bannerMessage(log));
    this.#restoreLine();
    this.line.title = log.ending?.words ?? "";
    setText(this.line, lost ? "connection lost, trying again" : statusText(log, performance.now()));
    const text = lost ? "Connection lost, trying again." : statusSentence(log);
    if (text !== this.announced) this.announce(text);
    this.announced = text;
  }

  /**
   * Show a remark on a preview in place of the line, in the same space: nothing may move while a control is held.
   *
   * @param {string} remark "" restores the line
   */
  showRemark(remark) {
    if (!remark && this.replacedText === undefined) return;
    if (this.replacedText === undefined) this.line.style.maxWidth = `${this.line.parentElement?.clientWidth}px`;
    this.replacedText ??= this.line.textContent ?? "";
    setText(this.line, remark || this.replacedText);
    this.line.title = remark;
    setText(this.overPicture, remark);
    this.overPicture.hidden = !remark;
    this.line.classList.toggle("instead", Boolean(remark));
    if (!remark) this.#restoreLine();
  }

  #restoreLine() {
    this.replacedText = undefined;
    this.line.classList.remove("instead");
    this.overPicture.hidden = true;
    this.line.style.removeProperty("max-width");
  }

  /**
   * Announce a text to screen readers.
   *
   * @param {string} text
   */
  announce(text) {
    setText(this.spoken, text);
  }

  /**
   * Show that the chart itself cannot be drawn. No later message replaces this one.
   *
   * @param {string} text
   */
  showFatal(text) {
    this.banner.hidden = false;
    this.banner.className = "banner failed";
    this.banner.replaceChildren(text);
    this.bannerKey = null;
    this.isBroken = true;
  }

  /** @param {BannerMessage} message */
  #showBanner({ status, message, remedy }) {
    const failed = status === "failed";
    const shown = failed || (message && status !== "finished") ? JSON.stringify([status, message, remedy]) : "";
    if (shown === this.bannerKey || this.isBroken) return;
    this.bannerKey = shown;
    this.banner.hidden = !shown;
    this.banner.className = failed ? "banner failed" : "banner";
    this.banner.replaceChildren(element("span", {}, message || (failed ? "The run failed." : "")));
    const settings = Object.entries(remedy ?? {});
    if (!failed || !remedy || settings.length === 0) return;
    const changes = settings.map(([field, value]) => `${field.replaceAll("_", " ")} = ${setting(value)}`).join(", ");
    this.banner.append(
      element("button", { type: "button", class: "remedy", onclick: () => this.onRemedy(remedy) }, `Use ${changes}`),
    );
  }
}

/**
 * The message of a run; without one, the device on which it was computed if that is not the intended one.
 *
 * @param {RunLog} log
 * @returns {BannerMessage}
 */
function bannerMessage(log) {
  const device = log.header?.environment.device ?? "cpu";
  const elsewhere = !log.message && device.startsWith("cpu, ");
  return elsewhere ? { status: "elsewhere", message: `Computed on the ${device.replace("cpu", "CPU")}.` } : log;
}

/**
 * Status of a run. The end of training does not mean that the losses have settled, so that is added.
 *
 * @param {RunLog} log
 * @param {number} now ms
 */
function statusText({ status, progress: share, received, eta, ending }, now) {
  if (!received) return "asking for the run";
  if (status === "waiting") return "waiting for a free place";
  if (status === "running")
    return [`training ${Math.floor(100 * share)}\u202f%`, eta.text(now)].filter(Boolean).join(", ");
  if (status === "failed") return "training failed";
  return [status === "stopped" ? "stopped" : "ended", ending?.brief].filter(Boolean).join(", ");
}

/**
 * A sentence on whether the losses of a run that is over have settled; "" where that is unknown.
 *
 * @param {RunLog} log
 */
export function endingSentence({ ending }) {
  return ending ? `The losses there: ${ending.words}.` : "";
}

/** @param {RunLog} log */
function statusSentence(log) {
  const { status, message } = log;
  if (!log.received) return "";
  const last = log.count > 0 ? moment(log, log.count - 1) : "the start";
  const losses = log.ending ? ` ${endingSentence(log)}` : "";
  if (status === "waiting") return message || "Waiting for a free place.";
  if (status === "running") return "Training.";
  if (status === "finished") return `Training ended at ${last}.${losses}`;
  if (status === "stopped") return `Training stopped at ${last}.${losses}`;
  return message || "The run failed.";
}
