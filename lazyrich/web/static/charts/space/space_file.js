// Export of a space as a self-contained image file, with its legend.

import { EXACT_WIDTH, exactOpacity } from "../../core/exact.js";
import { saveSheet } from "../../export/picture_file.js";
import { LINES, lineRoles, WIDTH } from "./space_marks.js";

/** Save the picture of a SpaceChart. format: "png", or "svg" with the surface as a bitmap and the rest as shapes. */
export function saveSpace(chart, format, order) {
  const { exportSize: size, scene, spec } = chart;
  const keys = entries(chart).map(({ label, look }) => ({ label, line: look }));
  const lines = chart.settingLines(chart.shown(scene));
  const make = (/** @type {number[]} */ room) => (pen) => chart.picture(pen, room);
  const name = chart.fileName(scene.current);
  return saveSheet({ name, title: spec.title, lines, keys, size, theme: scene.theme }, make, format, order);
}

function entries(chart) {
  const { scene, chartData, spec } = chart;
  const { theme } = scene;
  const several = scene.kept.length > 0;
  const runs = chart.shown(scene).map(({ label, colour }) => ({
    label: (several && label) || "training",
    look: { colour, width: WIDTH },
  }));
  const bed = { colour: scene.current.colour, width: EXACT_WIDTH, opacity: exactOpacity(theme) };
  return [
    ...runs,
    ...(chartData.exact?.[spec.columns[0]] ? [{ label: "exact", look: bed }] : []),
    ...lineRoles(chartData).map(({ label, role }) => ({
      label,
      look: { colour: theme.text, ...(LINES[role] ?? LINES.minima) },
    })),
  ];
}
