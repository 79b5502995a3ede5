// Entry of a figure without animation (lazyrich/web/components/figure.py): plotly's traces and layout from Python, in
// the style of the charts here.

import { readTheme } from "../colours/theme.js";
import { barConfig, baseAxis, baseLayout } from "../core/figure.js";
import { fitTitles } from "../core/titles.js";
import { saveFigure } from "../export/figure_file.js";
import { element, required, setText } from "../shell/dom.js";
import { loadPlotly } from "./load.js";
import { createMount } from "./mounting.js";

export const mount = createMount((parent) => new FigureView(parent));

/** @import { Component, Layout, LayoutAxis, Plotly, PlotlyElement, SaveAs, Size, Theme, Trace } from "../core/types.d.ts" */
/** @import { ExportOptions } from "../export/targets.js" */
/**
 * file: name of a saved image; lines: its settings.
 *
 * @typedef {{ plotly: string, traces: Trace[], layout: Layout & { height: number }, title: string, file: string,
 *   lines: string[] }} FigureData
 */

/** @type {Size} */
const SIZE = [900, 490]; // px, of a saved image

class FigureView {
  /** @type {Plotly | null} */
  #plotly = null;
  /** @type {FigureData | null} */
  #data = null;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    const host = element("div", { role: "figure", "data-testid": "figure", style: "width: 100%" });
    this.host = /** @type {PlotlyElement} */ (host);
    parent.append(this.host);
    this.gone = false;
    /** @type {object | undefined} */
    this.config = undefined; // of plotly's bar, once plotly is loaded
    this.figure = ""; // as JSON
    this.drawnKey = ""; // width, theme and figure that are drawn
    // Not within the observer's own callback: drawing changes sizes again, which browsers report as a loop.
    this.observer = new ResizeObserver(() => requestAnimationFrame(() => this.#draw()));
    this.observer.observe(this.host);
  }

  get data() {
    return required(this.#data, "The figure");
  }

  get Plotly() {
    return required(this.#plotly, "plotly.js");
  }

  /** @param {Component<FigureData>} component */
  update({ data }) {
    this.#data = data;
    this.host.style.height = `${data.layout.height}px`;
    this.host.setAttribute("aria-label", data.title);
    this.figure = JSON.stringify([data.traces, data.layout]);
    this.#load();
  }

  destroy() {
    this.gone = true;
    this.observer.disconnect();
    this.#plotly?.purge(this.host);
    this.host.remove();
  }

  /** Reset the axes to hold the whole figure. */
  reset() {
    this.Plotly.relayout(this.host, { "xaxis.autorange": true, "yaxis.autorange": true });
  }

  /**
   * @param {SaveAs} format
   * @param {ExportOptions} [options]
   */
  save(format, options) {
    const { title, file: name, lines } = this.data;
    const theme = readTheme(this.host);
    const layout = () => this.#layout(theme);
    const figure = { traces: this.#traces(), layout, theme, title, lines, name, size: SIZE };
    return saveFigure(this.Plotly, figure, format, options);
  }

  async #load() {
    try {
      const Plotly = await loadPlotly(this.data.plotly);
      if (this.gone) return;
      this.#plotly = Plotly;
      this.config ??= barConfig(Plotly, this, false); // with a new object plotly redraws everything and drops a zoom
      this.#draw();
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      setText(this.host, `The figure could not be drawn: ${why}. Load the page again.`);
    }
  }

  // Redraw only if the figure, its width or the theme has changed.
  #draw() {
    const width = Math.floor(this.host.clientWidth);
    if (!this.#plotly || this.gone || width < 80) return; // within a closed tab or expander
    const theme = readTheme(this.host);
    const key = `${width} ${theme.key} ${this.figure}`;
    if (key === this.drawnKey) return;
    const first = !this.host.data; // set by plotly once it has drawn here
    this.drawnKey = key;
    // Keep the visitor's zoom while the figure is the same.
    const layout = fitTitles({ ...this.#layout(theme), width, autosize: false, uirevision: this.figure });
    this.#plotly.react(this.host, this.#traces(), layout, this.config);
    if (first) this.host.on("plotly_doubleclick", () => this.reset());
  }

  // Copied, because plotly changes the objects that it draws, and the next theme needs the same figure.
  #traces() {
    return structuredClone(this.data.traces);
  }

  /** @param {Theme} theme */
  #layout(theme) {
    const layout = structuredClone(this.data.layout);
    return { ...baseLayout(theme), ...layout, xaxis: axis(theme, layout.xaxis), yaxis: axis(theme, layout.yaxis) };
  }
}

/**
 * @param {Theme} theme
 * @param {LayoutAxis} [own]
 */
function axis(theme, own = {}) {
  const base = baseAxis(theme);
  const size = own.type === "log" ? 11 : 13; // plotly writes the labels of log axes a quarter larger
  return { ...base, tickfont: { size }, ...own, title: { ...base.title, ...own.title } };
}
