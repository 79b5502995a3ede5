// A bar for each of the networks that train side by side, with whiskers over the seeds: how long something took. Drawn
// anew for each frame.
//
// spec: {array, under, under_label, labels, keys, waiting, y: {log, title, least}}. The array is (networks, 3), median,
// low and high; where `under` is given, of the same shape, a bar stands on its median, which is drawn pale.

import { armColour, armKeys } from "./arms.js";
import { place } from "./axes.js";
import { Chart } from "./chart.js";
import { element } from "./elements.js";
import { extremes } from "./extremes.js";
import { baseAxis, plain } from "./figure.js";
import { significant } from "./numbers.js";
import { linearRange, logRange } from "./ranges.js";
import { textWidth } from "./ticks.js";

const WIDTH = 0.62; // of the place of a bar
const PALE = 0.3; // opacity of what a bar stands on
const WHISKER = 5; // px, half the width of its ends
const THICK = 1.5; // px, of whiskers
const LEFT = 62; // px of the margins
const RIGHT = 8;
const ALL = "tops of the bars of "; // the name of what bars and their feet add up to

export class BarsChart extends Chart {
  constructor(spec, onZoom) {
    super(spec, onZoom);
    this.exportSize = [800, 560];
    this.y = spec.y ?? {};
    this.node.classList.add("state-chart");
  }

  describe(scene) {
    const pale = `color-mix(in srgb, ${scene.theme.muted} ${100 * PALE}%, transparent)`;
    const foot = this.spec.under_label
      ? [
          element(
            "span",
            { class: "key" },
            element("i", { class: "band", "aria-hidden": "true", style: `background: ${pale}` }),
            this.spec.under_label,
          ),
        ]
      : [];
    this.caption.replaceChildren(element("strong", {}, this.spec.title), ...armKeys(this.spec, scene.colours), ...foot);
  }

  shown({ current }) {
    return current.log.arrays?.has(this.spec.array) ? [current] : [];
  }

  tells(log) {
    return log.opening !== null;
  }

  words(scene) {
    // With its range, for which plotly moves an axis's title out of the labels' way only when it draws all anew.
    return JSON.stringify([this.#names(scene), this.ranges?.y]);
  }

  resize() {
    super.resize();
    if (!this.built) return;
    const names = this.#names(this.scene);
    const { ticktext = [] } = this.plot.layout.xaxis;
    if (JSON.stringify(names.short) === JSON.stringify(ticktext)) return;
    const { xaxis, margin } = this.axes(this.scene);
    this.Plotly.relayout(this.plot, { xaxis, margin });
    this.stale = true;
    if (this.painting) this.paint(this.scene);
  }

  wanted(scene) {
    const [run] = this.shown(scene);
    const count = run ? this.#count(run.log) : (this.spec.labels?.length ?? 1);
    const x = [-0.5 - 0.1, count - 0.5 + 0.1];
    const least = this.y.least ?? (this.y.log ? 10 : 1);
    if (!run) return { x, y: this.y.log ? logRange(least / 10, least) : linearRange(0, least) };
    const ends = (frame) => this.#bars({ ...run, upTo: frame }, scene).flatMap((bar) => [bar.bottom, bar.top]);
    const { low, high, positive } = extremes(run.log, `${ALL}${this.spec.array}`, ends);
    const most = Math.max(least, high);
    return { x, y: this.y.log ? logRange(Math.min(positive, most), most) : linearRange(Math.min(0, low), most) };
  }

  replaces(side) {
    return side === "x";
  }

  axes(scene, alone = false) {
    const axis = baseAxis(scene.theme);
    const { short, common } = this.#names(scene, alone ? this.exportSize[0] : this.size[0]);
    const title = (text) => ({ ...axis.title, text: plain(text ?? "") });
    return {
      xaxis: {
        ...axis,
        range: this.range("x"),
        tickmode: "array",
        tickvals: short.map((_, k) => k),
        ticktext: short.map(plain),
        tickangle: 0,
        showgrid: false,
        zeroline: false,
        title: title(common),
      },
      yaxis: {
        ...axis,
        type: this.y.log ? "log" : "linear",
        range: this.range("y"),
        nticks: 6,
        title: title(this.y.title),
        hoverformat: ".3g",
      },
      margin: { l: LEFT, r: RIGHT, t: 5, b: common ? 42 : 28 },
      barmode: "overlay",
      annotations: this.#waiting(scene, alone ? this.exportSize[0] : this.size[0]),
    };
  }

  fullTitle() {
    return this.spec.title;
  }

  // ---- canvas

  ground() {}

  begin() {}

  extend() {}

  heads(context, area, run) {
    const { theme } = this.scene;
    const slot = Math.abs(area.x.slope);
    const up = (value) => {
      const top = place(area.y, value);
      return Number.isFinite(top) ? Math.min(top, 2 * area.height) : 2 * area.height;
    };
    this.#bars(run, this.scene).forEach((bar, k) => {
      const [left, right] = [k - WIDTH / 2, k + WIDTH / 2].map((x) => place(area.x, x));
      const middle = (left + right) / 2;
      const foot = up(bar.foot);
      context.fillStyle = bar.colour;
      context.globalAlpha = PALE;
      context.fillRect(left, foot, right - left, up(0) - foot);
      context.globalAlpha = 1;
      if (!Number.isFinite(bar.value)) {
        context.fillStyle = theme.muted;
        context.font = `12px ${theme.font}`;
        writeUp(context, this.spec.waiting ?? "", middle, Math.min(foot, area.height) - 6, slot);
        return;
      }
      const top = up(bar.foot + bar.value);
      context.fillRect(left, Math.min(top, foot), right - left, Math.abs(foot - top));
      if (!(bar.high > bar.low)) return;
      const [low, high] = [up(bar.foot + bar.low), up(bar.foot + bar.high)];
      context.strokeStyle = theme.text;
      context.lineWidth = THICK;
      context.lineCap = "butt";
      context.beginPath();
      for (const end of [low, high]) {
        context.moveTo(middle - WHISKER, end);
        context.lineTo(middle + WHISKER, end);
      }
      context.moveTo(middle, low);
      context.lineTo(middle, high);
      context.stroke();
    });
  }

  // ---- plotly

  traces(scene) {
    const [run] = this.shown(scene);
    if (!run || run.upTo < 0) return [];
    const bars = this.#bars(run, scene);
    const x = bars.map((_, k) => k);
    const color = bars.map(({ colour }) => colour);
    const feet = bars.map(({ foot }) => foot);
    const there = (value) => bars.map((bar) => (Number.isFinite(bar.value) ? value(bar) : NaN));
    const name = (k) => plain(this.spec.labels?.[k] ?? "");
    const foot = plain(this.spec.under_label ?? "");
    return [
      {
        type: "bar",
        x,
        y: feet,
        width: WIDTH,
        marker: { color, opacity: PALE, line: { width: 0 } },
        ...(foot
          ? { hovertemplate: x.map((k) => `${name(k)}<br>${foot}: ${significant(feet[k])}<extra></extra>`) }
          : { hoverinfo: "skip" }),
        showlegend: false,
      },
      {
        type: "bar",
        x,
        y: there(({ value }) => value),
        base: feet,
        width: WIDTH,
        marker: { color, line: { width: 0 } },
        error_y: {
          type: "data",
          symmetric: false,
          array: there(({ value, low, high }) => (high > low ? high - value : NaN)),
          arrayminus: there(({ value, low, high }) => (high > low ? value - low : NaN)),
          color: scene.theme.text,
          thickness: THICK,
          width: WHISKER,
        },
        customdata: bars.map(words),
        hovertemplate: x.map((k) => `${name(k)}<br>%{customdata}<extra></extra>`),
        showlegend: false,
      },
    ];
  }

  // ---- what there is to draw

  #count(log) {
    return log.arrays.get(this.spec.array).shape[0];
  }

  /** A bar for each network at the run's frame: what it stands on, its value and spread, from where to where it goes. */
  #bars({ log, upTo, colour }, scene) {
    const values = log.array(upTo, this.spec.array);
    const under = this.spec.under ? log.array(upTo, this.spec.under) : [];
    const count = this.#count(log);
    return Array.from({ length: count }, (_, k) => {
      const foot = Number.isFinite(under[3 * k]) ? under[3 * k] : 0;
      const [value, low, high] = values.subarray(3 * k, 3 * k + 3);
      const ends = [foot, ...[value, low, high].filter(Number.isFinite).map((end) => foot + end)];
      return {
        ...{ foot, value, low, high, bottom: Math.min(...ends), top: Math.max(...ends) },
        colour: count > 1 ? armColour(scene.colours, k) : colour,
      };
    });
  }

  // What stands where there is no bar yet, at rest; upright where it has no room.
  #waiting(scene, width) {
    const [run] = this.shown(scene);
    if (!run || run.upTo < 0 || !this.spec.waiting) return [];
    const bars = this.#bars(run, scene);
    const upright = textWidth(this.spec.waiting) > (width - LEFT - RIGHT) / bars.length;
    const [bottom] = this.range("y");
    return bars.flatMap(({ value, foot }, k) => {
      if (Number.isFinite(value)) return [];
      const y = Math.max(bottom, this.y.log ? Math.log10(foot) : foot);
      const font = { size: 12, color: scene.theme.muted };
      const where = { x: k, y, yanchor: "bottom", yshift: 3, textangle: upright ? -90 : 0 };
      return [{ ...where, text: plain(this.spec.waiting), font, showarrow: false, borderpad: 0 }];
    });
  }

  // The labels below the bars; what is common to all of them goes below all where there is no room.
  #names(scene, width = this.size[0]) {
    const [run] = this.shown(scene);
    const labels = this.spec.labels ?? [];
    const slot = (width - LEFT - RIGHT) / Math.max(1, run ? this.#count(run.log) : labels.length);
    const [first = ""] = (labels[0] ?? "").match(/^\S+ /) ?? [];
    const crowded = labels.some((label) => textWidth(label) > slot);
    if (!crowded || !first || !labels.every((label) => label.startsWith(first))) return { short: labels, common: "" };
    return { short: labels.map((label) => label.slice(first.length)), common: first.trim() };
  }
}

// Text over a place, upright where it has no room.
function writeUp(context, text, middle, bottom, room) {
  const upright = textWidth(text) > room;
  context.save();
  context.translate(middle, bottom);
  if (upright) context.rotate(-Math.PI / 2);
  context.textAlign = upright ? "left" : "center";
  context.textBaseline = upright ? "middle" : "alphabetic";
  context.fillText(text, 0, 0);
  context.restore();
}

function words({ value, low, high }) {
  return high > low ? `${significant(value)} (${significant(low)} to ${significant(high)})` : significant(value);
}
