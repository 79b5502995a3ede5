// A chart that paints itself, without plotly: its canvas is the picture, while a run plays and at rest.
//
// A subclass defines tell(scene) and draw(), which draws this.scene, completely if this.stale, and overrides other
// methods as needed.

import { Chart } from "./chart.js";

const LEAST = 40; // px: a smaller chart is hidden, or about to be

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { Scene, ShownRun } from "./types.d.ts" */

/**
 * @template {ChartSpec} [S=ChartSpec]
 * @extends {Chart<S>}
 */
export class PaintedChart extends Chart {
  get built() {
    return Boolean(this.scene);
  }

  build(_, scene) {
    this.scene = scene;
    this.measure();
    this.fit(scene);
  }

  resize() {
    if (this.measure() && this.built) this.redraw();
  }

  /** @param {Scene} scene */
  fit(scene) {
    if (scene.theme.key !== this.scene.theme.key) this.stale = true;
    this.scene = scene;
    this.learn(scene);
    if (this.stale && !this.painting) this.redraw();
  }

  /** @param {Scene} scene */
  paint(scene) {
    this.scene = scene;
    this.painting = true;
    if (this.advance(scene.current) || this.stale) this.#draw();
  }

  /**
   * Playing has stopped: the canvas already shows the picture.
   *
   * @param {Scene} scene
   */
  settle(scene) {
    if (this.stale) this.paint(scene);
    this.scene = scene;
    this.painting = false;
    const words = this.words();
    if (words) this.plot.setAttribute("aria-label", words);
  }

  /** Redraw everything. */
  redraw() {
    this.stale = true;
    this.#draw();
  }

  /**
   * Read the header of the current run; set this.stale if it changes the picture.
   *
   * @param {Scene} scene
   */
  learn(scene) {}

  /**
   * Tell whether the current run's frame changes the picture.
   *
   * @param {ShownRun} current
   */
  advance(current) {
    return false;
  }

  /** Draw this.scene. */
  draw() {}

  /** The picture in words, once there is one. */
  words() {
    return "";
  }

  #draw() {
    if (Math.min(...this.size) < LEAST) return;
    this.draw();
    this.stale = false;
  }
}
