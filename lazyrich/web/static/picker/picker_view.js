// The map on the page: the picture, a surface over its plot area for pointer events, a dot, and a line of text below.

import { readTheme } from "../colours/theme.js";
import { plotArea } from "../core/axes.js";
import { loadPlotly, loadStyle } from "../entry/load.js";
import { openExport } from "../export/dialog.js";
import { hold, release, undo, watchHand } from "../preview/hand.js";
import { element, required, setText } from "../shell/dom.js";
import { Field } from "./picker_field.js";
import { layout, NARROW, saveMap, traces } from "./picker_figure.js";
import { watchMoment } from "./picker_moment.js";
import { watchHands } from "./picker_pointer.js";
import { spoken, written } from "./picker_readout.js";
import { moved, settingsAt } from "./picker_settings.js";
import { drawSmall } from "./picker_small.js";

/** @import { Area } from "../core/overlay.js" */
/** @import { Component, Plotly, PlotlyElement, Point, SaveAs, Size, Theme, Trigger } from "../core/types.d.ts" */
/** @import { ExportOptions } from "../export/targets.js" */
/** @import { Settings } from "../stream/messages.d.ts" */
/** @import { MapData, PickerData } from "./map.d.ts" */
/** @import { HandActions } from "./picker_pointer.js" */
/** @typedef {{ map: MapData, field: Field, theme: Theme }} Shown */

const HELP =
  "Arrow keys move the point, with Shift by larger steps. Letting go or Enter sets it, Escape takes it back.";

const PATIENCE = 500; // ms that a new map may wait for an idle moment

let named = 0;

export class PickerView {
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Plotly | null} */
  #plotly = null;
  /** @type {Trigger | null} */
  #send = null;
  /** @type {Area | null} */
  #area = null; // of the plot, once the map is drawn

  /** @param {Element} parent */
  constructor(parent) {
    const help = `picker-help-${++named}`;
    this.plot = /** @type {PlotlyElement} */ (element("div", { class: "plot", "aria-hidden": "true" }));
    this.dot = element("div", { class: "dot" });
    this.surface = element(
      "div",
      {
        class: "surface",
        role: "application",
        "aria-roledescription": "map with a movable point",
        "aria-describedby": help,
        tabindex: 0,
        hidden: true,
      },
      this.dot,
    );
    this.saves = element(
      "div",
      { class: "saves", hidden: true },
      this.#save("png"),
      this.#save("svg"),
      element("button", { type: "button", onclick: () => openExport(this) }, "Slide or paper"),
    );
    this.frame = element("div", { class: "frame" }, this.plot, this.surface, this.saves);
    this.here = element("span", { class: "here" });
    this.there = element("span", { class: "there" });
    this.voice = element("span", { class: "spoken", role: "status", "aria-live": "polite" });
    this.host = element(
      "div",
      { class: "picker", "data-testid": "picker" },
      this.frame,
      element("div", { class: "readout" }, this.here, this.there),
      this.voice,
      element("span", { class: "spoken", id: help }, HELP),
    );
    this.host.style.visibility = "hidden"; // until the style sheet has loaded
    parent.append(this.host);
    this.hands = watchHands(this.surface, this.dot, {
      moveTo: (point) => this.#move(this.#point(point)),
      stepBy: (dx, dy, coarse) => this.#step(dx, dy, coarse),
      hover: (point) => this.#hover(this.#point(point)),
      unhover: () => this.#hover(null),
      commit: () => this.#commit(),
      cancel: () => this.#cancel(),
    });
    // Outside the observer's callback: drawing changes sizes again, which browsers report as a loop.
    this.observer = new ResizeObserver(() => requestAnimationFrame(() => this.#draw()));
    this.observer.observe(this.frame);
    // A slider or a preset moves what the dot shows.
    this.deaf = watchHand({
      held: (settings) => this.#follow(settings),
      chosen: (settings) => this.#follow(settings),
      undone: () => this.#shown && !this.hands.busy() && this.#back(),
    });
    this.at = { x: NaN, y: NaN }; // of the dot
    this.settled = this.at; // where Python has it
    this.serial = 0; // of the last pick
    this.described = ""; // the map as JSON
    this.drawn = ""; // what is drawn, and how
    /** @type {boolean | undefined} */
    this.narrow = undefined; // how it is drawn
    /** @type {(() => void) | null} */
    this.leave = null; // stops going along with the live chart
    /** @type {number | null} */
    this.painting = null; // the animation frame that shows the dot
    this.started = false;
    this.ready = false;
    this.gone = false;
  }

  /** What is shown; an error before the first update(). */
  get shown() {
    return required(this.#shown, "The map");
  }

  /** @param {Component<PickerData>} component */
  update({ data, setTriggerValue }) {
    this.#send = setTriggerValue;
    const { map } = data;
    const theme = readTheme(this.host);
    const described = JSON.stringify(map);
    if (described !== this.described) {
      this.described = described;
      this.#shown = { map, field: new Field(map), theme };
      this.frame.style.setProperty("--aspect", String(map.aspect));
      this.host.classList.toggle("small", map.small);
      this.saves.hidden = !(map.file && this.#plotly);
      this.drawn = "";
      this.#goAlong();
    }
    this.shown.theme = theme;
    // Ignore an answer to a pick before the last one, and do not move a dot that the visitor holds.
    if (!(data.answered !== null && data.answered < this.serial)) {
      const [x, y] = data.at;
      this.settled = { x, y };
      if (!this.hands.busy()) this.at = this.settled;
    }
    this.#show();
    this.#drawLater();
    if (this.started) return;
    this.started = true;
    this.#load(data).catch((error) => this.#broken(error));
  }

  destroy() {
    this.gone = true;
    this.hands.stop();
    this.deaf();
    this.leave?.();
    this.observer.disconnect();
    this.#plotly?.purge(this.plot);
    this.host.remove();
  }

  /** @param {PickerData} data */
  async #load({ css, plotly }) {
    const [Plotly] = await Promise.all([this.shown.map.small ? null : loadPlotly(plotly), loadStyle(css)]);
    if (this.gone) return;
    this.#plotly = Plotly;
    this.saves.hidden = !(this.shown.map.file && Plotly);
    this.ready = true;
    this.shown.theme = readTheme(this.host);
    this.host.style.visibility = "";
    this.#draw();
  }

  /**
   * A later rerun of the page tries again.
   *
   * @param {Error} error
   */
  #broken(error) {
    this.started = false;
    this.host.style.visibility = "";
    setText(this.here, `The map could not be drawn: ${error.message}. Load the page again.`);
  }

  // A rerun of the page has more urgent work than redrawing a map that is already visible.
  #drawLater() {
    if (!this.#area || !window.requestIdleCallback) this.#draw();
    else window.requestIdleCallback(() => this.#draw(), { timeout: PATIENCE });
  }

  // Redrawn only if the map has changed, never for the dot.
  #draw() {
    if (!this.ready || this.gone) return;
    this.host.style.setProperty("--drawn", String(this.host.clientWidth)); // for print.css
    const { map, field, theme } = this.shown;
    /** @type {Size} */
    const size = [Math.floor(this.frame.clientWidth), Math.floor(this.frame.clientHeight)];
    if (size[0] < 80 || size[1] < 80) return; // within a closed tab or expander
    const wanted = `${size} ${theme.key} ${field.moment}`;
    if (wanted !== this.drawn) {
      this.drawn = wanted;
      const area = map.small ? drawSmall(this.plot, map, field, size) : this.#plotted(size);
      this.#area = area;
      const { left, top, width, height } = area;
      const style = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
      Object.assign(this.surface.style, style);
      this.surface.hidden = false;
    }
    this.#show();
  }

  /** @param {Size} size */
  #plotted(size) {
    const { map, field, theme } = this.shown;
    const { Plotly } = this;
    const narrow = size[0] < NARROW;
    // Plotly cannot turn a colour bar.
    if (this.narrow !== undefined && narrow !== this.narrow) Plotly.purge(this.plot);
    this.narrow = narrow;
    const figure = layout(map, field, theme, size, narrow);
    Plotly.react(this.plot, traces(map, field, theme, narrow), figure, { staticPlot: true, responsive: false });
    return plotArea(this.plot);
  }

  // A map with moments shows the moment of the page's live chart.
  #goAlong() {
    this.leave?.();
    this.leave = null;
    const { map, field } = this.shown;
    if (!map.moments) return;
    this.leave = watchMoment(map.moments.steps, (index) => {
      field.moment = index;
      this.#drawLater();
    });
  }

  get Plotly() {
    return required(this.#plotly, "plotly.js");
  }

  /**
   * @param {SaveAs} format
   * @param {ExportOptions} [options]
   */
  save(format, options) {
    const { map, field, theme } = this.shown;
    return saveMap(this.Plotly, map, field, theme, format, options);
  }

  /** @param {"png" | "svg"} format */
  #save(format) {
    const text = format.toUpperCase();
    const name = `Download as ${text}`;
    const onclick = () => this.save(format);
    return element("button", { type: "button", title: name, "aria-label": name, onclick }, text);
  }

  /**
   * A point of the surface in the map's units.
   *
   * @param {Point} point
   */
  #point({ x, y }) {
    const { field } = this.shown;
    const { width, height } = required(this.#area, "The plot of the map");
    return { x: field.x.value(x / width), y: field.y.value(1 - y / height) };
  }

  /** @type {HandActions["stepBy"]} */
  #step(dx, dy, coarse) {
    const { field } = this.shown;
    const { x, y } = this.at;
    this.#move({ x: dx ? field.x.stepped(x, dx, coarse) : x, y: dy ? field.y.stepped(y, dy, coarse) : y });
    this.#speak();
  }

  /** @param {Point} at */
  #move(at) {
    this.at = at;
    const { settings } = this.shown.map;
    if (settings) hold(settingsAt(settings, at), performance.now());
    this.#showSoon();
  }

  /** @param {Settings} settings */
  #follow(settings) {
    const named = this.#shown?.map.settings;
    const to = named && !this.hands.busy() ? moved(named, settings, this.at) : null;
    if (!to) return;
    this.at = to;
    this.#showSoon();
  }

  #back() {
    this.at = this.settled;
    this.#showSoon();
  }

  #showSoon() {
    this.painting ??= requestAnimationFrame(() => {
      this.painting = null;
      this.#show();
    });
  }

  /** @param {Point | null} at */
  #hover(at) {
    const { map, field } = this.shown;
    setText(this.there, at ? `pointer: ${written(map, field, at)}` : "");
  }

  #commit() {
    const { x, y } = this.at;
    const { settings } = this.shown.map;
    if (x === this.settled.x && y === this.settled.y) return settings && undo();
    if (settings) release();
    this.settled = this.at;
    this.#show();
    this.#speak();
    this.serial = Math.max(this.serial + 1, performance.now());
    this.#send?.("pick", { x, y, serial: this.serial });
  }

  #cancel() {
    if (this.shown.map.settings) undo();
    this.at = this.settled;
    this.#show();
    this.#speak();
  }

  #speak() {
    const { map, field } = this.shown;
    setText(this.voice, spoken(map, field, this.at));
  }

  // Update the dot, and all text on its position.
  #show() {
    const { map, field } = this.shown;
    const { at } = this;
    const area = this.#area;
    setText(this.here, written(map, field, at));
    this.host.dataset.x = String(at.x);
    this.host.dataset.y = String(at.y);
    const words = `${map.z.title} over ${map.x.title} and ${map.y.title}. Point at ${spoken(map, field, at)}.`;
    this.surface.setAttribute("aria-label", words);
    if (!area) return;
    const inside = field.x.holds(at.x) && field.y.holds(at.y);
    /** @type {(px: number, length: number) => number} */
    const within = (px, length) => Math.min(length, Math.max(0, Number.isNaN(px) ? 0 : px));
    const px = within(field.x.place(at.x) * area.width, area.width);
    const py = within((1 - field.y.place(at.y)) * area.height, area.height);
    this.dot.classList.toggle("outside", !inside);
    this.dot.style.transform = `translate(${px}px, ${py}px)`;
  }
}
