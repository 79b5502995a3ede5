// Bars on the canvas, while a run plays.

import { place } from "../../core/axes.js";
import { textWidth } from "../../core/ticks.js";

export const WIDTH = 0.62; // share of the space for a bar
export const PALE = 0.3; // opacity of the pale bar below a bar
export const WHISKER = 5; // px, half the width of its ends
export const THICK = 1.5; // px, of whiskers

/** @import { PlotArea, Theme } from "../../core/types.d.ts" */
/** @import { Bar } from "./bars_values.js" */

/**
 * Draw bars.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {PlotArea} area
 * @param {Bar[]} bars
 * @param {string} waiting text for a network without a bar yet
 * @param {Theme} theme
 */
export function drawBars(context, area, bars, waiting, theme) {
  const slot = Math.abs(area.x.slope);
  const up = (/** @type {number} */ value) => {
    const top = place(area.y, value);
    return Number.isFinite(top) ? Math.min(top, 2 * area.height) : 2 * area.height;
  };
  bars.forEach((bar, k) => {
    const [left, right] = [k - WIDTH / 2, k + WIDTH / 2].map((x) => place(area.x, x));
    const middle = (left + right) / 2;
    const foot = up(bar.foot);
    context.fillStyle = bar.colour;
    context.globalAlpha = PALE;
    context.fillRect(left, foot, right - left, up(0) - foot);
    context.globalAlpha = 1;
    if (!Number.isFinite(bar.value)) {
      context.fillStyle = theme.muted;
      context.font = `12px ${theme.font}`;
      writeUp(context, waiting, middle, Math.min(foot, area.height) - 6, slot);
      return;
    }
    const top = up(bar.foot + bar.value);
    context.fillRect(left, Math.min(top, foot), right - left, Math.abs(foot - top));
    if (bar.high > bar.low) {
      drawWhisker(context, middle, up(bar.foot + bar.low), up(bar.foot + bar.high), theme.text);
    }
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} middle px
 * @param {number} low px
 * @param {number} high px
 * @param {string} colour
 */
function drawWhisker(context, middle, low, high, colour) {
  context.strokeStyle = colour;
  context.lineWidth = THICK;
  context.lineCap = "butt";
  context.beginPath();
  for (const end of [low, high]) {
    context.moveTo(middle - WHISKER, end);
    context.lineTo(middle + WHISKER, end);
  }
  context.moveTo(middle, low);
  context.lineTo(middle, high);
  context.stroke();
}

/**
 * Text in place of a bar, rotated upright if it is too wide.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} middle px
 * @param {number} bottom px
 * @param {number} room px
 */
function writeUp(context, text, middle, bottom, room) {
  const upright = textWidth(text) > room;
  context.save();
  context.translate(middle, bottom);
  if (upright) context.rotate(-Math.PI / 2);
  context.textAlign = upright ? "left" : "center";
  context.textBaseline = upright ? "middle" : "alphabetic";
  context.fillText(text, 0, 0);
  context.restore();
}
