// The playback bar under the charts: play, step, speed, the scrubber over the log, and buttons that restart a run.

import { SPEEDS } from "../stream/player.js";
import { element, icon, setText } from "./dom.js";

/** @import { Attributes } from "../core/types.d.ts" */
/** @import { Player } from "../stream/player.js" */
/** @import { Timeline } from "../stream/timeline.js" */
/** @import { Actions } from "./actions.js" */

const PLAY = "M4 2.5v11l9.5-5.5z";
const PAUSE = "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z";
const BACK = "M3 2.5h2v11H3zM13 2.5v11L6 8z";
const FORWARD = "M11 2.5h2v11h-2zM3 2.5v11L10 8z";
const WITH_FOCUS = "with the focus on the chart"; // keys other than arrows need it
/** @type {Record<number, string>} */
const SPEED_WORDS = { 0.25: "¼×", 0.5: "½×" };

export class PlaybackBar {
  /**
   * @param {Actions} act
   * @param {Node} status
   * @param {boolean} recorded whether there is no server, which the buttons behind the status need
   */
  constructor(act, status, recorded) {
    /**
     * @type {(label: string, keys: string, content: Node | string, action: () => void, more?: Attributes) =>
     *   HTMLButtonElement}
     */
    const button = (label, keys, content, action, more = {}) =>
      element(
        "button",
        { type: "button", "aria-label": label, title: `${label} (${keys})`, onclick: action, ...more },
        content,
      );
    this.play = button("Play", `space, ${WITH_FOCUS}`, icon(PLAY), act.toggle, { class: "play" });
    this.back = button("Step back", "left arrow; with shift 10 frames", icon(BACK), () => act.step(-1));
    this.forward = button("Step forward", "right arrow; with shift 10 frames", icon(FORWARD), () => act.step(1));
    /** @type {HTMLSelectElement} */
    this.speed = element(
      "select",
      {
        "aria-label": "Speed",
        title: `Speed (+ and −, ${WITH_FOCUS})`,
        onchange: () => act.speed(Number(this.speed.value)),
      },
      ...SPEEDS.map((speed) =>
        element("option", { value: speed, selected: speed === 1 }, SPEED_WORDS[speed] ?? `${speed}×`),
      ),
    );
    /** @type {HTMLInputElement} */
    this.scrubber = element("input", {
      type: "range",
      class: "scrubber",
      min: 0,
      max: 1,
      step: 1,
      value: 0,
      "aria-label": "Frame",
      title: `Drag through the run (home and end, ${WITH_FOCUS})`,
      oninput: () => act.seek(Number(this.scrubber.value)),
      onchange: () => act.scrubbed(),
    });
    this.position = element("span", {}, "–"); // no live region: it changes 20 times a second
    /** @type {(label: string, keys: string, action: () => void, name: string) => HTMLButtonElement} */
    const word = (label, keys, action, name) => button(label, keys, label, action, { class: name });
    this.stop = word("Stop", `S, ${WITH_FOCUS}`, act.stop, "stop");
    this.again = word("Same start again", `R, ${WITH_FOCUS}`, act.again, "again");
    this.seed = word("New seed", `N, ${WITH_FOCUS}`, act.seed, "seed");
    this.onward = element(
      "button",
      {
        type: "button",
        class: "onward",
        hidden: true,
        title: "More steps, by gradient flow, until the losses are flat or the limit of steps is reached",
        onclick: act.onward,
      },
      "Train on until flat",
    );
    this.node = element(
      "div",
      { class: "transport", role: "group", "aria-label": "Playback" },
      element("span", { class: "group" }, this.play, this.back, this.forward, this.speed),
      this.scrubber,
      element("span", { class: "where" }, this.position, status),
      ...(recorded ? [] : [element("span", { class: "group" }, this.onward, this.stop, this.again, this.seed)]),
    );
    this.showsPause = false;
  }

  /**
   * @param {Timeline} timeline
   * @param {Player} player
   */
  show(timeline, player) {
    const { log } = timeline;
    const playing = player.playing;
    if (this.showsPause !== playing) {
      this.showsPause = playing;
      const label = playing ? "Pause" : "Play";
      this.play.replaceChildren(icon(playing ? PAUSE : PLAY));
      this.play.setAttribute("aria-label", label);
      this.play.title = `${label} (space, ${WITH_FOCUS})`;
    }
    const last = Math.max(1, timeline.expected - 1);
    set(this.scrubber, "max", last);
    set(this.scrubber, "value", Math.max(0, player.cursor));
    this.scrubber.disabled = timeline.count === 0;
    this.scrubber.style.setProperty("--played", String(Math.max(0, player.cursor) / last));
    this.scrubber.style.setProperty("--held", String(Math.max(0, timeline.count - 1) / last));
    set(this.speed, "value", player.speed);
    const position = timeline.positionText(player.cursor);
    setText(this.position, position);
    this.scrubber.setAttribute("aria-valuetext", position);
    this.back.disabled = player.cursor <= 0;
    this.forward.disabled = player.cursor >= timeline.count - 1;
    const goesOn = log.status === "stopped" && Boolean(log.chartData.goes_on);
    setText(this.again, goesOn ? "Go on" : "Same start again");
    this.again.setAttribute("aria-label", this.again.textContent);
    this.seed.hidden = log.header !== null && !("seed" in log.header.config);
    this.onward.hidden = !log.ending?.onward;
    // If training can continue, the bar has that button instead of Stop.
    this.stop.hidden = !this.onward.hidden;
    this.stop.classList.toggle("gone", log.ended); // it keeps its space, so that the bar does not reflow under the pointer
  }
}

/**
 * @template {"max" | "value"} N
 * @param {Record<N, string>} control
 * @param {N} name
 * @param {number} value
 */
function set(control, name, value) {
  const text = String(value);
  if (control[name] !== text) control[name] = text;
}
