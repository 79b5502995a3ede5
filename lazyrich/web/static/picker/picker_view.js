// The map on the page: the picture, a surface over its plot area for pointer events, a dot, and a line of text below.

import { readTheme } from "../colours/theme.js";
import { plotArea } from "../core/axes.js";
import { loadPlotly, loadStyle } from "../entry/load.js";
import { openExport } from "../export/dialog.js";
import { hold, release, undo, watchHand } from "../preview/hand.js";
import { element, say } from "../shell/dom.js";
import { Field } from "./picker_field.js";
import { layout, NARROW, saveMap, traces } from "./picker_figure.js";
import { watchMoment } from "./picker_moment.js";
import { watchHands } from "./picker_pointer.js";
import { spoken, written } from "./picker_readout.js";
import { drawSmall } from "./picker_small.js";

/** @import { PlotlyElement } from "../core/types.d.ts" */

const HELP =
  "Arrow keys move the point, with Shift by larger steps. Letting go or Enter sets it, Escape takes it back.";

const PATIENCE = 500; // ms that a new map may wait for an idle moment

let named = 0;

// The stop of a slider nearest to a number of the map; those of sliders in decades have two digits.
const atStop = ({ step }, value) =>
  Number(step ? (Math.round(value / step) * step).toPrecision(12) : value.toPrecision(2));

export class PickerView {
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
      ...["PNG", "SVG"].map((format) => this.#save(format)),
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
      moveTo: (px, py) => this.#move(this.#point(px, py)),
      stepBy: (dx, dy, coarse) => this.#step(dx, dy, coarse),
      hover: (px, py) => this.#hover(this.#point(px, py)),
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
      undone: () => this.map && !this.hands.busy() && this.#back(),
    });
    this.serial = 0; // of the last pick
    this.gone = false;
  }

  /** component: what Streamlit gives, at first and after each rerun or change of theme. */
  update(component) {
    const { data } = component;
    this.send = component.setTriggerValue;
    const described = JSON.stringify(data.map);
    if (described !== this.described) {
      this.described = described;
      this.map = data.map;
      this.field = new Field(data.map);
      this.frame.style.setProperty("--aspect", data.map.aspect);
      this.host.classList.toggle("small", data.map.small);
      this.saves.hidden = !(data.map.file && this.Plotly);
      this.drawn = null;
      this.#goAlong();
    }
    // Ignore an answer to a pick before the last one, and do not move a dot that the visitor holds.
    if (!(data.answered !== null && data.answered < this.serial)) {
      const [x, y] = data.at;
      this.settled = { x, y };
      if (!this.at || !this.hands.busy()) this.at = this.settled;
    }
    this.theme = readTheme(this.host);
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
    if (this.Plotly) this.Plotly.purge(this.plot);
    this.host.remove();
  }

  async #load({ css, plotly }) {
    const [Plotly] = await Promise.all([this.map.small ? null : loadPlotly(plotly), loadStyle(css)]);
    if (this.gone) return;
    this.Plotly = Plotly;
    this.saves.hidden = !(this.map.file && Plotly);
    this.ready = true;
    this.theme = readTheme(this.host);
    this.host.style.visibility = "";
    this.#draw();
  }

  // A later rerun of the page tries again.
  #broken(error) {
    this.started = false;
    this.host.style.visibility = "";
    say(this.here, `The map could not be drawn: ${error.message}. Load the page again.`);
  }

  // A rerun of the page has more urgent work than redrawing a map that is already visible.
  #drawLater() {
    if (!this.area || !window.requestIdleCallback) this.#draw();
    else window.requestIdleCallback(() => this.#draw(), { timeout: PATIENCE });
  }

  // Redrawn only if the map has changed, never for the dot.
  #draw() {
    if (!this.ready || this.gone) return;
    this.host.style.setProperty("--drawn", String(this.host.clientWidth)); // for print.css
    const size = [Math.floor(this.frame.clientWidth), Math.floor(this.frame.clientHeight)];
    if (size[0] < 80 || size[1] < 80) return; // within a closed tab or expander
    const wanted = `${size} ${this.theme.key} ${this.field.moment}`;
    if (wanted !== this.drawn) {
      this.drawn = wanted;
      this.area = this.map.small ? drawSmall(this.plot, this.map, this.field, size) : this.#plotted(size);
      const { left, top, width, height } = this.area;
      Object.assign(this.surface.style, {
        left: `${left}px`,
        top: `${top}px`,
        width: `${width}px`,
        height: `${height}px`,
      });
      this.surface.hidden = false;
    }
    this.#show();
  }

  #plotted(size) {
    const narrow = size[0] < NARROW;
    // Plotly cannot turn a colour bar.
    if (this.narrow !== undefined && narrow !== this.narrow) this.Plotly.purge(this.plot);
    this.narrow = narrow;
    this.Plotly.react(
      this.plot,
      traces(this.map, this.field, this.theme, narrow),
      layout(this.map, this.field, this.theme, size, narrow),
      { staticPlot: true, responsive: false },
    );
    return plotArea(this.plot);
  }

  // A map with moments shows the moment of the page's live chart.
  #goAlong() {
    this.leave?.();
    this.leave = null;
    const { moments } = this.map;
    if (!moments) return;
    this.leave = watchMoment(moments.steps, (index) => {
      this.field.moment = index;
      this.#drawLater();
    });
  }

  save(format, order) {
    return saveMap(this.Plotly, this.map, this.field, this.theme, format, order);
  }

  #save(format) {
    const name = `Download as ${format}`;
    const onclick = () => this.save(/** @type {"png" | "svg"} */ (format.toLowerCase()));
    return element("button", { type: "button", title: name, "aria-label": name, onclick }, format);
  }

  #point(px, py) {
    const { width, height } = this.area;
    return { x: this.field.x.value(px / width), y: this.field.y.value(1 - py / height) };
  }

  #step(dx, dy, coarse) {
    const { x, y } = this.at;
    this.#move({
      x: dx ? this.field.x.stepped(x, dx, coarse) : x,
      y: dy ? this.field.y.stepped(y, dy, coarse) : y,
    });
    this.#speak();
  }

  #move(at) {
    this.at = at;
    if (this.map.settings) hold(this.#settings(), performance.now());
    this.#showSoon();
  }

  // What a pick there sets.
  #settings() {
    const [x, y] = this.map.settings;
    return { [x.name]: atStop(x, this.at.x), [y.name]: atStop(y, this.at.y) };
  }

  #follow(settings) {
    if (!this.map?.settings || this.hands.busy()) return;
    const [x, y] = this.map.settings;
    if (!(x.name in settings || y.name in settings)) return;
    this.at = { x: settings[x.name] ?? this.at.x, y: settings[y.name] ?? this.at.y };
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

  #hover(at) {
    say(this.there, at ? `pointer: ${written(this.map, this.field, at)}` : "");
  }

  #commit() {
    const { x, y } = this.at;
    if (x === this.settled.x && y === this.settled.y) return this.map.settings && undo();
    if (this.map.settings) release();
    this.settled = this.at;
    this.#show();
    this.#speak();
    this.serial = Math.max(this.serial + 1, performance.now());
    this.send("pick", { x, y, serial: this.serial });
  }

  #cancel() {
    if (this.map.settings) undo();
    this.at = this.settled;
    this.#show();
    this.#speak();
  }

  #speak() {
    say(this.voice, spoken(this.map, this.field, this.at));
  }

  // Update the dot, and all text on its position.
  #show() {
    const { map, field, at, area } = this;
    say(this.here, written(map, field, at));
    this.host.dataset.x = at.x;
    this.host.dataset.y = at.y;
    const words = `${map.z.title} over ${map.x.title} and ${map.y.title}. Point at ${spoken(map, field, at)}.`;
    this.surface.setAttribute("aria-label", words);
    if (!area) return;
    const inside = field.x.holds(at.x) && field.y.holds(at.y);
    const within = (px, length) => Math.min(length, Math.max(0, Number.isNaN(px) ? 0 : px));
    const px = within(field.x.place(at.x) * area.width, area.width);
    const py = within((1 - field.y.place(at.y)) * area.height, area.height);
    this.dot.classList.toggle("outside", !inside);
    this.dot.style.transform = `translate(${px}px, ${py}px)`;
  }
}
