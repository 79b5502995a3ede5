// What a chart on plotly's axes says of itself; the base class of PlotlyChart, which draws it.

import { Chart } from "./chart.js";

/** @import { ChartSpec } from "./chart_specs.d.ts" */
/** @import { SheetKey } from "../export/sheet.js" */
/** @import { Layout, LayoutAxis, PlotArea, Ranges, Scene, ShownRun, Side, Trace } from "./types.d.ts" */
/** @typedef {Layout & { xaxis: LayoutAxis, yaxis: LayoutAxis }} AxesLayout */
/** @import { RunLog } from "../stream/run_log.js" */

/**
 * @template {ChartSpec} [S=ChartSpec]
 * @extends {Chart<S>}
 */
export class ChartOnAxes extends Chart {
  /** The ranges of the axes have changed. */
  rangesMoved() {}

  /**
   * The ranges that hold all known data; log10 on a logarithmic axis.
   *
   * @param {Scene} scene
   * @returns {Required<Ranges>}
   */
  wanted(scene) {
    throw new Error(`${this.spec.kind}: wanted() is for the subclass`);
  }

  /**
   * The runs that are drawn.
   *
   * @param {Scene} scene
   * @returns {ShownRun[]}
   */
  shown(scene) {
    return [];
  }

  /**
   * The traces of the chart at rest.
   *
   * @param {Scene} scene
   * @returns {Trace[]}
   */
  traces(scene) {
    return [];
  }

  /**
   * The axes and other parts of plotly's layout that are specific to the chart.
   *
   * @param {Scene} scene
   * @param {number} [alone] px of the width of a file of its own
   * @returns {AxesLayout}
   */
  axes(scene, alone) {
    return { xaxis: {}, yaxis: {} };
  }

  /**
   * Draw the background of the lines of the runs, on their canvas.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {Scene} scene
   */
  ground(context, area, scene) {}

  /**
   * The line of a run restarts.
   *
   * @param {string} key of the run
   */
  begin(key) {}

  /**
   * Draw a run's lines from a frame to run.upTo.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {ShownRun} run
   * @param {number} from the frame
   * @param {boolean} whole the canvas is empty
   */
  extend(context, area, run, from, whole) {}

  /**
   * Draw the parts that are redrawn for each frame.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {ShownRun} run
   */
  heads(context, area, run) {}

  /**
   * Text in the axes that depends on the run.
   *
   * @param {Scene} scene
   */
  words(scene) {
    return "";
  }

  /**
   * Tell whether an axis takes the wanted range at once, whatever its present one.
   *
   * @param {Side} side
   */
  replaces(side) {
    return false;
  }

  /**
   * Tell whether enough of a run is known to choose its axes.
   *
   * @param {RunLog} log
   */
  tells(log) {
    return log.header !== null;
  }

  /**
   * File name of a saved picture.
   *
   * @param {Scene} scene
   */
  fullTitle(scene) {
    return this.spec.title;
  }

  /**
   * Entries of the legend of a saved picture besides the traces.
   *
   * @param {Scene} scene
   * @returns {SheetKey[]}
   */
  keys(scene) {
    return [];
  }

  /**
   * Distance of the labels on an axis; null leaves it to plotly.
   *
   * @param {Side} side
   * @returns {number | null}
   */
  tickStep(side) {
    return null;
  }
}
