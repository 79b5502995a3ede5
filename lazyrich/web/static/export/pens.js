// Two drawing targets with the same methods: a canvas on the screen, and an SVG file.

import { plain } from "../core/figure.js";
import { pngAddress } from "./png.js";
import { readsBack } from "./readback.js";

/** Points are {x, y} in px; one that is not finite breaks a line. */
export class CanvasPen {
  constructor(context, font) {
    this.context = context;
    this.font = font;
  }

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

  /** turn: degrees clockwise around the point. */
  text({ x, y }, words, { colour, size = 12, weight = 400, anchor = "middle", halo = null, turn = 0 }) {
    const { context } = this;
    if (turn) {
      context.save();
      context.translate(x, y);
      context.rotate((turn * Math.PI) / 180);
      this.text({ x: 0, y: 0 }, words, { colour, size, weight, anchor, halo });
      context.restore();
      return;
    }
    context.font = `${weight} ${size}px ${this.font}`;
    context.textAlign = { start: "left", middle: "center", end: "right" }[anchor];
    context.textBaseline = "middle";
    if (halo) {
      context.strokeStyle = halo;
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeText(words, x, y);
    }
    context.fillStyle = colour;
    context.fillText(words, x, y);
  }

  /** All that is drawn from now on is moved by so much. */
  shift(x, y) {
    this.context.translate(x, y);
  }

  /** A picture that has been drawn already, an image here, where the pen is now. */
  place(image, width, height) {
    this.context.drawImage(image, 0, 0, width, height);
  }

  image(canvas, left, top, width, height, opacity) {
    this.context.globalAlpha = opacity;
    this.context.drawImage(canvas, left, top, width, height);
    this.context.globalAlpha = 1;
  }
}

export class SvgPen {
  /** lengths: of the file, where they are not its px. */
  constructor(width, height, font, lengths = [width, height]) {
    const size = `width="${lengths[0]}" height="${lengths[1]}" viewBox="0 0 ${width} ${height}"`;
    this.parts = [`<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${quoted(font)}">`];
    this.groups = 0;
    this.readable = undefined; // whether a canvas can be read back, once it is known
    this.pictures = []; // promises of those that have to be written pixel by pixel
  }

  line(points, { colour, width = 1, dash = [], opacity = 1, fill = null, cap = "round" }) {
    const path = pieces(points)
      .map((piece) => `M${piece.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}`)
      .join("");
    if (!path) return;
    const look = { d: path, fill: fill ?? "none", stroke: colour ?? "none", "stroke-width": width, opacity };
    if (dash.length) look["stroke-dasharray"] = dash.join(" ");
    this.#add("path", { ...look, "stroke-linecap": cap, "stroke-linejoin": "round" });
  }

  disc({ x, y }, radius, { fill, colour, width = 1.5, opacity = 1 }) {
    if (!Number.isFinite(x + y)) return;
    const look = { fill: fill ?? "none", stroke: colour ?? "none", "stroke-width": width, opacity };
    this.#add("circle", { cx: round(x), cy: round(y), r: radius, ...look });
  }

  text({ x, y }, words, { colour, size = 12, weight = 400, anchor = "middle", halo = null, turn = 0 }) {
    const look = { x: round(x), y: round(y), fill: colour, "font-size": size, "font-weight": weight };
    const edge = halo ? { stroke: halo, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" } : {};
    if (turn) look.transform = `rotate(${turn} ${look.x} ${look.y})`;
    this.#add("text", { ...look, ...edge, "text-anchor": anchor, "dominant-baseline": "central" }, plain(words));
  }

  /** canvas: with `pixels`, a function that gives its ImageData anew where a canvas cannot be read back. */
  image(canvas, left, top, width, height, opacity) {
    const add = (href) => this.#add("image", { x: left, y: top, width, height, opacity, href });
    this.readable ??= readsBack();
    if (this.readable) return add(canvas.toDataURL("image/png"));
    const place = this.parts.push("") - 1;
    const write = (href) => {
      add(href);
      this.parts[place] = this.parts.pop();
    };
    this.pictures.push(pngAddress(canvas.pixels()).then(write));
  }

  /** Wait for the pictures, after which the file can be written. */
  pictured() {
    return Promise.all(this.pictures);
  }

  /** A picture that has been drawn already, the text of an SVG here, where the pen is now. */
  place(text) {
    this.parts.push(text.slice(text.indexOf("<svg")));
  }

  shift(x, y) {
    this.parts.push(`<g transform="translate(${x} ${y})">`);
    this.groups += 1;
  }

  toString() {
    return `${this.parts.join("")}${"</g>".repeat(this.groups)}</svg>`;
  }

  #add(tag, attributes, content = "") {
    const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${quoted(value)}"`);
    this.parts.push(`<${tag}${written.join("")}>${content}</${tag}>`);
  }
}

const round = (px) => Math.round(100 * px) / 100;
const quoted = (value) => plain(value).replace(/"/g, "&quot;");

function pieces(points) {
  const all = [[]];
  for (const point of points) {
    if (Number.isFinite(point.x + point.y)) all.at(-1).push(point);
    else if (all.at(-1).length) all.push([]);
  }
  return all.filter((piece) => piece.length > 1);
}
