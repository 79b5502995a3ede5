// A space as an image file that stands alone: with title, legend and background.

import { EXACT_WIDTH, exactOpacity } from "./exact.js";
import { CanvasPen, SvgPen } from "./pens.js";
import { LINES, WIDTH } from "./space_marks.js";

const HEAD = 80; // px for the title and the legend
const SHARP = 2; // pixels of a PNG for one px

/** Save what a SpaceChart shows. format: "png" or "svg", in which the surface is a picture and the rest is drawn. */
export async function saveSpace(chart, format) {
  const [width, height] = chart.exportSize;
  const { theme, current } = chart.scene;
  const { log, upTo } = current;
  const name = `lazyrich-${chart.spec.id}-step-${upTo < 0 ? 0 : log.step(upTo)}.${format}`;
  if (format === "svg") {
    const pen = new SvgPen(width, height, theme.font);
    compose(pen, chart);
    return download(new Blob([String(pen)], { type: "image/svg+xml" }), name);
  }
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SHARP * width, height: SHARP * height });
  const context = canvas.getContext("2d");
  context.scale(SHARP, SHARP);
  compose(new CanvasPen(context, theme.font), chart);
  return download(await new Promise((resolve) => canvas.toBlob(resolve, "image/png")), name);
}

function compose(pen, chart) {
  const [width, height] = chart.exportSize;
  const { theme } = chart.scene;
  const corners = [0, width, width, 0].map((x, k) => ({ x, y: k < 2 ? 0 : height }));
  pen.line(corners, { fill: theme.background });
  pen.text({ x: 16, y: 26 }, chart.spec.title, { colour: theme.text, size: 17, anchor: "start" });
  let left = 16;
  for (const { label, look } of entries(chart)) {
    pen.line(
      [
        { x: left, y: 58 },
        { x: left + 26, y: 58 },
      ],
      { cap: "butt", ...look },
    );
    pen.text({ x: left + 32, y: 58 }, label, { colour: theme.muted, size: 13, anchor: "start" });
    left += 52 + 7 * label.length;
  }
  pen.shift(0, HEAD);
  chart.picture(pen, [width, height - HEAD]);
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
  const lines = (view.space_lines ?? []).filter(
    (line, k, all) => k === all.findIndex(({ role }) => role === line.role),
  );
  return [
    ...runs,
    ...(view.exact?.[spec.columns[0]] ? [{ label: "exact", look: bed }] : []),
    ...lines.map(({ label, role }) => ({ label, look: { colour: theme.text, ...(LINES[role] ?? LINES.minima) } })),
  ];
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
