// First-layer filters of networks that train side by side, as pictures that change while they train.
//
// Its options are documented in lazyrich/charts/images.py.

import { networkColour } from "../../colours/network_colours.js";
import { moment, setting, significant } from "../../core/format.js";
import { Overlay, screenPixelRatio } from "../../core/overlay.js";
import { PaintedChart } from "../../core/painted_chart.js";
import { CanvasPen } from "../../export/pens.js";
import { contextOf, element, required } from "../../shell/dom.js";
import { toolbar } from "../../shell/toolbar.js";
import { saveImages } from "./images_file.js";
import { GAP, ImagesLayout } from "./images_layout.js";
import { Block } from "./images_paint.js";
import { ImagesPanel } from "./images_panel.js";
import { watchPointer } from "./images_pointer.js";
import { Variants } from "./images_variants.js";

const ROW = 0.58; // height of a row of two blocks, as a share of the width

/** @import { FilterNumber, Images, Variant } from "../../core/chart_specs.d.ts" */
/** @import { Pen, ReadableCanvas, SaveAs, Size } from "../../core/types.d.ts" */
/** @import { ExportOptions } from "../../export/targets.js" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { FilterPick } from "./images_layout.js" */

/** @extends {PaintedChart<Images>} */
export class ImagesChart extends PaintedChart {
  /** @param {Images} spec */
  constructor(spec) {
    super(spec, { tabindex: 0, role: "application", "aria-label": spec.title });
    this.node.classList.add("main");
    this.layer = new Overlay();
    this.panel = new ImagesPanel(spec.ring);
    this.spoken = element("div", { class: "spoken", role: "status" });
    this.bar = toolbar(this);
    this.variants = new Variants(spec.arrays, (variant) => this.#show(variant));
    this.frame.append(...this.layer.nodes, this.plot, this.panel.node, this.spoken);
    this.wide = true; // needs no square
    this.variant = spec.arrays[0]; // the variant shown: the filters, or their change since the start
    /** @type {{ log: RunLog, frame: number } | null} */
    this.now = null; // the frame that is shown, until the next run has one
    /** @type {FilterPick | null} */
    this.pick = null; // the filter that is selected
    /** @type {ImagesLayout | null} */
    this.layout = null; // of the picture
    this.layoutKey = ""; // sizes and shape for which the layout was computed
    /** @type {Block[]} */
    this.blocks = [];
    watchPointer(this.plot, {
      ready: () => Boolean(this.layout && this.now),
      pick: () => this.pick,
      under: (x, y) => this.layout?.find(x, y) ?? null,
      beside: (pick, right, down) => this.layout?.beside(pick, right, down) ?? pick,
      choose: (pick) => this.#choose(pick),
      announce: () => this.#announce(),
    });
  }

  /** @override @type {PaintedChart["writeCaption"]} */
  writeCaption(scene) {
    const { log } = scene.current;
    const variants = this.spec.arrays.filter(({ array }) => !log.header || log.arrays.has(array));
    if (variants.length && !variants.includes(this.variant)) this.variant = variants[0];
    this.variants.setOffered(variants, this.variant);
    this.setCaption([...(variants.length > 1 ? [this.variants.node] : []), this.bar], this.spec.note);
  }

  /** @override @type {PaintedChart["readHeader"]} */
  readHeader(scene) {
    const shape = scene.current.log.arrays.get(this.variant.array)?.shape;
    if (!shape) return;
    // On a phone two blocks are side by side: use the height of their rows with headings.
    this.node.style.setProperty("--height-for-width", String(shape[0] > 1 ? ROW * Math.ceil(shape[0] / 2) : 2 * ROW));
  }

  /** @override @type {PaintedChart["advance"]} */
  advance({ log, upTo }) {
    const hasFrame = upTo >= 0 && log.header && log.arrays.has(this.variant.array);
    if (!hasFrame || (this.now?.log === log && this.now.frame === upTo)) return false;
    this.now = { log, frame: upTo };
    return true;
  }

  /** @override @type {PaintedChart["settle"]} */
  settle(scene) {
    super.settle(scene);
    if (document.activeElement === this.plot) this.#announce();
  }

  /**
   * @param {SaveAs} format
   * @param {ExportOptions} [options]
   */
  save(format, options) {
    return this.now ? saveImages(this, format, options) : null;
  }

  /** The run and the frame that are shown; an error before the first one. */
  get present() {
    return required(this.now, "The frame of a picture");
  }

  /** Title of the picture, with its step. */
  get title() {
    const { log, frame } = this.present;
    return `${this.spec.title}, ${this.variant.label} at ${moment(log, frame)}`;
  }

  /** (networks, filters, channels, k, k) of what is shown. */
  get shape() {
    return this.present.log.layoutOf(this.variant.array).shape;
  }

  /**
   * Draw all blocks for a file.
   *
   * @param {Pen} pen
   * @param {Size} size of the picture
   * @param {number} pixelRatio pixels for one px
   */
  picture(pen, size, pixelRatio) {
    const layout = new ImagesLayout(this.shape, size, pixelRatio);
    this.#headings(pen, layout);
    this.#writeBlocks(layout).forEach((block, network) => {
      /** @type {ReadableCanvas} */
      const canvas = element("canvas", { width: pixelRatio * layout.width, height: pixelRatio * layout.height });
      block.draw(contextOf(canvas), { x: 0, y: 0 }, pixelRatio * layout.cell, pixelRatio * GAP);
      canvas.pixels = () => block.pixels([canvas.width, canvas.height], pixelRatio * layout.cell, pixelRatio * GAP);
      const { x, y } = layout.block(network);
      pen.image(canvas, x, y, layout.width, layout.height, 1);
    });
  }

  // ---- drawing

  /** @override */
  draw() {
    const [width, height] = this.size;
    const pixelRatio = screenPixelRatio();
    const shape = this.now?.log.arrays.get(this.variant.array)?.shape;
    const about = JSON.stringify([width, height, pixelRatio, shape]);
    if (about !== this.layoutKey) {
      this.layoutKey = about;
      this.layer.cover({ left: 0, top: 0, width, height });
      this.layout = shape ? new ImagesLayout(shape, this.size, pixelRatio) : null;
    }
    this.layer.clearLines();
    const { layout } = this;
    if (!shape || !layout) return;
    if (this.pick && (this.pick.network >= shape[0] || this.pick.filter >= shape[1])) this.pick = null;
    const { line } = this.layer;
    this.#headings(new CanvasPen(line, this.scene.theme.font), layout);
    this.#writeBlocks(layout).forEach((block, network) => block.draw(line, layout.block(network), layout.cell, GAP));
    this.#showSelection();
  }

  /** @param {ImagesLayout} layout */
  #writeBlocks(layout) {
    const { shape } = this;
    const values = this.#values();
    this.blocks = Array.from({ length: layout.networks }, (_, network) => this.blocks[network] ?? new Block());
    this.blocks.forEach((block, network) => block.write(values, shape, network, layout.across));
    return this.blocks;
  }

  /**
   * A network's name over its colour, and the mean of the variant's first number.
   *
   * @param {Pen} pen
   * @param {ImagesLayout} layout
   */
  #headings(pen, layout) {
    const { theme, colours } = this.scene;
    const number = this.#headline();
    const networks = Array.from({ length: layout.networks }, (_, network) => ({
      label: this.#label(network),
      mean: number ? `${number.label} ${significant(this.#mean(number.array, network), 2)}` : "",
      ...layout.block(network),
    }));
    // px, about
    const width = (/** @type {string} */ label, /** @type {string} */ number) =>
      8 * label.length + 8 + 7 * number.length;
    const fits = (/** @type {string} */ before) =>
      networks.every(({ label, mean }) => width(label, before + mean) < layout.width);
    const before = number ? ["mean ", ""].find(fits) : undefined;
    networks.forEach(({ label, mean, x, y }, network) => {
      const [under, right] = [y - 6, x + layout.width];
      const line = [x, right].map((end) => ({ x: end, y: under }));
      pen.line(line, { colour: networkColour(colours, network), width: 3, cap: "butt" });
      pen.text({ x, y: under - 11 }, label, { colour: theme.text, size: 14, weight: 600, anchor: "start" });
      if (before === undefined) return;
      pen.text({ x: right, y: under - 11 }, before + mean, { colour: theme.muted, size: 13, anchor: "end" });
    });
  }

  // The selected filter: a frame around it, and its panel.
  #showSelection() {
    this.layer.clearHeads();
    const { layout, pick } = this;
    if (!pick || !layout || !this.now) return this.panel.hide();
    const [, filters, channels, k] = this.shape;
    const { x, y } = layout.at(pick);
    const { head } = this.layer;
    head.lineJoin = "miter";
    const { text, background } = this.scene.theme;
    const frames = [
      { out: 1, lineWidth: 2, strokeStyle: text },
      { out: 2.5, lineWidth: 1, strokeStyle: background },
    ];
    for (const { out, lineWidth, strokeStyle } of frames) {
      Object.assign(head, { lineWidth, strokeStyle });
      head.strokeRect(x - out, y - out, layout.cell + 2 * out, layout.cell + 2 * out);
    }
    const start = (pick.network * filters + pick.filter) * channels * k * k;
    const { log, frame } = this.now;
    const fit = log.array(frame, this.variant.fit ?? "");
    this.panel.show(this.#name(pick), this.#values(), start, [channels, k], fit, this.#numbers(pick));
    this.panel.moveBeside({ x, y }, layout.cell, layout.free(this.size), this.size);
  }

  // ---- numbers and text

  #values() {
    const { log, frame } = this.present;
    return log.array(frame, this.variant.array);
  }

  /** @param {number} network */
  #label(network) {
    return this.spec.labels[network] ?? `α ${setting(this.present.log.chartData.alphas?.[network] ?? network + 1)}`;
  }

  /** @param {FilterPick} pick */
  #name({ network, filter }) {
    return `${this.#label(network)}, filter ${filter + 1}`;
  }

  /**
   * The variant that a number describes; by default the filters themselves.
   *
   * @param {Pick<FilterNumber, "of">} number
   */
  #variantOf({ of }) {
    return this.spec.arrays.find(({ label }) => label === of) ?? this.spec.arrays[0];
  }

  // The first number of what is shown.
  #headline() {
    return this.spec.numbers.find(
      (one) => this.#variantOf(one) === this.variant && this.present.log.arrays.has(one.array),
    );
  }

  /**
   * @param {FilterPick} pick
   * @returns {[label: string, value: string][]}
   */
  #numbers({ network, filter }) {
    const { log, frame } = this.present;
    const [, filters] = this.shape;
    const available = this.spec.numbers.filter(({ array }) => log.arrays.has(array));
    const own = available.filter((number) => this.#variantOf(number) === this.variant);
    return (own.length ? own : available).map(({ array, label, unit, ...rest }) => {
      const about = this.#variantOf(rest);
      const value = significant(log.array(frame, array)[network * filters + filter], 2);
      return [about === this.variant ? label : `${label} of ${about.label}`, `${value}${unit}`];
    });
  }

  /**
   * @param {string} array
   * @param {number} network
   */
  #mean(array, network) {
    const [, filters] = this.shape;
    const { log, frame } = this.present;
    const values = [...log.array(frame, array).subarray(network * filters, (network + 1) * filters)].filter(
      Number.isFinite,
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  /** @override */
  altText() {
    if (!this.now) return "";
    const [networks, filters] = this.shape;
    const number = this.#headline();
    const means = Array.from({ length: networks }, (_, network) => {
      const mean = number && `: mean ${number.label} ${significant(this.#mean(number.array, network), 2)}`;
      return this.#label(network) + (mean ?? "");
    });
    const ways = "Arrow keys go from filter to filter, Escape leaves them.";
    return `${this.title}: ${filters} pictures for each network. ${means.join("; ")}. ${ways}`;
  }

  #announce() {
    if (!this.now || !this.pick) return;
    const numbers = this.#numbers(this.pick).map(([label, value]) => `${label} ${value}`);
    this.spoken.textContent = [this.#name(this.pick), ...numbers].join(", ");
  }

  // ---- interaction

  /** @param {Variant} variant */
  #show(variant) {
    this.variant = variant;
    this.variants.press(variant);
    this.redraw();
    if (this.now) this.plot.setAttribute("aria-label", this.altText());
  }

  /** @param {FilterPick | null} pick */
  #choose(pick) {
    if (pick?.network === this.pick?.network && pick?.filter === this.pick?.filter) return;
    this.pick = pick;
    this.#showSelection();
  }
}
