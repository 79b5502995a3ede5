// Lines, trails and points on and around a surface in space. Parts behind the surface are drawn faintly.

import { EXACT_WIDTH, exactOpacity } from "../../core/exact.js";

export const WIDTH = 2.5; // px, of a trail
const HIDDEN = 0.4; // opacity behind the surface
const BEHIND = "butt"; // faint pieces with round ends would add up to dots

/** @import { Pen, Point, Theme } from "../../core/types.d.ts" */
/** @import { ChartData, SpaceLine, SpacePoint } from "../../stream/messages.d.ts" */
/** @import { RunLog } from "../../stream/run_log.js" */
/** @import { Projected, Projection } from "./projection.js" */
/** @import { Surface } from "./space_surface.js" */

/**
 * The look of a line that the header brings.
 *
 * @param {string} role
 * @returns {{ width: number, dash: number[] }}
 */
export const lineLook = (role) => (role === "boundary" ? { width: 1.75, dash: [6, 4] } : { width: 2, dash: [] });

/**
 * The first line of each role in a header's chart_data, for the legend.
 *
 * @param {ChartData} chartData
 */
export function lineRoles({ space_lines: lines = [] }) {
  return lines.filter(({ role }, k) => k === lines.findIndex((line) => line.role === role));
}

/**
 * A reader of a run's columns as projected points.
 *
 * @param {RunLog} log
 * @param {[x: string, y: string, z: string]} columns
 * @param {Projection} projection
 * @returns {(frame: number) => Projected}
 */
export function trailReader(log, [x, y, z], projection) {
  return (frame) => projection.at(log.value(frame, x), log.value(frame, y), log.value(frame, z));
}

/**
 * Points divided into those in front of the surface and those behind it, with gaps in between.
 *
 * @param {Projected[]} points
 * @param {Surface} surface
 */
function splitBySurface(points, surface) {
  /** @type {Record<"seen" | "hidden", Point[]>} */
  const { seen, hidden } = { seen: [], hidden: [] };
  /** @type {boolean | null} */
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

/**
 * A line of the landscape.
 *
 * @param {Pen} pen
 * @param {Projection} projection
 * @param {Surface} surface
 * @param {SpaceLine} line
 * @param {Theme} theme
 */
export function drawLine(pen, projection, surface, { role, x, y, z }, theme) {
  const { width, dash } = lineLook(role);
  const { seen, hidden } = splitBySurface(
    x.map((value, k) => projection.at(value, y[k], z[k])),
    surface,
  );
  pen.line(hidden, { colour: theme.text, width: 1.25, dash, opacity: HIDDEN, cap: BEHIND });
  pen.line(seen, { colour: theme.background, width: width + 2.5, opacity: 0.55, cap: BEHIND });
  pen.line(seen, { colour: theme.text, width, dash, cap: BEHIND });
}

/**
 * A point of the landscape: a minimum as a cross, a saddle as a diamond.
 *
 * @param {Pen} pen
 * @param {Projection} projection
 * @param {Surface} surface
 * @param {SpacePoint} point
 * @param {Theme} theme
 */
export function drawPoint(pen, projection, surface, { role, x, y, z }, theme) {
  const at = projection.at(x, y, z);
  const opacity = surface.hides(at) ? HIDDEN + 0.1 : 1;
  const arm = (/** @type {number} */ dx, /** @type {number} */ dy) => ({ x: at.x + dx, y: at.y + dy });
  if (role === "saddle") {
    const corners = [arm(0, -5.5), arm(5.5, 0), arm(0, 5.5), arm(-5.5, 0), arm(0, -5.5)];
    pen.line(corners, { colour: theme.text, width: 1.75, fill: theme.background, opacity });
    return;
  }
  const cross = [arm(-6, -6), arm(6, 6), GAP, arm(6, -6), arm(-6, 6)];
  pen.line(cross, { colour: theme.background, width: 6, opacity });
  pen.line(cross, { colour: theme.text, width: 2.25, opacity });
}

/**
 * The exact trajectory: a pale wide line under the thinner line of training.
 *
 * @param {Pen} pen
 * @param {Projection} projection
 * @param {Surface} surface
 * @param {(number | null)[][]} exact its three columns
 * @param {string} colour
 * @param {Theme} theme
 */
export function drawExactPath(pen, projection, surface, [x, y, z], colour, theme) {
  const at = (/** @type {number} */ k) => projection.at(x[k] ?? NaN, y[k] ?? NaN, z[k] ?? NaN);
  const { seen, hidden } = splitBySurface(
    x.map((_, k) => at(k)),
    surface,
  );
  pen.line(hidden, { colour, width: EXACT_WIDTH, opacity: 0.5 * exactOpacity(theme), cap: BEHIND });
  // pale on any colour of the surface, also where the paper is dark
  const pale = theme.dark ? { colour: theme.text, opacity: 0.6 } : { colour: theme.background, opacity: 0.9 };
  pen.line(seen, { ...pale, width: EXACT_WIDTH, cap: BEHIND });
  pen.line(seen, { colour, width: EXACT_WIDTH, opacity: exactOpacity(theme), cap: BEHIND });
}

/**
 * A trail from one frame to another.
 *
 * @param {Pen} pen
 * @param {(frame: number) => Projected} at
 * @param {Surface} surface
 * @param {string} colour
 * @param {number} from
 * @param {number} to
 * @param {number} [opacity]
 */
export function drawTrail(pen, at, surface, colour, from, to, opacity = 1) {
  const points = Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => at(from + k));
  const { seen, hidden } = splitBySurface(points, surface);
  pen.line(hidden, { colour, width: WIDTH, opacity: opacity * (HIDDEN + 0.15), cap: BEHIND });
  pen.line(seen, { colour, width: WIDTH, opacity, cap: opacity < 1 ? BEHIND : "round" });
}

/**
 * A ring at a trail's start.
 *
 * @param {Pen} pen
 * @param {Projected} point
 * @param {Surface} surface
 * @param {Theme} theme
 */
export function drawStart(pen, point, surface, theme) {
  const opacity = surface.hides(point) ? HIDDEN : 1;
  pen.disc(point, 4.5, { fill: theme.background, colour: theme.text, opacity });
}

/**
 * A disc at its present point.
 *
 * @param {Pen} pen
 * @param {Projected} point
 * @param {Surface} surface
 * @param {string} colour
 * @param {Theme} theme
 */
export function drawHead(pen, point, surface, colour, theme) {
  const opacity = surface.hides(point) ? 0.5 : 1;
  pen.disc(point, 6, { fill: colour, colour: theme.background, opacity });
}
