// A small map without plotly: its colours as a picture, numbers at the ends and in the middle of its axes. It appears at
// once, and a change costs almost nothing.

import { sequential } from "../colours/viridis.js";
import { setting } from "../core/format.js";
import { contextOf, element } from "../shell/dom.js";

const MARGIN = { left: 34, right: 4, top: 4, bottom: 18 }; // px
const FINE = 4; // pixels of the picture between two points of the grid

/** @import { Area } from "../core/overlay.js" */
/** @import { Size } from "../core/types.d.ts" */
/** @import { MapAxis, MapData } from "./map.d.ts" */
/** @import { Axis } from "./picker_axis.js" */
/** @import { Field } from "./picker_field.js" */

/**
 * Draw into a node.
 *
 * @param {Element} node
 * @param {MapData} map
 * @param {Field} field
 * @param {Size} size of the node
 * @returns {Area} where the plot area is
 */
export function drawSmall(node, map, field, [width, height]) {
  const area = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const picture = element("canvas", { class: "colours", "aria-hidden": "true" });
  paint(picture, map, field);
  Object.assign(picture.style, box(area));
  const below = texts(map.x, field.x).map(({ text, share }) =>
    label(
      text,
      { left: `${area.left + share * area.width}px`, top: `${height - MARGIN.bottom + 2}px` },
      "below",
      share,
    ),
  );
  const beside = texts(map.y, field.y).map(({ text, share }) =>
    label(
      text,
      { right: `${width - area.left + 4}px`, top: `${area.top + (1 - share) * area.height}px` },
      "beside",
      share,
    ),
  );
  node.replaceChildren(picture, ...below, ...beside);
  return area;
}

/**
 * One pixel for some places between the points of the grid, which the browser then smooths.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {MapData} map
 * @param {Field} field
 */
function paint(canvas, map, field) {
  const [columns, rows] = [FINE * map.x.values.length, FINE * map.y.values.length];
  Object.assign(canvas, { width: columns, height: rows });
  const image = new ImageData(columns, rows);
  const [low, high] = map.z.range;
  for (let row = 0; row < rows; row++) {
    const y = field.y.exactValue((rows - 1 - row) / (rows - 1));
    for (let column = 0; column < columns; column++) {
      const z = field.at(field.x.exactValue(column / (columns - 1)), y);
      if (!Number.isFinite(z)) continue;
      image.data.set([...sequential((z - low) / (high - low)), 255], 4 * (row * columns + column));
    }
  }
  contextOf(canvas).putImageData(image, 0, 0);
}

/**
 * The numbers on an axis, and their positions along it.
 *
 * @param {MapAxis} spec
 * @param {Axis} axis
 */
function texts(spec, axis) {
  const values = spec.ticks.length ? spec.ticks : [axis.low, axis.high];
  return values.map((value) => ({ text: setting(value), share: axis.place(value) }));
}

/**
 * Numbers at the ends of an axis lie within it: beside the corner they would touch each other.
 *
 * @param {string} text
 * @param {Partial<CSSStyleDeclaration>} style
 * @param {"below" | "beside"} side
 * @param {number} share
 */
function label(text, style, side, share) {
  const node = element("span", { class: `tick ${side}` }, text);
  const transform = side === "below" ? `translateX(${-100 * share}%)` : `translateY(${100 * (share - 1)}%)`;
  Object.assign(node.style, style, { transform });
  return node;
}

/** @param {Area} area */
function box({ left, top, width, height }) {
  return { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
}
