// Two drawing targets with the same methods: a canvas on the screen, and an SVG file.

import { escapeHtml } from "../core/figure.js";
import { required } from "../shell/dom.js";
import { pngAddress } from "./png.js";
import { canReadCanvas } from "./readback.js";

/** @import { Lettering, Pen, Point, Stroke } from "../core/types.d.ts" */

/** @type {Record<"start" | "middle" | "end", CanvasTextAlign>} */
const ALIGNED = { start: "left", middle: "center", end: "right" };

/** @implements {Pen} */
export class CanvasPen {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string} font
   */
  constructor(context, font) {
    this.context = context;
    this.font = font;
  }

  /**
   * @param {Point[]} points
   * @param {Stroke} look
   */
  line(points, { colour, width = 1, dash = [], opacity = 1, fill = null, cap = "round" }) {
    const { context } = this;
    context.beginPath();
    for (const piece of pieces(points))
      piece.forEach(({ x, y }, k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.globalAlpha = opacity;
    context.lineCap = cap;
    context.lineJoin = "round";
    context.setLineDash(dash);
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (colour) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /**
   * @param {Point} centre
   * @param {number} radius
   * @param {Stroke} look
   */
  disc({ x, y }, radius, { fill, colour, width = 1.5, opacity = 1 }) {
    if (!Number.isFinite(x + y)) return;
    const { context } = this;
    context.globalAlpha = opacity;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (colour) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {Point} at
   * @param {string} content
   * @param {Lettering} look
   */
  text({ x, y }, content, { colour, size = 12, weight = 400, anchor = "middle", halo = null, turn = 0 }) {
    const { context } = this;
    if (turn) {
      context.save();
      context.translate(x, y);
      context.rotate((turn * Math.PI) / 180);
      this.text({ x: 0, y: 0 }, content, { colour, size, weight, anchor, halo });
      context.restore();
      return;
    }
    context.font = `${weight} ${size}px ${this.font}`;
    context.textAlign = ALIGNED[anchor];
    context.textBaseline = "middle";
    if (halo) {
      context.strokeStyle = halo;
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeText(content, x, y);
    }
    context.fillStyle = colour;
    context.fillText(content, x, y);
  }

  /**
   * Move the origin of what is drawn from now on.
   *
   * @param {number} x
   * @param {number} y
   */
  shift(x, y) {
    this.context.translate(x, y);
  }

  /**
   * A picture that has been drawn already, where the pen is now.
   *
   * @param {HTMLImageElement} image
   * @param {number} width
   * @param {number} height
   */
  place(image, width, height) {
    this.context.drawImage(image, 0, 0, width, height);
  }

  /** @type {Pen["image"]} */
  image(canvas, left, top, width, height, opacity) {
    this.context.globalAlpha = opacity;
    this.context.drawImage(canvas, left, top, width, height);
    this.context.globalAlpha = 1;
  }
}

/** @typedef {Record<string, string | number>} SvgAttributes attributes of an element of the file */

/** @implements {Pen} */
export class SvgPen {
  /**
   * @param {number} width
   * @param {number} height
   * @param {string} font
   * @param {(string | number)[]} lengths of the file, where they are not its px
   */
  constructor(width, height, font, lengths = [width, height]) {
    const size = `width="${lengths[0]}" height="${lengths[1]}" viewBox="0 0 ${width} ${height}"`;
    this.parts = [`<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${quoted(font)}">`];
    this.groups = 0;
    /** @type {boolean | undefined} */
    this.readable = undefined; // whether a canvas can be read back, once it is known
    /** @type {Promise<void>[]} */
    this.pictures = []; // pending pictures whose PNG is encoded here, pixel by pixel
  }

  /** @type {Pen["line"]} */
  line(points, { colour, width = 1, dash = [], opacity = 1, fill = null, cap = "round" }) {
    const path = pieces(points)
      .map((piece) => `M${piece.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}`)
      .join("");
    if (!path) return;
    /** @type {SvgAttributes} */
    const look = { d: path, fill: fill ?? "none", stroke: colour ?? "none", "stroke-width": width, opacity };
    if (dash.length) look["stroke-dasharray"] = dash.join(" ");
    this.#add("path", { ...look, "stroke-linecap": cap, "stroke-linejoin": "round" });
  }

  /** @type {Pen["disc"]} */
  disc({ x, y }, radius, { fill, colour, width = 1.5, opacity = 1 }) {
    if (!Number.isFinite(x + y)) return;
    const look = { fill: fill ?? "none", stroke: colour ?? "none", "stroke-width": width, opacity };
    this.#add("circle", { cx: round(x), cy: round(y), r: radius, ...look });
  }

  /** @type {Pen["text"]} */
  text({ x, y }, content, { colour, size = 12, weight = 400, anchor = "middle", halo = null, turn = 0 }) {
    /** @type {SvgAttributes} */
    const look = { x: round(x), y: round(y), fill: colour, "font-size": size, "font-weight": weight };
    /** @type {SvgAttributes} */
    const edge = halo ? { stroke: halo, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" } : {};
    if (turn) look.transform = `rotate(${turn} ${look.x} ${look.y})`;
    this.#add("text", { ...look, ...edge, "text-anchor": anchor, "dominant-baseline": "central" }, escapeHtml(content));
  }

  /** @type {Pen["image"]} */
  image(canvas, left, top, width, height, opacity) {
    const add = (/** @type {string} */ href) => this.#add("image", { x: left, y: top, width, height, opacity, href });
    this.readable ??= canReadCanvas();
    if (this.readable) return add(canvas.toDataURL("image/png"));
    const place = this.parts.push("") - 1;
    const write = (/** @type {string} */ href) => {
      add(href);
      this.parts[place] = this.parts.pop() ?? "";
    };
    const pixels = required(canvas.pixels, "The function that returns the pixels of a canvas");
    this.pictures.push(pngAddress(pixels()).then(write));
  }

  /** Resolves when all embedded pictures are encoded, so that the file can be written. */
  picturesReady() {
    return Promise.all(this.pictures);
  }

  /**
   * A picture that has been drawn already, where the pen is now.
   *
   * @param {string} text of an SVG
   */
  place(text) {
    this.parts.push(text.slice(text.indexOf("<svg")));
  }

  /** @type {Pen["shift"]} */
  shift(x, y) {
    this.parts.push(`<g transform="translate(${x} ${y})">`);
    this.groups += 1;
  }

  toString() {
    return `${this.parts.join("")}${"</g>".repeat(this.groups)}</svg>`;
  }

  /**
   * @param {string} tag
   * @param {SvgAttributes} attributes
   * @param {string} content
   */
  #add(tag, attributes, content = "") {
    const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${quoted(value)}"`);
    this.parts.push(`<${tag}${written.join("")}>${content}</${tag}>`);
  }
}

const round = (/** @type {number} */ px) => Math.round(100 * px) / 100;
const quoted = (/** @type {string | number} */ value) => escapeHtml(value).replace(/"/g, "&quot;");

/**
 * The parts of a line between points that break it.
 *
 * @param {Point[]} points
 */
function pieces(points) {
  /** @type {Point[]} */
  let piece = [];
  const all = [piece];
  for (const point of points) {
    if (Number.isFinite(point.x + point.y)) piece.push(point);
    else if (piece.length) {
      piece = [];
      all.push(piece);
    }
  }
  return all.filter(({ length }) => length > 1);
}
