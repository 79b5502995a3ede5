// Export of a space as a self-contained image file, with its legend.

import { EXACT_WIDTH, exactOpacity } from "../../core/exact.js";
import { saveSheet } from "../../export/picture_file.js";
import { lineLook, lineRoles, WIDTH } from "./space_marks.js";

/** @import { Make } from "../../export/picture_file.js" */
/** @import { ExportOptions } from "../../export/targets.js" */
/** @import { SaveAs } from "../../core/types.d.ts" */
/** @import { SpaceChart } from "./space.js" */

/**
 * Save the picture of a space; in an SVG the surface is a bitmap and the rest are shapes.
 *
 * @param {SpaceChart} chart
 * @param {SaveAs} format
 * @param {ExportOptions} [options]
 */
export function saveSpace(chart, format, options) {
  const { exportSize: size, scene, spec } = chart;
  const keys = entries(chart).map(({ label, look }) => ({ label, line: look }));
  const lines = chart.settingLines(chart.shownRuns(scene));
  /** @type {Make} */
  const make = (room) => (pen) => chart.picture(pen, room);
  const name = chart.fileName(scene.current);
  return saveSheet({ name, title: spec.title, lines, keys, size, theme: scene.theme }, make, format, options);
}

/** @param {SpaceChart} chart */
function entries(chart) {
  const { scene, chartData, spec } = chart;
  const { theme } = scene;
  const several = scene.kept.length > 0;
  const runs = chart.shownRuns(scene).map(({ label, colour }) => ({
    label: (several && label) || "training",
    look: { colour, width: WIDTH },
  }));
  const exactLook = { colour: scene.current.colour, width: EXACT_WIDTH, opacity: exactOpacity(theme) };
  return [
    ...runs,
    ...(chartData.exact?.[spec.columns[0]] ? [{ label: "exact", look: exactLook }] : []),
    ...lineRoles(chartData).map(({ label, role }) => ({
      label,
      look: { colour: theme.text, ...lineLook(role) },
    })),
  ];
}
