// The content of a chart on plotly's axes, which subclasses define; the base class of PlotlyChart, which draws it.

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
  /** Called when the ranges of the axes have changed. */
  rangesMoved() {}

  /**
   * The ranges that hold all known data; log10 on a logarithmic axis.
   *
   * @param {Scene} scene
   * @returns {Required<Ranges>}
   */
  wantedRanges(scene) {
    throw new Error(`${this.spec.kind}: wantedRanges() is for the subclass`);
  }

  /**
   * The runs that are drawn.
   *
   * @param {Scene} scene
   * @returns {ShownRun[]}
   */
  shownRuns(scene) {
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
   * @param {number} [exportWidth] px, of a saved picture; none for the chart on the page
   * @returns {AxesLayout}
   */
  axesLayout(scene, exportWidth) {
    return { xaxis: {}, yaxis: {} };
  }

  /**
   * Draw the background of the lines of the runs, on their canvas.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {Scene} scene
   */
  drawBackground(context, area, scene) {}

  /**
   * Called before the lines of a run are drawn anew.
   *
   * @param {string} key of the run
   */
  beginLine(key) {}

  /**
   * Draw a run's lines from a frame to run.upTo.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {ShownRun} run
   * @param {number} from the frame
   * @param {boolean} whole the canvas is empty
   */
  extendLines(context, area, run, from, whole) {}

  /**
   * Draw the parts that are redrawn for each frame.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {PlotArea} area
   * @param {ShownRun} run
   */
  drawHeads(context, area, run) {}

  /**
   * A key of all parts of the layout that depend on the run, such as titles: plotly redraws the axes when it changes.
   *
   * @param {Scene} scene
   */
  layoutKey(scene) {
    return "";
  }

  /**
   * Whether an axis takes the wanted range even where its present one could grow.
   *
   * @param {Side} side
   */
  replacesRange(side) {
    return false;
  }

  /**
   * Whether enough of a run is known to choose its axes.
   *
   * @param {RunLog} log
   */
  axesKnown(log) {
    return log.header !== null;
  }

  /**
   * Title of a saved picture.
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
  legendKeys(scene) {
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
