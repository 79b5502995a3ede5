// The map on the page: the picture, a surface over its plot area for pointer events, a dot, and a line of text below.

import { readTheme } from "../colours/theme.js";
import { plotArea } from "../core/axes.js";
import { loadPlotly, loadStyle } from "../entry/load.js";
import { openExport } from "../export/dialog.js";
import { hold, release, undo, watchControls } from "../preview/control_events.js";
import { element, required, setText } from "../shell/dom.js";
import { Field } from "./picker_field.js";
import { layout, NARROW, saveMap, traces } from "./picker_figure.js";
import { watchMoment } from "./picker_moment.js";
import { watchPointer } from "./picker_pointer.js";
import { readoutText, spokenText } from "./picker_readout.js";
import { dotAfter, settingsAt } from "./picker_settings.js";
import { drawSmall } from "./picker_small.js";

/** @import { Area } from "../core/overlay.js" */
/** @import { Component, Plotly, PlotlyElement, Point, SaveAs, Size, Theme, Trigger } from "../core/types.d.ts" */
/** @import { ExportOptions } from "../export/targets.js" */
/** @import { Settings } from "../stream/messages.d.ts" */
/** @import { MapData, PickerData } from "./map.d.ts" */
/** @import { PointerActions } from "./picker_pointer.js" */
/** @typedef {{ map: MapData, field: Field, theme: Theme }} Shown */

const HELP =
  "Arrow keys move the point, with Shift by larger steps. Letting go or Enter sets it, Escape takes it back.";

const IDLE_TIMEOUT = 500; // ms that a new map may wait for an idle moment

let instances = 0;

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
    const help = `picker-help-${++instances}`;
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
    this.saveButtons = element(
      "div",
      { class: "saves", hidden: true },
      this.#saveButton("png"),
      this.#saveButton("svg"),
      element("button", { type: "button", onclick: () => openExport(this) }, "Slide or paper"),
    );
    this.frame = element("div", { class: "frame" }, this.plot, this.surface, this.saveButtons);
    this.dotReadout = element("span", { class: "here" });
    this.pointerReadout = element("span", { class: "there" });
    this.spoken = element("span", { class: "spoken", role: "status", "aria-live": "polite" });
    this.host = element(
      "div",
      { class: "picker", "data-testid": "picker" },
      this.frame,
      element("div", { class: "readout" }, this.dotReadout, this.pointerReadout),
      this.spoken,
      element("span", { class: "spoken", id: help }, HELP),
    );
    this.host.style.visibility = "hidden"; // until the style sheet has loaded
    parent.append(this.host);
    this.pointer = watchPointer(this.surface, this.dot, {
      moveTo: (point) => this.#move(this.#toMap(point)),
      stepBy: (dx, dy, coarse) => this.#step(dx, dy, coarse),
      hover: (point) => this.#hover(this.#toMap(point)),
      unhover: () => this.#hover(null),
      commit: () => this.#commit(),
      cancel: () => this.#cancel(),
    });
    // Outside the observer's callback: drawing changes sizes again, which browsers report as a loop.
    this.observer = new ResizeObserver(() => requestAnimationFrame(() => this.#draw()));
    this.observer.observe(this.frame);
    // A slider or a preset moves what the dot shows.
    this.unsubscribe = watchControls({
      held: (settings) => this.#follow(settings),
      chosen: (settings) => this.#follow(settings),
      undone: () => this.#shown && !this.pointer.busy() && this.#revert(),
    });
    this.at = { x: NaN, y: NaN }; // of the dot
    this.committed = this.at; // position of the dot that Python knows
    this.serial = 0; // of the last pick
    this.mapKey = ""; // the map as JSON
    this.drawnKey = ""; // size, theme and moment that are drawn
    /** @type {boolean | undefined} */
    this.narrow = undefined; // whether the narrow layout is drawn
    /** @type {(() => void) | null} */
    this.unwatchMoment = null; // stops following the moment of the live chart
    /** @type {number | null} */
    this.showRequest = null; // animation frame that will show the dot
    this.loadStarted = false;
    this.ready = false;
    this.gone = false;
  }

  /** The map that is shown; an error before the first update(). */
  get shown() {
    return required(this.#shown, "The map");
  }

  /** @param {Component<PickerData>} component */
  update({ data, setTriggerValue }) {
    this.#send = setTriggerValue;
    const { map } = data;
    const theme = readTheme(this.host);
    const mapKey = JSON.stringify(map);
    if (mapKey !== this.mapKey) {
      this.mapKey = mapKey;
      this.#shown = { map, field: new Field(map), theme };
      this.frame.style.setProperty("--aspect", String(map.aspect));
      this.host.classList.toggle("small", map.small);
      this.saveButtons.hidden = !(map.file && this.#plotly);
      this.drawnKey = "";
      this.#followMoment();
    }
    this.shown.theme = theme;
    // Ignore an answer to a pick before the last one, and do not move a dot that the visitor holds.
    if (!(data.answered !== null && data.answered < this.serial)) {
      const [x, y] = data.at;
      this.committed = { x, y };
      if (!this.pointer.busy()) this.at = this.committed;
    }
    this.#show();
    this.#scheduleDraw();
    if (this.loadStarted) return;
    this.loadStarted = true;
    this.#load(data).catch((error) => this.#showError(error));
  }

  destroy() {
    this.gone = true;
    this.pointer.stop();
    this.unsubscribe();
    this.unwatchMoment?.();
    this.observer.disconnect();
    this.#plotly?.purge(this.plot);
    this.host.remove();
  }

  /** @param {PickerData} data */
  async #load({ css, plotly }) {
    const [Plotly] = await Promise.all([this.shown.map.small ? null : loadPlotly(plotly), loadStyle(css)]);
    if (this.gone) return;
    this.#plotly = Plotly;
    this.saveButtons.hidden = !(this.shown.map.file && Plotly);
    this.ready = true;
    this.shown.theme = readTheme(this.host);
    this.host.style.visibility = "";
    this.#draw();
  }

  /**
   * Show that loading failed; a later rerun of the page tries again.
   *
   * @param {Error} error
   */
  #showError(error) {
    this.loadStarted = false;
    this.host.style.visibility = "";
    setText(this.dotReadout, `The map could not be drawn: ${error.message}. Load the page again.`);
  }

  // A rerun of the page has more urgent work than redrawing a map that is already visible.
  #scheduleDraw() {
    if (!this.#area || !window.requestIdleCallback) this.#draw();
    else window.requestIdleCallback(() => this.#draw(), { timeout: IDLE_TIMEOUT });
  }

  // Redraw the map only if it has changed, never for the dot.
  #draw() {
    if (!this.ready || this.gone) return;
    this.host.style.setProperty("--screen-width", String(this.host.clientWidth)); // for print.css
    const { map, field, theme } = this.shown;
    /** @type {Size} */
    const size = [Math.floor(this.frame.clientWidth), Math.floor(this.frame.clientHeight)];
    if (size[0] < 80 || size[1] < 80) return; // within a closed tab or expander
    const key = `${size} ${theme.key} ${field.moment}`;
    if (key !== this.drawnKey) {
      this.drawnKey = key;
      const area = map.small ? drawSmall(this.plot, map, field, size) : this.#drawPlotly(size);
      this.#area = area;
      const { left, top, width, height } = area;
      const style = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
      Object.assign(this.surface.style, style);
      this.surface.hidden = false;
    }
    this.#show();
  }

  /** @param {Size} size */
  #drawPlotly(size) {
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
  #followMoment() {
    this.unwatchMoment?.();
    this.unwatchMoment = null;
    const { map, field } = this.shown;
    if (!map.moments) return;
    this.unwatchMoment = watchMoment(map.moments.steps, (index) => {
      field.moment = index;
      this.#scheduleDraw();
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
  #saveButton(format) {
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
  #toMap({ x, y }) {
    const { field } = this.shown;
    const { width, height } = required(this.#area, "The plot of the map");
    return { x: field.x.value(x / width), y: field.y.value(1 - y / height) };
  }

  /** @type {PointerActions["stepBy"]} */
  #step(dx, dy, coarse) {
    const { field } = this.shown;
    const { x, y } = this.at;
    this.#move({ x: dx ? field.x.stepFrom(x, dx, coarse) : x, y: dy ? field.y.stepFrom(y, dy, coarse) : y });
    this.#announce();
  }

  /** @param {Point} at */
  #move(at) {
    this.at = at;
    const { settings } = this.shown.map;
    if (settings) hold(settingsAt(settings, at));
    this.#scheduleShow();
  }

  /** @param {Settings} settings */
  #follow(settings) {
    const named = this.#shown?.map.settings;
    const point = named && !this.pointer.busy() ? dotAfter(named, settings, this.at) : null;
    if (!point) return;
    this.at = point;
    this.#scheduleShow();
  }

  #revert() {
    this.at = this.committed;
    this.#scheduleShow();
  }

  #scheduleShow() {
    this.showRequest ??= requestAnimationFrame(() => {
      this.showRequest = null;
      this.#show();
    });
  }

  /** @param {Point | null} at */
  #hover(at) {
    const { map, field } = this.shown;
    setText(this.pointerReadout, at ? `pointer: ${readoutText(map, field, at)}` : "");
  }

  #commit() {
    const { x, y } = this.at;
    const { settings } = this.shown.map;
    if (x === this.committed.x && y === this.committed.y) return settings && undo();
    if (settings) release();
    this.committed = this.at;
    this.#show();
    this.#announce();
    this.serial = Math.max(this.serial + 1, performance.now());
    this.#send?.("pick", { x, y, serial: this.serial });
  }

  #cancel() {
    if (this.shown.map.settings) undo();
    this.at = this.committed;
    this.#show();
    this.#announce();
  }

  #announce() {
    const { map, field } = this.shown;
    setText(this.spoken, spokenText(map, field, this.at));
  }

  // Update the dot, and all text on its position.
  #show() {
    const { map, field } = this.shown;
    const { at } = this;
    const area = this.#area;
    setText(this.dotReadout, readoutText(map, field, at));
    this.host.dataset.x = String(at.x);
    this.host.dataset.y = String(at.y);
    const label = `${map.z.title} over ${map.x.title} and ${map.y.title}. Point at ${spokenText(map, field, at)}.`;
    this.surface.setAttribute("aria-label", label);
    if (!area) return;
    const inside = field.x.contains(at.x) && field.y.contains(at.y);
    /** @type {(px: number, length: number) => number} */
    const within = (px, length) => Math.min(length, Math.max(0, Number.isNaN(px) ? 0 : px));
    const px = within(field.x.place(at.x) * area.width, area.width);
    const py = within((1 - field.y.place(at.y)) * area.height, area.height);
    this.dot.classList.toggle("outside", !inside);
    this.dot.style.transform = `translate(${px}px, ${py}px)`;
  }
}
