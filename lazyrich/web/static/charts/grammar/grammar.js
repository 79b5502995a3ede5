// The drawn grammar, and the derivation of one string: from a class at the top, pair by pair, to the input of the
// network. Plain SVG, because it does not change during a run.

import { inkOn } from "../../colours/contrast.js";
import { whole } from "../../core/format.js";
import { PaintedChart } from "../../core/painted_chart.js";
import { key, setText, svg } from "../../shell/dom.js";

const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7A5195", "#8C8C8C"];
const LETTERS = ["ABCDEFGHIJKLMNOP", "abcdefghijklmnop", "αβγδεζηθικλμνξοπ", "ЖБЦДЯФГИЮЛМПЧШЩЫ"];
const DOTS = 22; // px: width of "…" with the gap after it
const RULES_SHOWN = 8; // pairs of a symbol, and symbols of a level, that are written out

/** @import { Grammar } from "../../core/chart_specs.d.ts" */
/** @import { Point, Theme } from "../../core/types.d.ts" */
/** @import { GrammarData } from "../../stream/messages.d.ts" */

/** @extends {PaintedChart<Grammar>} */
export class GrammarChart extends PaintedChart {
  /** @type {GrammarData | undefined} */
  #grammar;

  /** @override @type {PaintedChart["writeCaption"]} */
  writeCaption({ current }) {
    const { strings } = current.log.chartData;
    this.setCaption([key(strings ? `${whole(strings)} strings in all` : "")]);
  }

  /** @override @type {PaintedChart["readHeader"]} */
  readHeader({ current: { log } }) {
    if (!log.header || log.chartData.grammar === this.#grammar) return;
    this.#grammar = log.chartData.grammar;
    this.stale = true;
  }

  /** @override */
  draw() {
    if (!this.#grammar) return;
    const [width, height] = this.size;
    const { derivation, rules } = this.#grammar;
    const { theme } = this.scene;
    const wide = width > 420; // side by side, or the rules above the string
    const left = wide ? 0.5 * width : 0;
    const top = wide ? 0 : 0.5 * height;
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
    setText(picture.appendChild(svg("title", {})), derivationText(derivation));
    this.#rules(picture, rules, wide ? left - 16 : width, wide ? height : top - 12, theme);
    const tree = picture.appendChild(svg("g", { transform: `translate(${left} ${top})` }));
    this.#tree(tree, derivation, width - left, height - top, theme);
    this.frame.replaceChildren(picture);
  }

  /**
   * One string's derivation: symbols as discs, level by level.
   *
   * @param {SVGElement} picture
   * @param {number[][]} levels
   * @param {number} width
   * @param {number} height
   * @param {Theme} theme
   */
  #tree(picture, levels, width, height, theme) {
    const radius = Math.min(13, width / (2.4 * levels[levels.length - 1].length));
    const at = (/** @type {number} */ level, /** @type {number} */ i) => ({
      x: ((i + 0.5) * width) / levels[level].length,
      y: radius + 4 + (level * (height - 2 * radius - 24)) / (levels.length - 1),
    });
    for (let level = 1; level < levels.length; level++) {
      for (let i = 0; i < levels[level].length; i++) {
        const [from, to] = [at(level - 1, Math.floor(i / 2)), at(level, i)];
        picture.append(svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: theme.line }));
      }
    }
    levels.forEach((symbols, level) =>
      symbols.forEach((symbol, i) => chip(picture, at(level, i), radius, level, symbol, theme)),
    );
    const foot = { x: width / 2, y: height - 4, fill: theme.muted, "font-size": 12, "text-anchor": "middle" };
    setText(picture.appendChild(svg("text", foot)), "what the network reads");
  }

  /**
   * A column for each level: every symbol and the pairs that it can expand into.
   *
   * @param {SVGElement} picture
   * @param {GrammarData["rules"]} rules
   * @param {number} width
   * @param {number} height
   * @param {Theme} theme
   */
  #rules(picture, rules, width, height, theme) {
    const column = width / rules.length;
    rules.forEach((level, l) => {
      const rows = level.slice(0, RULES_SHOWN);
      const line = Math.min(30, (height - 8) / rows.length);
      const radius = Math.min(8, 0.36 * line);
      const room = column - 3.2 * radius;
      const fit = (/** @type {number} */ room) =>
        Math.max(1, Math.min(rows[0].length, Math.floor(room / (3.6 * radius))));
      const pairs = fit(room) < rows[0].length ? fit(room - DOTS) : fit(room);
      rows.forEach((options, symbol) => {
        const y = 4 + (symbol + 0.5) * line;
        chip(picture, { x: l * column + radius + 1, y }, radius, l, symbol, theme);
        options.slice(0, pairs).forEach((pair, k) => {
          const x = l * column + 3.4 * radius + k * 3.6 * radius + radius;
          pair.forEach((part, side) =>
            chip(picture, { x: x + side * 1.5 * radius, y }, 0.7 * radius, l + 1, part, theme),
          );
        });
        if (options.length > pairs) {
          const x = l * column + 3.4 * radius + pairs * 3.6 * radius;
          setText(picture.appendChild(svg("text", { x, y: y + 4, fill: theme.muted, "font-size": 12 })), "…");
        }
      });
    });
  }
}

/**
 * @param {SVGElement} picture
 * @param {Point} at
 * @param {number} radius
 * @param {number} level
 * @param {number} symbol
 * @param {Theme} theme
 */
function chip(picture, { x, y }, radius, level, symbol, theme) {
  const colour = COLOURS[symbol % COLOURS.length];
  picture.append(svg("circle", { cx: x, cy: y, r: radius, fill: colour, stroke: theme.background }));
  if (radius < 6) return;
  const text = svg("text", {
    x,
    y: y + 0.36 * radius,
    fill: inkOn([1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))),
    "font-size": 1.15 * radius,
    "text-anchor": "middle",
  });
  setText(picture.appendChild(text), LETTERS[level % LETTERS.length][symbol % 16]);
}

/**
 * Text alternative of a derivation.
 *
 * @param {number[][]} derivation
 */
function derivationText(derivation) {
  const letters = derivation.map((symbols, level) =>
    symbols.map((symbol) => LETTERS[level % LETTERS.length][symbol % 16]),
  );
  return `The class ${letters[0][0]} becomes ${letters
    .slice(1)
    .map((symbols) => symbols.join(" "))
    .join(", then ")}`;
}
