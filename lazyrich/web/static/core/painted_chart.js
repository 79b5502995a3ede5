// A chart that paints itself, without plotly: its canvas is the picture, while a run plays and at rest.
//
// A subclass defines writeCaption(scene) and draw(), which draws this.scene, completely if this.stale, and overrides
// other methods as needed.

import { Chart } from "./chart.js";

const MIN_SIZE = 40; // px: a smaller chart is hidden, or about to be

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { Plotly, Scene, ShownRun } from "./types.d.ts" */

/**
 * @template {ChartSpec} [S=ChartSpec]
 * @extends {Chart<S>}
 */
export class PaintedChart extends Chart {
  /** @override */
  get built() {
    return this.hasScene;
  }

  /**
   * @override
   * @param {Plotly} _ not used here
   * @param {Scene} scene
   */
  build(_, scene) {
    this.scene = scene;
    this.measure();
    this.fit(scene);
  }

  /** @override */
  resize() {
    if (!this.measure() || !this.built) return false;
    this.redraw();
    return true;
  }

  /** @override @param {Scene} scene */
  fit(scene) {
    this.stale ||= scene.theme.key !== this.scene.theme.key;
    this.scene = scene;
    this.readHeader(scene);
    if (this.stale && !this.painting) this.redraw();
  }

  /** @override @param {Scene} scene */
  paint(scene) {
    this.scene = scene;
    this.painting = true;
    if (this.advance(scene.current) || this.stale) this.#draw();
  }

  /**
   * Update the text alternative, as the canvas already shows the picture.
   *
   * @override
   * @param {Scene} scene
   */
  settle(scene) {
    if (this.stale) this.paint(scene);
    this.scene = scene;
    this.painting = false;
    const text = this.altText();
    if (text) this.plot.setAttribute("aria-label", text);
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
  readHeader(scene) {}

  /**
   * Take the current run's frame. Returns whether it changes the picture.
   *
   * @param {ShownRun} current
   */
  advance(current) {
    return false;
  }

  /** Draw this.scene. */
  draw() {}

  /** Text alternative of the picture for screen readers; "" if there is none yet. */
  altText() {
    return "";
  }

  #draw() {
    if (Math.min(...this.size) < MIN_SIZE) return;
    this.draw();
    this.stale = false;
  }
}
