// The path of a run through its three weights, on the surface that training cannot leave, coloured by the loss.
//
// Painted on canvases, without WebGL, so it looks and streams alike on every machine. The surface is repainted only when
// the camera, the run or the theme changes; a frame of a playing run adds a piece of line.

import { Incremental } from "../../core/incremental.js";
import { cover, layer, Overlay } from "../../core/overlay.js";
import { PaintedChart } from "../../core/painted_chart.js";
import { CanvasPen } from "../../export/pens.js";
import { toolbar } from "../../shell/toolbar.js";
import { Tooltip } from "../../shell/tooltip.js";
import { orbit } from "./camera_controls.js";
import { Camera, Projection } from "./projection.js";
import { drawAxes, drawTitles, roundRange } from "./space_axes.js";
import { spaceKeys } from "./space_caption.js";
import { saveSpace } from "./space_file.js";
import { drawExactPath, drawHead, drawLine, drawPoint, drawStart, drawTrail, trailReader } from "./space_marks.js";
import { pointedAt } from "./space_pointer.js";
import { lossColours, meshes, Surface } from "./space_surface.js";

const GHOST_OPACITY = 0.8; // opacity of the previous run
const SOLID = 0.93; // opacity of the surface: the axes behind it show through
const FINE = 2; // pixels of the surface for one px
const COARSE = 1; // while it turns
const SHARPEN_AFTER = 120; // ms after the last turn until it is fine again
/** @type {SpaceRange} */
const EMPTY = { x: [-1, 1], y: [-1, 1], z: [-1, 1] };

/** @import { Space } from "../../core/chart_specs.d.ts" */
/** @import { Pen, Pointer, SaveAs, Scene, ShownRun, Size } from "../../core/types.d.ts" */
/** @import { ExportOptions } from "../../export/targets.js" */
/** @import { ChartData, Sheet } from "../../stream/messages.d.ts" */
/** @import { SpaceRange } from "./projection.js" */
/** @import { Mesh } from "./space_surface.js" */

/**
 * @typedef {object} Drawn
 * @property {string} surfaceKey camera, size, ratio and theme for which the surface was painted
 * @property {ChartData} chartData
 * @property {Projection} projection
 * @property {Surface} surface
 * @property {CanvasPen} lines
 * @property {CanvasPen} heads
 */

/** @extends {PaintedChart<Space>} */
export class SpaceChart extends PaintedChart {
  /** @param {Space} spec its three columns are the axes, the last one upwards */
  constructor(spec) {
    const help = "Arrow keys turn it, plus and minus zoom.";
    const label = `${spec.title}: a picture in three dimensions. ${help}`;
    super(spec, { tabindex: 0, role: "application", "aria-label": label });
    this.node.classList.add("main");
    this.camera = new Camera();
    this.layer = new Overlay();
    this.incremental = new Incremental();
    this.ground = layer("ground");
    this.tip = new Tooltip(this.plot, (pointer) => this.#find(pointer));
    this.frame.append(this.ground, ...this.layer.nodes, this.plot, this.#bar(), this.tip.node);
    /** @type {Size} */
    this.exportSize = [800, 760];
    this.moved = false; // whether the visitor has moved the camera: then it stays where it is
    /** @type {ChartData} */
    this.chartData = {}; // the last header's: it stays until the next run has one
    /** @type {Mesh[]} */
    this.meshes = [];
    this.ratio = FINE;
    this.redrawRequest = 0; // animation frame
    this.sharpenTimer = 0;
    /** @type {Drawn | null} */
    this.drawn = null; // what the canvases show
    orbit(this.plot, {
      turn: (right, up) => this.#turn(() => this.camera.orbit(right, up)),
      magnify: (factor) => this.#turn(() => this.camera.magnify(factor)),
      reset: () => this.reset(),
      release: () => this.#sharpen(),
    });
  }

  /** @override */
  remove() {
    cancelAnimationFrame(this.redrawRequest);
    clearTimeout(this.sharpenTimer);
    super.remove();
  }

  /** @override @type {PaintedChart["writeCaption"]} */
  writeCaption({ current, theme }) {
    const { chartData } = current.log;
    this.setCaption(spaceKeys(this.spec, chartData, current.colour, theme), this.spec.note);
  }

  /** @param {Scene} scene */
  shownRuns(scene) {
    return [...scene.kept, scene.current].filter(({ log }) => this.spec.columns.every((column) => log.has(column)));
  }

  /** @override @type {PaintedChart["readHeader"]} */
  readHeader({ current: { log } }) {
    if (!log.header || log.chartData === this.chartData) return;
    this.chartData = log.chartData;
    this.meshes = meshes(this.chartData.sheets);
    if (!this.moved) this.camera.reset(gap(this.chartData.sheets));
    this.stale = true;
    this.ratio = COARSE; // drawn at once; refined later
    this.#sharpen();
  }

  /** @override */
  advance() {
    return true;
  }

  /** Move the camera back to its default position. */
  reset() {
    this.#turn(() => this.camera.reset(gap(this.chartData.sheets)));
    this.moved = false;
    this.#sharpen();
  }

  /**
   * @param {SaveAs} format
   * @param {ExportOptions} [options]
   */
  save(format, options) {
    return this.built ? saveSpace(this, format, options) : null;
  }

  /**
   * The whole picture at some size, for a file.
   *
   * @param {Pen} pen
   * @param {Size} size
   */
  picture(pen, size) {
    const { scene } = this;
    const projection = this.#projection(size);
    const surface = this.#surface(projection, FINE);
    this.#drawStatic(pen, projection, surface, scene);
    const runs = this.shownRuns(scene);
    for (const { log, upTo, colour } of runs) {
      drawTrail(pen, trailReader(log, this.spec.columns, projection), surface, colour, 0, upTo);
    }
    this.#heads(pen, projection, surface, scene, runs);
  }

  // ---- drawing

  /**
   * Draw what was added since the last time, or everything.
   *
   * @override
   */
  draw() {
    const { scene } = this;
    const runs = this.shownRuns(scene);
    const held = this.stale || !this.incremental.holds(runs) ? null : this.drawn;
    const { surface, projection, lines, heads } = held ?? this.#restart(scene);
    this.incremental.extend(runs, ({ log, upTo, colour }, from) => {
      drawTrail(lines, trailReader(log, this.spec.columns, projection), surface, colour, from, upTo);
    });
    this.layer.clearHeads();
    this.#heads(heads, projection, surface, scene, runs);
  }

  /** @param {Size} size */
  #projection(size) {
    return new Projection(roundRange(this.chartData.space_range ?? EMPTY), this.camera, size);
  }

  /**
   * @param {Projection} projection
   * @param {number} ratio pixels for one px
   */
  #surface(projection, ratio) {
    return new Surface(projection, ratio).paint(this.meshes, lossColours(this.scene.theme));
  }

  /**
   * Draw all but trails and heads. The surface stays as long as nothing of it changes.
   *
   * @param {Scene} scene
   * @returns {Drawn}
   */
  #restart(scene) {
    this.incremental.restart();
    const area = { left: 0, top: 0, width: this.size[0], height: this.size[1] };
    this.layer.cover(area);
    const { font } = scene.theme;
    const surfaceKey = JSON.stringify([this.camera, this.size, this.ratio, scene.theme.key]);
    const { chartData, drawn } = this;
    const projection = this.#projection(this.size);
    const same = drawn?.surfaceKey === surfaceKey && drawn.chartData === chartData;
    this.drawn = {
      surfaceKey,
      chartData,
      projection,
      surface: same ? drawn.surface : this.#surface(projection, this.ratio),
      lines: new CanvasPen(this.layer.line, font),
      heads: new CanvasPen(this.layer.head, font),
    };
    this.#drawStatic(new CanvasPen(cover(this.ground, area), font), projection, this.drawn.surface, scene);
    return this.drawn;
  }

  /**
   * Draw the parts that are constant while a run plays.
   *
   * @param {Pen} pen
   * @param {Projection} projection
   * @param {Surface} surface
   * @param {Scene} scene
   */
  #drawStatic(pen, projection, surface, scene) {
    const { theme } = scene;
    const { columns, axes } = this.spec;
    if (!this.chartData.space_range) return; // no header has come yet
    drawAxes(pen, projection, axes[2], theme);
    const [width, height] = projection.size;
    pen.image(surface.canvas, 0, 0, width, height, SOLID);
    drawTitles(pen, projection, surface, axes, theme);
    for (const line of this.chartData.space_lines ?? []) drawLine(pen, projection, surface, line, theme);
    for (const run of this.shownRuns(scene)) {
      const { exact = {} } = run.log.chartData;
      const exactPath = columns.map((column) => exact[column] ?? []);
      if (exactPath.every(({ length }) => length))
        drawExactPath(pen, projection, surface, exactPath, run.colour, theme);
    }
    for (const point of this.chartData.space_points ?? []) drawPoint(pen, projection, surface, point, theme);
    const { ghost } = scene;
    if (ghost && columns.every((column) => ghost.log.has(column))) {
      const at = trailReader(ghost.log, columns, projection);
      drawTrail(pen, at, surface, scene.colours.ghost, 0, ghost.upTo, GHOST_OPACITY);
    }
  }

  /**
   * @param {Pen} pen
   * @param {Projection} projection
   * @param {Surface} surface
   * @param {Scene} scene
   * @param {ShownRun[]} runs
   */
  #heads(pen, projection, surface, { theme }, runs) {
    for (const { log, upTo, colour } of runs) {
      if (upTo < 0) continue;
      const at = trailReader(log, this.spec.columns, projection);
      drawStart(pen, at(0), surface, theme);
      drawHead(pen, at(upTo), surface, colour, theme);
    }
  }

  // ---- interaction

  /** @param {() => void} change */
  #turn(change) {
    change();
    this.moved = true;
    this.tip.hide();
    this.ratio = COARSE;
    if (this.redrawRequest || !this.built) return;
    this.redrawRequest = requestAnimationFrame(() => {
      this.redrawRequest = 0;
      this.redraw();
    });
  }

  #sharpen() {
    clearTimeout(this.sharpenTimer);
    this.sharpenTimer = setTimeout(() => {
      this.ratio = FINE;
      if (this.built) this.redraw();
    }, SHARPEN_AFTER);
  }

  #bar() {
    const magnify = (/** @type {number} */ factor) => () => {
      this.#turn(() => this.camera.magnify(factor));
      this.#sharpen();
    };
    return toolbar(this, [
      ["Closer", "closer", magnify(1.25)],
      ["Farther", "farther", magnify(0.8)],
      ["Reset the camera", "home", () => this.reset()],
    ]);
  }

  /**
   * The tooltip under a pointer; none while the visitor turns the space.
   *
   * @param {Pointer} pointer
   */
  #find(pointer) {
    if (pointer.held || !this.drawn) return null;
    const { space_points: points = [] } = this.chartData;
    return pointedAt(pointer, this.drawn.projection, this.spec, this.shownRuns(this.scene), points);
  }
}

/**
 * The share of the height that is empty between two sheets.
 *
 * @param {Sheet[]} [sheets]
 */
function gap(sheets = []) {
  const heights = sheets.flatMap((sheet) => sheet.z.flat().map(Math.abs));
  return heights.length ? Math.min(...heights) / Math.max(...heights, Number.MIN_VALUE) : 0;
}
