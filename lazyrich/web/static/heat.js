// Numbers of one moment as the colours of a table's cells, one table or one for each of the networks that train side by
// side. Plain canvas: it is drawn anew for each frame, and under the pointer a cell tells its number.

import { element, say } from "./elements.js";
import { significant } from "./numbers.js";
import { sequential } from "./sequential.js";

const GAP = 10; // px between tables
const LABELS = 17; // px above a table for its label
const WRITE = 30; // px: in cells at least this large numbers are written

export class HeatChart {
  constructor(spec) {
    this.spec = spec;
    this.caption = element("figcaption");
    this.canvas = element("canvas", { class: "layer", role: "img" });
    this.tip = element("div", { class: "tip", hidden: true });
    this.plot = element("div", { class: "plot" });
    this.frame = element("div", { class: "frame" }, this.canvas, this.plot, this.tip);
    this.node = element("figure", { class: "chart heat-chart state-chart", "data-chart": spec.id }, this.caption, this.frame);
    this.size = [0, 0];
    this.built = false;
    this.painting = false;
    this.plot.addEventListener("pointermove", (event) => this.#point(event));
    this.plot.addEventListener("pointerleave", () => (this.tip.hidden = true));
  }

  describe(scene) {
    if (!scene.current.log.opening && this.caption.childElementCount) return;
    this.scale = this.spec.keys === false ? null : element("span", { class: "key" });
    this.caption.replaceChildren(element("strong", {}, this.spec.title), ...(this.scale ? [this.scale] : []));
  }

  build(_, scene) {
    this.built = true;
    this.measure();
    this.paint(scene);
  }

  measure() {
    const size = [this.frame.clientWidth, this.frame.clientHeight];
    const changed = size[0] !== this.size[0] || size[1] !== this.size[1];
    this.size = size;
    return changed;
  }

  resize() {
    if (this.measure() && this.scene) this.paint(this.scene);
  }

  fit(scene) {
    if (scene.theme.key !== this.scene?.theme.key) this.paint(scene);
  }

  remove() {
    this.node.remove();
  }

  settle() {}
  view() {}
  reset() {}

  paint(scene) {
    this.scene = scene;
    const [width, height] = this.size;
    const { log, upTo } = scene.current;
    const place = log.arrays?.get(this.spec.array);
    if (!place || width < 40 || height < 40 || upTo < 0) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this.canvas.style, { left: 0, top: 0, width: `${width}px`, height: `${height}px` });
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = `12px ${scene.theme.font}`;
    this.tables = this.#arrange(place.shape, width, height);
    const values = log.array(upTo, this.spec.array);
    const span = this.#span(values);
    const outline = this.#outline(log, upTo);
    for (const table of this.tables) this.#draw(context, table, values, span, outline);
    if (this.scale) say(this.scale, `${significant(span[0], 2)} dark to ${significant(span[1], 2)} light`);
    this.canvas.setAttribute("aria-label", `${this.spec.title}, ${this.tables.length} tables of ${this.rows} rows and ${this.columns} columns`);
  }

  // Where each table stands: as many side by side as makes their cells largest.
  #arrange(shape, width, height) {
    const count = shape.length > 2 ? shape[0] : 1;
    [this.rows, this.columns] = shape.slice(-2);
    const axes = this.spec.x ? { left: 44, bottom: 34 } : { left: 2, bottom: 2 };
    const label = count > 1 ? LABELS : 0;
    let best = null;
    for (let across = 1; across <= count; across++) {
      const down = Math.ceil(count / across);
      const w = (width - GAP * (across - 1)) / across - axes.left;
      const h = (height - GAP * (down - 1)) / down - label - axes.bottom;
      const wide = this.spec.x ? [w / this.columns, h / this.rows] : Array(2).fill(Math.min(w / this.columns, h / this.rows));
      const area = wide[0] * wide[1];
      if (Math.min(...wide) > 0 && (!best || area > best.area)) best = { area, across, cell: wide, w: w + axes.left, h: h + label + axes.bottom };
    }
    if (!best) return [];
    return Array.from({ length: count }, (_, k) => ({
      k,
      left: (k % best.across) * (best.w + GAP) + axes.left,
      top: Math.floor(k / best.across) * (best.h + GAP) + label,
      cell: best.cell,
    }));
  }

  #span(values) {
    if (this.spec.range) return this.spec.range;
    const there = [...values].filter(Number.isFinite);
    return there.length ? [Math.min(0, ...there), Math.max(...there, 1e-12)] : [0, 1];
  }

  #outline(log, upTo) {
    const { outline } = this.spec;
    if (!outline) return null;
    return log.arrays.has(outline) ? [...log.array(upTo, outline)] : (log.view[outline] ?? []).flat();
  }

  #draw(context, { k, left, top, cell }, values, [low, high], outline) {
    const { theme, colours } = this.scene;
    const size = this.rows * this.columns;
    if (this.spec.labels && this.tables.length > 1) {
      context.fillStyle = colours.arms[k];
      context.fillRect(left, top - 12, 10, 8);
      context.fillStyle = theme.muted;
      context.textAlign = "left";
      context.fillText(this.spec.labels[k], left + 14, top - 4);
    }
    for (let i = 0; i < size; i++) {
      const value = values[k * size + i];
      const [x, y] = [left + (i % this.columns) * cell[0], top + Math.floor(i / this.columns) * cell[1]];
      const [w, h] = [Math.max(1, cell[0] - (cell[0] > 6 ? 1 : 0)), Math.max(1, cell[1] - (cell[1] > 6 ? 1 : 0))];
      const share = (value - low) / (high - low || 1);
      context.fillStyle = Number.isFinite(value) ? sequential(share) : theme.grid;
      context.fillRect(x, y, w, h);
      if (outline?.[i]) {
        context.strokeStyle = "#00000059";
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
      }
      if (this.spec.write && Math.min(...cell) >= 20 && cell[0] >= WRITE && Number.isFinite(value)) {
        context.fillStyle = share > 0.55 ? "#111111" : "#ffffff";
        context.textAlign = "center";
        context.fillText(significant(value, this.spec.digits ?? 2), x + w / 2, y + h / 2 + 4);
      }
    }
    if (this.spec.x) this.#axes(context, left, top, cell);
  }

  #axes(context, left, top, cell) {
    const { theme } = this.scene;
    context.fillStyle = theme.muted;
    context.textAlign = "center";
    const bottom = top + this.rows * cell[1];
    this.#ticks("x", this.columns).forEach((text, i) => {
      if (i % Math.ceil(34 / cell[0]) === 0) context.fillText(text, left + (i + 0.5) * cell[0], bottom + 14);
    });
    context.fillText(this.spec.x_title ?? "", left + (this.columns * cell[0]) / 2, bottom + 30);
    context.textAlign = "right";
    this.#ticks("y", this.rows).forEach((text, i) => {
      if (i % Math.ceil(14 / cell[1]) === 0) context.fillText(text, left - 5, top + (i + 0.5) * cell[1] + 4);
    });
    context.save();
    context.translate(left - 32, top + (this.rows * cell[1]) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(this.spec.y_title ?? "", 0, 0);
    context.restore();
  }

  #ticks(side, count) {
    const named = this.spec[side];
    const list = Array.isArray(named) ? named : (this.scene.current.log.view[named] ?? []);
    return list.slice(0, count).map((value) => (typeof value === "number" ? significant(value, 2) : String(value)));
  }

  #point(event) {
    const { log, upTo } = this.scene?.current ?? {};
    const [x, y] = [event.offsetX, event.offsetY];
    const over = this.tables?.find(
      ({ left, top, cell }) => x >= left && x < left + this.columns * cell[0] && y >= top && y < top + this.rows * cell[1],
    );
    this.tip.hidden = !over;
    if (!over) return;
    const [column, row] = [Math.floor((x - over.left) / over.cell[0]), Math.floor((y - over.top) / over.cell[1])];
    const value = log.array(upTo, this.spec.array)[over.k * this.rows * this.columns + row * this.columns + column];
    const [xs, ys] = [this.#ticks("x", this.columns), this.#ticks("y", this.rows)];
    const where = this.spec.x ? `${this.spec.x_title} ${xs[column]}, ${this.spec.y_title} ${ys[row]}` : `row ${row}, column ${column}`;
    say(this.tip, `${where}: ${significant(value, 3)}`);
    const right = x > this.size[0] / 2;
    Object.assign(this.tip.style, {
      left: right ? "auto" : `${x + 12}px`,
      right: right ? `${this.size[0] - x + 12}px` : "auto",
      top: `${Math.max(0, y - 30)}px`,
    });
  }
}
