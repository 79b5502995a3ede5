// Build DOM elements. Strings become text nodes, so data are never read as HTML.

/** @import { Attributes } from "../core/types.d.ts" */

/**
 * An element. An attribute that is undefined, null or false is left out; one that begins with "on" is a listener.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/**
 * Return a value that must exist by now, such as an element of the page. Throws if it does not.
 *
 * @template T
 * @param {T | null | undefined} value
 * @param {string} what name of the value, for the message
 * @returns {T}
 */
export function required(value, what) {
  if (value === null || value === undefined) throw new Error(`${what} is not there`);
  return value;
}

/**
 * The 2D context of a canvas. Throws where the browser has none left, as phones do when a page has many large ones.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function contextOf(canvas) {
  return required(canvas.getContext("2d"), "A canvas to draw on");
}

/**
 * A 16 x 16 picture of one path, in the colour of the text.
 *
 * @param {string} path
 */
export function icon(path) {
  const node = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
  node.append(svg("path", { d: path, fill: "currentColor" }));
  return node;
}

/**
 * A short piece of line as in a legend.
 *
 * @param {string} colour
 * @param {string} dash plotly's name for it
 */
export function swatch(colour, dash = "solid", width = 2.5, opacity = 1) {
  const node = svg("svg", { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" });
  const line = svg("line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke: colour, "stroke-width": width, opacity });
  if (DASHES[dash]) line.setAttribute("stroke-dasharray", DASHES[dash].join(" "));
  node.append(line);
  return node;
}

/**
 * A marker as in a legend.
 *
 * @param {"disc" | "triangle" | "ring" | "cross"} shape
 * @param {string} colour
 */
export function mark(shape, colour) {
  const node = svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" });
  if (shape === "triangle") node.append(svg("path", { d: "M6 1 L11.2 10.5 L0.8 10.5 Z", fill: colour }));
  else if (shape === "cross")
    node.append(svg("path", { d: "M2 2 L10 10 M10 2 L2 10", stroke: colour, "stroke-width": 1.8 }));
  else if (shape === "ring")
    node.append(svg("circle", { cx: 6, cy: 6, r: 3, fill: "none", stroke: colour, "stroke-width": 1.5 }));
  else node.append(svg("circle", { cx: 6, cy: 6, r: 5, fill: colour }));
  return node;
}

/**
 * An entry of a legend: a mark or a swatch, and what it means.
 *
 * @param {(Node | string)[]} children
 */
export function key(...children) {
  return element("span", { class: "key" }, ...children);
}

/**
 * Lengths in px of plotly's dashes at a line width of 2.
 *
 * @type {Record<string, number[]>}
 */
export const DASHES = {
  dash: [7, 5],
  dot: [2, 4],
  dashdot: [7, 4, 2, 4],
  longdash: [13, 5],
  longdashdot: [13, 4, 2, 4],
};

/**
 * Lengths in px of a dash given by name or by its lengths; empty for an unbroken line.
 *
 * @param {string | number[]} dash
 */
export const dashLengths = (dash) => (Array.isArray(dash) ? dash : (DASHES[dash] ?? []));

/** The same as plotly has it. */
export const plotlyDash = (/** @type {string | number[]} */ dash) =>
  dashLengths(dash)
    .map((px) => `${px}px`)
    .join(",") || "solid";

/**
 * Return a function that adds event listeners, all of which a signal removes.
 *
 * @param {AbortSignal} signal
 */
export function scopedListener(signal) {
  /**
   * @template {keyof HTMLElementEventMap} E
   * @param {EventTarget} target
   * @param {E} name
   * @param {(event: HTMLElementEventMap[E]) => unknown} listener
   * @param {AddEventListenerOptions} more
   */
  return function on(target, name, listener, more = {}) {
    target.addEventListener(name, /** @type {EventListener} */ (listener), { signal, ...more });
  };
}

/**
 * Listen to a custom event; the listener gets its detail.
 *
 * @template T
 * @param {EventTarget} target
 * @param {string} name
 * @param {(detail: T) => void} listener
 * @param {AddEventListenerOptions} [options]
 */
export function onDetail(target, name, listener, options) {
  target.addEventListener(name, (event) => listener(/** @type {CustomEvent<T>} */ (event).detail), options);
}

/**
 * Replace the children of a node, unless it has these already: removing and inserting one again takes its focus.
 *
 * @param {Element} node
 * @param {Node[]} children
 */
export function fill(node, children) {
  const there = [...node.childNodes];
  if (there.length !== children.length || there.some((child, i) => child !== children[i])) {
    node.replaceChildren(...children);
  }
}

/**
 * Set the text of a node if it differs: writing equal text still costs a layout.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
