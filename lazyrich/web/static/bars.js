// A bar for each of the networks that train side by side, with whiskers over the seeds: how long something took.

import { place } from "./axes.js";
import { Chart } from "./chart.js";
import { element } from "./elements.js";
import { baseAxis, plain } from "./figure.js";
import { significant } from "./numbers.js";
import { linearRange } from "./ranges.js";

const WIDTH = 0.62; // of the place of a bar
const PALE = 0.3; // what a bar stands on

export class BarsChart extends Chart {
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [800, 560];
    this.node.classList.add("state-chart");
  }

  describe() {
    this.caption.replaceChildren(element("strong", {}, this.spec.title));
  }

  shown({ current }) {
    return current.log.arrays?.has(this.spec.array) ? [current] : [];
  }

  tells(log) {
    return log.opening !== null;
  }

  wanted(scene) {
    const [run] = this.shown(scene);
    const count = this.spec.labels.length;
    const tops = run ? [0, Math.floor(run.log.count / 2), run.log.count - 1].flatMap((k) => this.#bars(run, k)) : [];
    const highest = Math.max(this.spec.y?.least ?? 1, ...tops.map(({ under, high }) => under + high).filter(Number.isFinite));
    return { x: [-0.6, count - 0.4], y: linearRange(0, highest) };
  }

  replaces(side) {
    return side === "x";
  }

  axes(scene, alone = false) {
    const axis = baseAxis(scene.theme);
    const places = this.spec.labels.map((_, k) => k);
    const title = { ...axis.title, text: plain(this.spec.y?.title ?? "") };
    return {
      xaxis: {
        ...axis,
        range: this.range("x"),
        tickmode: "array",
        tickvals: places,
        ticktext: this.spec.labels.map(plain),
        showgrid: false,
      },
      yaxis: { ...axis, range: this.range("y"), nticks: 6, title },
      margin: alone ? undefined : { l: 62, r: 8, t: 5, b: 28 },
      barmode: "overlay",
    };
  }

  fullTitle() {
    return this.spec.title;
  }

  ground() {}
  begin() {}
  extend() {}

  heads(context, area, run) {
    const { theme } = this.scene;
    this.#bars(run, run.upTo).forEach(({ under, value, low, high, colour }, k) => {
      const [left, right] = [k - WIDTH / 2, k + WIDTH / 2].map((x) => place(area.x, x));
      const foot = place(area.y, Number.isFinite(under) ? under : 0);
      context.fillStyle = colour;
      context.globalAlpha = PALE;
      context.fillRect(left, foot, right - left, place(area.y, 0) - foot);
      context.globalAlpha = 1;
      if (!Number.isFinite(value)) {
        context.fillStyle = theme.muted;
        context.font = `12px ${theme.font}`;
        context.textAlign = "center";
        context.fillText(this.spec.waiting ?? "", (left + right) / 2, foot - 6);
        return;
      }
      const top = place(area.y, under + value);
      context.fillRect(left, top, right - left, foot - top);
      if (!(high > low)) return;
      context.strokeStyle = theme.text;
      context.lineWidth = 1.5;
      context.beginPath();
      const middle = (left + right) / 2;
      for (const end of [low, high]) {
        context.moveTo(middle - 5, place(area.y, under + end));
        context.lineTo(middle + 5, place(area.y, under + end));
      }
      context.moveTo(middle, place(area.y, under + low));
      context.lineTo(middle, place(area.y, under + high));
      context.stroke();
    });
  }

  traces(scene) {
    const [run] = this.shown(scene);
    if (!run || run.upTo < 0) return [];
    const bars = this.#bars(run, run.upTo);
    const places = bars.map((_, k) => k);
    const colours = bars.map(({ colour }) => colour);
    const finite = (values) => values.map((value) => (Number.isFinite(value) ? value : 0));
    const said = bars.map(({ value, low, high }) => {
      if (!Number.isFinite(value)) return this.spec.waiting ?? "–";
      return high > low ? `${significant(value)} (${significant(low)} to ${significant(high)})` : significant(value);
    });
    const under = finite(bars.map((bar) => bar.under));
    const hover = {
      customdata: said,
      hovertemplate: places.map((k) => `${plain(this.spec.labels[k])}: %{customdata}<extra></extra>`),
    };
    return [
      { type: "bar", x: places, y: under, width: WIDTH, marker: { color: colours, opacity: PALE }, hoverinfo: "skip", showlegend: false },
      {
        type: "bar",
        x: places,
        y: finite(bars.map(({ value }) => value)),
        base: under,
        width: WIDTH,
        marker: { color: colours },
        showlegend: false,
        ...hover,
        error_y: {
          type: "data",
          symmetric: false,
          array: finite(bars.map(({ value, high }) => high - value)),
          arrayminus: finite(bars.map(({ value, low }) => value - low)),
          color: scene.theme.text,
          thickness: 1.5,
          width: 5,
        },
      },
      {
        type: "scatter",
        mode: "text",
        x: places,
        y: under,
        text: bars.map(({ value }) => (Number.isFinite(value) ? "" : (this.spec.waiting ?? ""))),
        textposition: "top center",
        textfont: { color: scene.theme.muted, size: 12 },
        hoverinfo: "skip",
        showlegend: false,
      },
    ];
  }

  #bars({ log, colour }, frame) {
    const values = log.array(frame, this.spec.array);
    const under = this.spec.under ? log.array(frame, this.spec.under) : [];
    return this.spec.labels.map((_, k) => ({
      under: this.spec.under ? (Number.isFinite(under[3 * k]) ? under[3 * k] : 0) : 0,
      value: values[3 * k],
      low: values[3 * k + 1],
      high: values[3 * k + 2],
      colour: this.spec.labels.length > 1 ? this.scene.colours.arms[k] : colour,
    }));
  }
}
