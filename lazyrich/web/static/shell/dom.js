// Build DOM elements. Strings become text nodes, so data are never read as HTML.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** A 16 x 16 picture of one path, in the colour of the text. */
export function icon(path) {
  const node = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
  node.append(svg("path", { d: path, fill: "currentColor" }));
  return node;
}

/** A short piece of line as in a legend. dash: plotly's name for it. */
export function swatch(colour, dash = "solid", width = 2.5, opacity = 1) {
  const node = svg("svg", { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" });
  const line = svg("line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke: colour, "stroke-width": width, opacity });
  if (DASHES[dash]) line.setAttribute("stroke-dasharray", DASHES[dash].join(" "));
  node.append(line);
  return node;
}

/** A marker as in a legend: a disc, a triangle, a ring or a cross. */
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

/** An entry of a legend: a mark or a swatch, and what it means. */
export function key(...children) {
  return element("span", { class: "key" }, ...children);
}

/** Lengths in px of plotly's dashes at a line width of 2. */
export const DASHES = {
  dash: [7, 5],
  dot: [2, 4],
  dashdot: [7, 4, 2, 4],
  longdash: [13, 5],
  longdashdot: [13, 4, 2, 4],
};

/** Lengths in px of a dash given by name or by its lengths; empty for an unbroken line. */
export const dashLengths = (dash) => (Array.isArray(dash) ? dash : (DASHES[dash] ?? []));

/** The same as plotly has it. */
export const plotlyDash = (dash) =>
  dashLengths(dash)
    .map((px) => `${px}px`)
    .join(",") || "solid";

/** Give a node these children, unless it has them already: taking one out and in again takes the focus from it. */
export function fill(node, children) {
  const there = [...node.childNodes];
  if (there.length !== children.length || there.some((child, i) => child !== children[i])) {
    node.replaceChildren(...children);
  }
}

/** Change the text of a node only when it differs: writing equal text still costs a layout. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
