// A run in its three weights: the surface that training cannot leave, coloured by the loss, and the way along it.
//
// Painted on canvases, without WebGL, so it looks and streams alike on every machine. The surface is painted anew only
// when the camera, the run or the theme changes; a frame of a playing run adds a piece of line.

import { element, icon, mark, swatch } from "./elements.js";
import { EXACT_WIDTH, exactOpacity } from "./exact.js";
import { Layer } from "./layer.js";
import { setting, significant, whole } from "./numbers.js";
import { orbit } from "./orbit.js";
import { CanvasPen } from "./pens.js";
import { Camera, Projection } from "./projection.js";
import { drawAxes, drawTitles, roundRange } from "./space_axes.js";
import { saveSpace } from "./space_file.js";
import { drawBed, drawHead, drawLine, drawPoint, drawStart, drawTrail, LINES, trailReader } from "./space_marks.js";
import { lossColours, meshes, Surface } from "./space_surface.js";

const GHOSTLY = 0.8; // opacity of the run before
const SOLID = 0.93; // opacity of the surface: the axes behind it show that they go on
const FINE = 2; // pixels of the surface for one px
const COARSE = 1; // while it turns
const NEAR = 14; // px: a mark this close to the pointer is named
const EMPTY = { x: [-1, 1], y: [-1, 1], z: [-1, 1] };

const ICONS = {
  camera:
    "M5 3l1-1.5h4L11 3h3.5v10h-13V3zM8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zm0 1.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
  save: "M2 1h9l3 3v11H2zM4 2v4h7V2zM4 14h8V9H4z",
  closer: "M7 2h2v5h5v2H9v5H7V9H2V7h5z",
  farther: "M2 7h12v2H2z",
  home: "M8 1l7 6.5h-2V14H9.5v-4h-3v4H3V7.5H1z",
};

export class SpaceChart {
  /** spec: from data.charts; its three columns are the axes, the last one upwards. */
  constructor(spec) {
    this.spec = spec;
    this.camera = new Camera();
    this.layer = new Layer();
    this.caption = element("figcaption");
    this.ground = element("canvas", { class: "layer ground", "aria-hidden": "true" });
    this.plot = element("div", {
      class: "plot",
      tabindex: 0,
      role: "application",
      "aria-label": `${spec.title}: a picture in three dimensions. Arrow keys turn it, plus and minus zoom.`,
    });
    this.tip = element("div", { class: "tip", hidden: true });
    this.frame = element("div", { class: "frame" }, this.ground, ...this.layer.nodes, this.plot, this.#bar(), this.tip);
    this.node = element("figure", { class: "chart space-chart main", "data-chart": spec.id }, this.caption, this.frame);
    this.fresh = true;
    this.painting = false;
    this.stale = true;
    this.painted = new Map(); // key of a run -> last frame on the canvas
    this.size = [0, 0];
    this.exportSize = [800, 840];
    this.moved = false; // by hand: then the camera stays where it is
    this.view = {}; // the last opening's: it stays until the next run has one
    this.meshes = [];
    this.ratio = FINE;
    orbit(this.plot, {
      turn: (right, up) => this.#turn(() => this.camera.orbit(right, up)),
      magnify: (factor) => this.#turn(() => this.camera.magnify(factor)),
      reset: () => this.reset(),
      rest: () => this.#sharpen(),
    });
    this.plot.addEventListener("pointermove", (event) => this.#point(event));
    this.plot.addEventListener("pointerleave", () => (this.tip.hidden = true));
  }

  get built() {
    return Boolean(this.scene);
  }

  build(_, scene) {
    this.scene = scene;
    this.measure();
    this.fit(scene);
  }

  remove() {
    cancelAnimationFrame(this.raf);
    clearTimeout(this.sharpening);
    this.gone = true;
    this.node.remove();
  }

  describe(scene) {
    // Until a new run's first frame the old words stay: a line that breaks anew changes the size of the picture.
    if (!scene.current.log.opening && this.caption.childElementCount) return;
    const { current, theme } = scene;
    const { view } = current.log;
    const keys = [
      [swatch(current.colour), "training"],
      ...(view.exact?.[this.spec.columns[0]]
        ? [[swatch(current.colour, "solid", EXACT_WIDTH, exactOpacity(theme)), "exact"]]
        : []),
      [mark("ring", theme.text), "start"],
      ...this.#roles(view).map(({ role, label }) => [
        swatch(theme.text, LINES[role]?.dash.length ? "dash" : "solid", 2),
        label,
      ]),
      [this.#ramp(theme), "loss, low to high"],
    ].map(([node, words]) => element("span", { class: "key" }, node, words));
    const note = [view.space_note, this.spec.note].filter(Boolean).join(" ");
    const line = note ? [element("span", { class: "note" }, note)] : [];
    this.caption.replaceChildren(element("strong", {}, this.spec.title), ...keys, ...line);
  }

  shown(scene) {
    return [...scene.kept, scene.current].filter(({ log }) => this.spec.columns.every((column) => log.has(column)));
  }

  measure() {
    const size = [this.frame.clientWidth, this.frame.clientHeight];
    const changed = size[0] !== this.size[0] || size[1] !== this.size[1];
    this.size = size;
    return changed;
  }

  resize() {
    if (this.measure() && this.built) this.#draw();
  }

  /** Take over what the current run's opening says of its surface. */
  fit(scene) {
    const { log } = scene.current;
    if (log.opening && log.view !== this.view) {
      this.view = log.view;
      this.meshes = meshes(this.view.sheets);
      if (!this.moved) this.camera.reset(gap(this.view.sheets));
      this.stale = true;
      this.ratio = COARSE; // at once, and better when there is time
      this.#sharpen();
    }
    if (scene.theme.key !== this.scene.theme.key) this.stale = true;
    this.scene = scene;
    if (this.stale && !this.painting) this.#draw();
  }

  /** The camera back to its usual place. */
  reset() {
    this.#turn(() => this.camera.reset(gap(this.view.sheets)));
    this.moved = false;
    this.#sharpen();
  }

  /** Draw what was added since the last time, or everything. */
  paint(scene) {
    this.scene = scene;
    this.painting = true;
    const runs = this.shown(scene);
    const whole =
      this.stale || runs.length !== this.painted.size || runs.some((run) => !(run.upTo >= this.painted.get(run.key)));
    if (whole) this.#ground(scene, runs);
    const { surface, projection } = this;
    if (!surface) return;
    for (const run of runs) {
      const from = this.painted.get(run.key) ?? 0;
      const at = trailReader(run.log, this.spec.columns, projection);
      if (run.upTo > from) drawTrail(this.linePen, at, surface, run.colour, from, run.upTo);
      this.painted.set(run.key, Math.max(0, run.upTo));
    }
    this.layer.clearHeads();
    this.#heads(this.headPen, projection, surface, scene, runs);
    this.stale = false;
  }

  /** Playing has come to rest: there is nothing to hand over, the canvases are the picture. */
  settle(scene) {
    if (this.stale) this.paint(scene);
    this.scene = scene;
    this.painting = false;
  }

  save(format) {
    return saveSpace(this, format);
  }

  /** The whole picture at some size, for a file. */
  picture(pen, size) {
    const { scene } = this;
    const projection = this.#projection(size);
    const surface = this.#surface(projection, 2);
    this.#still(pen, projection, surface, scene);
    const runs = this.shown(scene);
    for (const { log, upTo, colour } of runs) {
      drawTrail(pen, trailReader(log, this.spec.columns, projection), surface, colour, 0, upTo);
    }
    this.#heads(pen, projection, surface, scene, runs);
  }

  // ---- drawing

  #projection(size) {
    return new Projection(roundRange(this.view.space_range ?? EMPTY), this.camera, size);
  }

  #surface(projection, ratio) {
    return new Surface(projection, ratio).paint(this.meshes, lossColours(this.scene.theme));
  }

  #ground(scene, runs) {
    this.painted.clear();
    for (const run of runs) this.painted.set(run.key, 0);
    const [width, height] = this.size;
    if (width < 20 || height < 20) return;
    this.layer.cover({ left: 0, top: 0, width, height });
    const { font } = scene.theme;
    [this.linePen, this.headPen] = [this.layer.line, this.layer.head].map((context) => new CanvasPen(context, font));
    this.projection = this.#projection(this.size);
    const about = JSON.stringify([this.camera, this.size, this.ratio, scene.theme.key]);
    if (about !== this.about || this.view !== this.pictured) {
      [this.about, this.pictured] = [about, this.view];
      this.surface = this.#surface(this.projection, this.ratio);
    }
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    Object.assign(this.ground, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this.ground.style, { left: 0, top: 0, width: `${width}px`, height: `${height}px` });
    const context = this.ground.getContext("2d");
    context.scale(this.ground.width / width, this.ground.height / height);
    this.#still(new CanvasPen(context, font), this.projection, this.surface, scene);
  }

  // All that stays while a run plays.
  #still(pen, projection, surface, scene) {
    const { theme } = scene;
    const { columns, axes } = this.spec;
    if (!this.view.space_range) return; // no run has said anything yet
    drawAxes(pen, projection, axes[2], theme);
    pen.image(surface.canvas, 0, 0, ...projection.size, SOLID);
    drawTitles(pen, projection, surface, axes, theme);
    for (const line of this.view.space_lines ?? []) drawLine(pen, projection, surface, line, theme);
    for (const run of this.shown(scene)) {
      const { exact } = run.log.view;
      if (columns.every((column) => exact?.[column]?.length)) {
        drawBed(pen, projection, surface, exact, columns, run.colour, theme);
      }
    }
    for (const point of this.view.space_points ?? []) drawPoint(pen, projection, surface, point, theme);
    const { ghost } = scene;
    if (ghost && columns.every((column) => ghost.log.has(column))) {
      const at = trailReader(ghost.log, columns, projection);
      drawTrail(pen, at, surface, scene.colours.ghost, 0, ghost.upTo, GHOSTLY);
    }
  }

  #heads(pen, projection, surface, { theme }, runs) {
    for (const { log, upTo, colour } of runs) {
      if (upTo < 0) continue;
      const at = trailReader(log, this.spec.columns, projection);
      drawStart(pen, at(0), surface, theme);
      drawHead(pen, at(upTo), surface, colour, theme);
    }
  }

  // The camera or the size has changed.
  #draw() {
    const { painting } = this;
    this.stale = true;
    this.paint(this.scene);
    this.painting = painting;
  }

  #turn(change) {
    change();
    this.moved = true;
    this.tip.hidden = true;
    this.ratio = COARSE;
    if (this.raf || !this.built) return;
    this.raf = requestAnimationFrame(() => {
      this.raf = 0;
      this.#draw();
    });
  }

  #sharpen() {
    clearTimeout(this.sharpening);
    this.sharpening = setTimeout(() => {
      this.ratio = FINE;
      if (this.built && !this.gone) this.#draw();
    }, 120);
  }

  // ---- around it

  #roles(view) {
    const lines = view.space_lines ?? [];
    return lines.filter((line, k) => k === lines.findIndex(({ role }) => role === line.role));
  }

  #ramp(theme) {
    const colours = lossColours(theme);
    const stops = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
      const k = 3 * Math.round(1023 * share);
      return `rgb(${colours[k]}, ${colours[k + 1]}, ${colours[k + 2]})`;
    });
    const node = element("i", { class: "ramp", "aria-hidden": "true" });
    node.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    return node;
  }

  #bar() {
    const button = (name, path, onclick) =>
      element("button", { type: "button", title: name, "aria-label": name, onclick }, icon(path));
    const magnify = (factor) => () => {
      this.#turn(() => this.camera.magnify(factor));
      this.#sharpen();
    };
    return element(
      "div",
      { class: "bar" },
      button("Download as PNG", ICONS.camera, () => this.save("png")),
      button("Download as SVG", ICONS.save, () => this.save("svg")),
      button("Closer", ICONS.closer, magnify(1.25)),
      button("Farther", ICONS.farther, magnify(0.8)),
      button("Reset the camera", ICONS.home, () => this.reset()),
    );
  }

  // What is under the pointer: a frame of a trail, or a point of the landscape.
  #point(event) {
    if (event.buttons || !this.projection || !this.surface) return;
    const [x, y] = [event.offsetX, event.offsetY];
    let nearest = { far: NEAR, words: null };
    const consider = (at, words) => {
      const far = Math.hypot(at.x - x, at.y - y);
      if (far < nearest.far) nearest = { far, words, at };
    };
    const { columns, axes } = this.spec;
    for (const { log, upTo, label } of this.shown(this.scene)) {
      const at = trailReader(log, columns, this.projection);
      for (let k = 0; k <= upTo; k++) {
        consider(at(k), () => [
          ...(label ? [label] : []),
          ...axes.map((title, c) => `${title} = ${significant(log.value(k, columns[c]))}`),
          `t = ${significant(log.time(k))}, step ${whole(log.step(k))}`,
        ]);
      }
    }
    for (const { label, x: u, y: v, z } of this.view.space_points ?? []) {
      consider(this.projection.at(u, v, z), () => [
        label,
        ...axes.map((title, c) => `${title} = ${setting([u, v, z][c])}`),
      ]);
    }
    this.tip.hidden = !nearest.words;
    if (!nearest.words) return;
    this.tip.replaceChildren(...nearest.words().map((words) => element("div", {}, words)));
    const [width, height] = [this.tip.offsetWidth, this.tip.offsetHeight];
    const left = nearest.at.x + 12 + width < this.size[0] ? nearest.at.x + 12 : nearest.at.x - 12 - width;
    this.tip.style.left = `${Math.max(0, left)}px`;
    this.tip.style.top = `${Math.min(this.size[1] - height, Math.max(0, nearest.at.y - height / 2))}px`;
  }
}

// What part of the height is empty between two sheets.
function gap(sheets = []) {
  const heights = sheets.flatMap((sheet) => sheet.z.flat().map(Math.abs));
  return heights.length ? Math.min(...heights) / Math.max(...heights, Number.MIN_VALUE) : 0;
}
