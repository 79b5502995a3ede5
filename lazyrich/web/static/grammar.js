// The grammar that was drawn, and how one string comes out of it: from a class at the top, pair by pair, to what the
// network reads. Plain SVG: it is the same through a run.

import { key, say, svg } from "./elements.js";
import { PaintedChart } from "./painted_chart.js";

const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7A5195", "#8C8C8C"];
const LETTERS = ["ABCDEFGHIJKLMNOP", "abcdefghijklmnop", "αβγδεζηθικλμνξοπ", "ЖБЦДЯФГИЮЛМПЧШЩЫ"];
const RULES_SHOWN = 8; // pairs of a symbol, and symbols of a level, that are written out

export class GrammarChart extends PaintedChart {
  tell({ current }) {
    const { strings } = current.log.view;
    this.entitle([key(strings ? `${strings.toLocaleString("en-US")} strings in all` : "")]);
  }

  learn({ current: { log } }) {
    if (!log.opening || log.view.grammar === this.grammar) return;
    this.grammar = log.view.grammar;
    this.stale = true;
  }

  draw() {
    if (!this.grammar) return;
    const [width, height] = this.size;
    const { derivation, rules } = this.grammar;
    const { theme } = this.scene;
    const share = width > 420 ? 0.45 : 0;
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
    say(picture.appendChild(svg("title", {})), words(derivation));
    this.#tree(picture, derivation, share * width, width, height, theme);
    if (share) this.#rules(picture, rules, share * width - 16, height, theme);
    this.frame.replaceChildren(picture);
  }

  // One string's derivation: symbols as discs, level by level.
  #tree(picture, levels, left, right, height, theme) {
    const radius = Math.min(13, (right - left) / (2.4 * levels.at(-1).length));
    const at = (level, i) => ({
      x: left + ((i + 0.5) * (right - left)) / levels[level].length,
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
    const foot = { x: (left + right) / 2, y: height - 4, fill: theme.muted, "font-size": 12, "text-anchor": "middle" };
    say(picture.appendChild(svg("text", foot)), "what the network reads");
  }

  // A column for each level: every symbol and the pairs that it may become.
  #rules(picture, rules, width, height, theme) {
    const column = width / rules.length;
    rules.forEach((level, l) => {
      const rows = level.slice(0, RULES_SHOWN);
      const line = Math.min(30, (height - 8) / rows.length);
      const radius = Math.min(8, 0.36 * line);
      const pairs = Math.max(1, Math.min(rows[0].length, Math.floor((column - 3.2 * radius) / (3.6 * radius))));
      rows.forEach((options, symbol) => {
        const y = 4 + (symbol + 0.5) * line;
        chip(picture, { x: l * column + radius + 1, y }, radius, l, symbol, theme);
        options.slice(0, pairs).forEach((pair, k) => {
          const x = l * column + 3.4 * radius + k * 3.6 * radius + radius;
          pair.forEach((part, side) => chip(picture, { x: x + side * 1.5 * radius, y }, 0.7 * radius, l + 1, part, theme));
        });
        if (options.length > pairs) {
          const x = l * column + 3.4 * radius + pairs * 3.6 * radius;
          say(picture.appendChild(svg("text", { x, y: y + 4, fill: theme.muted, "font-size": 12 })), "…");
        }
      });
    });
  }
}

function chip(picture, { x, y }, radius, level, symbol, theme) {
  const colour = COLOURS[symbol % COLOURS.length];
  picture.append(svg("circle", { cx: x, cy: y, r: radius, fill: colour, stroke: theme.background }));
  if (radius < 6) return;
  const text = svg("text", {
    x,
    y: y + 0.36 * radius,
    fill: "#ffffff",
    "font-size": 1.15 * radius,
    "text-anchor": "middle",
  });
  say(picture.appendChild(text), LETTERS[level % LETTERS.length][symbol % 16]);
}

function words(derivation) {
  const letters = derivation.map((symbols, level) => symbols.map((symbol) => LETTERS[level % LETTERS.length][symbol % 16]));
  return `The class ${letters[0][0]} becomes ${letters
    .slice(1)
    .map((symbols) => symbols.join(" "))
    .join(", then ")}`;
}
