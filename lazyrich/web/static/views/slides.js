// Selects the charts that are shown and their size: all of the page, those named in its address, or one at a time as
// slides.
//
// A glance is all charts one below the other, small, for several live charts on one screen. A slide is laid out in a
// small area and then enlarged to the window, so that type, lines and marks grow alike.

import { enlarge } from "../core/overlay.js";
import { element, icon, setText } from "../shell/dom.js";

/** @import { ChartSpec } from "../core/chart_specs.d.ts" */
/** @import { Keys } from "../shell/keyboard.js" */
/** @import { Look } from "../stream/messages.d.ts" */

/** @type {Look} */
const PAGE = { kind: "page", pictures: [], controls: null };

const AREA = [720, 470]; // px: smallest area in which a slide is laid out
const MAX_ENLARGEMENT = 3; // largest factor by which it is enlarged
const BACK = "M11 2.5L4.5 8l6.5 5.5z";
const NEXT = "M5 2.5L11.5 8 5 13.5z";

export class Slides {
  /** @param {() => void} onTurn another slide was chosen */
  constructor(onTurn) {
    this.onTurn = onTurn;
    /** @type {Look} */
    this.look = PAGE;
    /** @type {ChartSpec[]} */
    this.specs = [];
    this.id = ""; // of the chart that is on the slide
    /** @type {(label: string, key: string, path: string, by: 1 | -1) => HTMLElement} */
    const turn = (label, key, path, by) =>
      element(
        "button",
        { type: "button", "aria-label": label, title: `${label} (${key})`, onclick: () => this.turn(by) },
        icon(path),
      );
    this.slideNumber = element("span", { class: "slide-number", role: "status" });
    this.node = element(
      "span",
      { class: "group slides", hidden: true },
      turn("Slide before", "Page Up", BACK, -1),
      this.slideNumber,
      turn("Next slide", "Page Down", NEXT, 1),
    );
  }

  /**
   * Set the charts of the page; returns those to show.
   *
   * @param {ChartSpec[]} specs
   * @param {Look} look
   */
  setCharts(specs, look = PAGE) {
    this.look = look;
    this.specs = selected(specs, look.pictures);
    if (look.kind === "slide" && !this.specs.some((spec) => spec.id === this.id)) this.id = this.specs[0]?.id ?? "";
    return this.shown();
  }

  shown() {
    const { kind } = this.look;
    if (kind === "page") return this.specs;
    return unfolded(kind === "slide" ? this.specs.filter((spec) => spec.id === this.id) : this.specs, this.look);
  }

  /**
   * Whether the address hides the control of a setting.
   *
   * @param {string} setting
   */
  hidesControl(setting) {
    return this.look.controls !== null && !this.look.controls.includes(setting);
  }

  get index() {
    return this.specs.findIndex((spec) => spec.id === this.id);
  }

  /**
   * The keys of a live chart, with those that turn slides if it shows slides.
   *
   * @param {Keys} actions
   * @returns {Keys}
   */
  keys(actions) {
    /** @type {Keys} */
    const turn = this.look.kind === "slide" ? { PageDown: () => this.turn(1), PageUp: () => this.turn(-1) } : {};
    const { n, ...others } = actions;
    return { ...others, ...(n && !this.hidesControl("seed") ? { n } : {}), ...turn };
  }

  /**
   * Go to the next or the previous slide, if there is one.
   *
   * @param {1 | -1} by
   */
  turn(by) {
    if (this.look.kind !== "slide") return;
    const next = this.specs[this.index + by];
    if (!next) return;
    this.id = next.id;
    this.onTurn();
  }

  /**
   * Set the classes of the host for the style sheet, and enlarge a slide as far as it fits.
   *
   * @param {HTMLElement} host
   */
  updateHost(host) {
    const { kind } = this.look;
    const shown = this.shown();
    for (const name of ["seed", "twin"]) host.classList.toggle(`fixed-${name}`, this.hidesControl(name));
    host.classList.toggle("figure", kind === "figure");
    host.classList.toggle("slide", kind === "slide");
    host.classList.toggle("glance", kind === "glance");
    const alone = kind === "figure" || kind === "slide";
    host.classList.toggle("single", alone && shown.length === 1);
    host.classList.toggle("uncurved", alone && !shown.some((spec) => spec.place === "right"));
    this.node.hidden = kind !== "slide" || this.specs.length < 2;
    setText(this.slideNumber, `${this.index + 1} / ${this.specs.length}`);
    this.fit(host);
  }

  /**
   * Scale a slide to the window, whose size may have changed.
   *
   * @param {HTMLElement} host
   */
  fit(host) {
    const [width, height] = AREA;
    const room = host.parentElement?.clientWidth ?? width;
    const times = this.look.kind === "slide" ? Math.min(MAX_ENLARGEMENT, room / width, window.innerHeight / height) : 1;
    this.times = Math.max(1, times);
    host.style.setProperty("--enlarged", String(this.times));
    enlarge(this.times);
  }
}

/**
 * The charts with these names, in the order of the names; all charts if there are none.
 *
 * @param {ChartSpec[]} specs
 * @param {string[]} ids
 */
function selected(specs, ids) {
  const found = ids.flatMap((id) => specs.filter((spec) => spec.id === id));
  return found.length ? found : specs;
}

/**
 * Unfold the charts of a slide or of an address that names them, and place those below the playback bar beside the
 * others.
 *
 * @param {ChartSpec[]} specs
 * @param {Look} look
 * @returns {ChartSpec[]}
 */
function unfolded(specs, { kind, pictures }) {
  if (kind !== "slide" && pictures.length === 0) return specs;
  return specs.map((spec) => ({ ...spec, folded: false, place: spec.place === "below" ? "right" : spec.place }));
}
