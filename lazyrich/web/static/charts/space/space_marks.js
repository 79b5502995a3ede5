// Lines, trails and points on and around a surface in space. Parts behind the surface are drawn faintly.

import { EXACT_WIDTH, exactOpacity } from "../../core/exact.js";

export const WIDTH = 2.5; // px, of a trail
const HIDDEN = 0.4; // opacity behind the surface
const BEHIND = "butt"; // faint pieces with round ends would add up to dots

/** Dashes of the lines that the header brings, by role. */
export const LINES = {
  minima: { width: 2, dash: [] },
  boundary: { width: 1.75, dash: [6, 4] },
};

/** The first line of each role in a header's chart_data, for the legend. */
export function lineRoles({ space_lines: lines = [] }) {
  return lines.filter(({ role }, k) => k === lines.findIndex((line) => line.role === role));
}

/** A reader of a run's columns: (frame) -> its projected point. */
export function trailReader(log, columns, projection) {
  return (frame) => projection.at(...columns.map((column) => log.value(frame, column)));
}

/** Points {x, y, near} divided into those in front of the surface and those behind it, with gaps in between. */
function parted(points, surface) {
  const [seen, hidden] = [[], []];
  let before = null;
  for (const point of points) {
    const behind = surface.hides(point);
    if (before !== null && behind !== before) {
      (before ? hidden : seen).push(point, GAP); // up to where the other kind begins
    }
    (behind ? hidden : seen).push(point);
    before = behind;
  }
  return { seen, hidden };
}

const GAP = { x: NaN, y: NaN };

/** A line of a kind that LINES knows. */
export function drawLine(pen, projection, surface, { role, x, y, z }, theme) {
  const { width, dash } = LINES[role] ?? LINES.minima;
  const { seen, hidden } = parted(
    x.map((value, k) => projection.at(value, y[k], z[k])),
    surface,
  );
  pen.line(hidden, { colour: theme.text, width: 1.25, dash, opacity: HIDDEN, cap: BEHIND });
  pen.line(seen, { colour: theme.background, width: width + 2.5, opacity: 0.55, cap: BEHIND });
  pen.line(seen, { colour: theme.text, width, dash, cap: BEHIND });
}

/** A point of the landscape: a minimum as a cross, a saddle as a diamond. */
export function drawPoint(pen, projection, surface, { role, x, y, z }, theme) {
  const at = projection.at(x, y, z);
  const opacity = surface.hides(at) ? HIDDEN + 0.1 : 1;
  const arm = (dx, dy) => ({ x: at.x + dx, y: at.y + dy });
  if (role === "saddle") {
    const corners = [arm(0, -5.5), arm(5.5, 0), arm(0, 5.5), arm(-5.5, 0), arm(0, -5.5)];
    pen.line(corners, { colour: theme.text, width: 1.75, fill: theme.background, opacity });
    return;
  }
  for (const [colour, width] of [
    [theme.background, 6],
    [theme.text, 2.25],
  ]) {
    pen.line([arm(-6, -6), arm(6, 6), GAP, arm(6, -6), arm(-6, 6)], { colour, width, opacity });
  }
}

/** The exact trajectory: a pale wide line under the thinner line of training. */
export function drawBed(pen, projection, surface, exact, columns, colour, theme) {
  const [x, y, z] = columns.map((column) => exact[column]);
  const at = (k) => projection.at(x[k] ?? NaN, y[k] ?? NaN, z[k] ?? NaN);
  const { seen, hidden } = parted(
    x.map((_, k) => at(k)),
    surface,
  );
  pen.line(hidden, { colour, width: EXACT_WIDTH, opacity: 0.5 * exactOpacity(theme), cap: BEHIND });
  // pale on any colour of the surface, also where the paper is dark
  const pale = theme.dark ? { colour: theme.text, opacity: 0.6 } : { colour: theme.background, opacity: 0.9 };
  pen.line(seen, { ...pale, width: EXACT_WIDTH, cap: BEHIND });
  pen.line(seen, { colour, width: EXACT_WIDTH, opacity: exactOpacity(theme), cap: BEHIND });
}

/** A trail from one frame to another. at: from trailReader. */
export function drawTrail(pen, at, surface, colour, from, to, opacity = 1) {
  const points = Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => at(from + k));
  const { seen, hidden } = parted(points, surface);
  pen.line(hidden, { colour, width: WIDTH, opacity: opacity * (HIDDEN + 0.15), cap: BEHIND });
  pen.line(seen, { colour, width: WIDTH, opacity, cap: opacity < 1 ? BEHIND : "round" });
}

/** A ring at a trail's start. */
export function drawStart(pen, point, surface, theme) {
  const opacity = surface.hides(point) ? HIDDEN : 1;
  pen.disc(point, 4.5, { fill: theme.background, colour: theme.text, opacity });
}

/** A disc at its present point. */
export function drawHead(pen, point, surface, colour, theme) {
  const opacity = surface.hides(point) ? 0.5 : 1;
  pen.disc(point, 6, { fill: colour, colour: theme.background, opacity });
}
