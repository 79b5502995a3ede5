// A space as an image file that stands alone: with title, legend and background.

import { EXACT_WIDTH, exactOpacity } from "./exact.js";
import { saveTitled } from "./picture_file.js";
import { lineRoles, LINES, WIDTH } from "./space_marks.js";

const HEAD = 80; // px for the title and the legend

/** Save what a SpaceChart shows. format: "png" or "svg", in which the surface is a picture and the rest is drawn. */
export function saveSpace(chart, format) {
  const { exportSize: size, scene, spec } = chart;
  const { theme } = scene;
  const draw = (pen) => {
    legend(pen, chart, theme);
    pen.shift(0, HEAD);
    chart.picture(pen, [size[0], size[1] - HEAD]);
  };
  return saveTitled({ name: chart.fileName(scene.current), title: spec.title, size, theme }, draw, format);
}

function legend(pen, chart, theme) {
  let left = 16;
  for (const { label, look } of entries(chart)) {
    const line = [left, left + 26].map((x) => ({ x, y: 58 }));
    pen.line(line, { cap: "butt", ...look });
    pen.text({ x: left + 32, y: 58 }, label, { colour: theme.muted, size: 13, anchor: "start" });
    left += 52 + 7 * label.length;
  }
}

function entries(chart) {
  const { scene, view, spec } = chart;
  const { theme } = scene;
  const several = scene.kept.length > 0;
  const runs = chart.shown(scene).map(({ label, colour }) => ({
    label: (several && label) || "training",
    look: { colour, width: WIDTH },
  }));
  const bed = { colour: scene.current.colour, width: EXACT_WIDTH, opacity: exactOpacity(theme) };
  return [
    ...runs,
    ...(view.exact?.[spec.columns[0]] ? [{ label: "exact", look: bed }] : []),
    ...lineRoles(view).map(({ label, role }) => ({
      label,
      look: { colour: theme.text, ...(LINES[role] ?? LINES.minima) },
    })),
  ];
}
