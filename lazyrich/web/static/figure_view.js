// The entry of a figure at rest (lazyrich/web/figure.py): plotly's traces and layout as Python made them, in the look
// of the charts here.

import { element, say } from "./elements.js";
import { barConfig, baseAxis, baseLayout, saveFigure } from "./figure.js";
import { loadPlotly } from "./load.js";
import { mounting } from "./mounting.js";
import { readTheme } from "./theme.js";

export const mount = mounting((parent) => new FigureView(parent));

class FigureView {
  constructor(parent) {
    this.host = element("div", { role: "img", "data-testid": "figure", style: "width: 100%" });
    parent.append(this.host);
    this.gone = false;
    // Not within the observer's own call: drawing changes sizes again, which browsers report as a loop.
    this.observer = new ResizeObserver(() => requestAnimationFrame(() => this.#draw()));
    this.observer.observe(this.host);
  }

  /** component: what Streamlit gives, at first and after each rerun or change of theme. */
  update({ data }) {
    this.data = data;
    this.host.style.height = `${data.layout.height}px`;
    this.host.setAttribute("aria-label", data.title);
    this.figure = JSON.stringify([data.traces, data.layout]);
    this.#load();
  }

  destroy() {
    this.gone = true;
    this.observer.disconnect();
    if (this.Plotly) this.Plotly.purge(this.host);
    this.host.remove();
  }

  /** Let the axes hold all of the figure. */
  reset() {
    this.Plotly.relayout(this.host, { "xaxis.autorange": true, "yaxis.autorange": true });
  }

  save(format) {
    const { traces, title, file: name } = this.data;
    const theme = readTheme(this.host);
    return saveFigure(this.Plotly, { traces, layout: this.#layout(theme), theme, title, name, size: [900, 560] }, format);
  }

  async #load() {
    try {
      const Plotly = await loadPlotly(this.data.plotly);
      if (this.gone) return;
      this.Plotly = Plotly;
      this.#draw();
    } catch (error) {
      say(this.host, `The figure could not be drawn: ${error.message}. Load the page again.`);
    }
  }

  // Drawn again only when the figure, its width or the theme has changed.
  #draw() {
    const width = Math.floor(this.host.clientWidth);
    if (!this.Plotly || this.gone || width < 80) return; // within a closed tab or expander
    const theme = readTheme(this.host);
    const wanted = `${width} ${theme.key} ${this.figure}`;
    if (wanted === this.drawn) return;
    const first = !this.host.data; // plotly's own, once it has drawn here
    this.drawn = wanted;
    const layout = { ...this.#layout(theme), width, autosize: false };
    this.Plotly.react(this.host, this.data.traces, layout, barConfig(this.Plotly, this, false));
    if (first) this.host.on("plotly_doubleclick", () => this.reset());
  }

  #layout(theme) {
    const { layout } = this.data;
    return { ...baseLayout(theme), ...layout, xaxis: axis(theme, layout.xaxis), yaxis: axis(theme, layout.yaxis) };
  }
}

function axis(theme, own) {
  const base = baseAxis(theme);
  const size = own.type === "log" ? 11 : 13; // plotly writes the labels of log axes a quarter larger
  return { ...base, tickfont: { size }, ...own, title: { ...base.title, ...own.title } };
}
