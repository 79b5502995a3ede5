// The text of a lesson as elements. Its pieces become text nodes, so nothing in it can be more than text.

import { element } from "../shell/dom.js";

/** @typedef {{ style: "plain" | "strong" | "em" | "code", text: string }} Span */
/** @typedef {{ kind: "p" | "ul" | "ol", items: Span[][] }} Block */

/**
 * The nodes of one line.
 *
 * @param {Span[]} spans
 */
export const pieces = (spans) =>
  spans.map(({ style, text }) => (style === "plain" ? document.createTextNode(text) : element(style, {}, text)));

/**
 * The elements of paragraphs and lists.
 *
 * @param {Block[]} blocks
 */
export function written(blocks) {
  return blocks.map(({ kind, items }) =>
    kind === "p"
      ? element("p", {}, ...pieces(items[0]))
      : element(kind, {}, ...items.map((spans) => element("li", {}, ...pieces(spans)))),
  );
}
