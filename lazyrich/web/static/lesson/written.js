// The text of a lesson as elements. Its spans become text nodes, so they are never read as HTML.

import { element } from "../shell/dom.js";

/** @typedef {{ style: "plain" | "strong" | "em" | "code", text: string }} Span */
/** @typedef {{ kind: "p" | "ul" | "ol", items: Span[][] }} Block */

/**
 * The nodes of one line of text.
 *
 * @param {Span[]} spans
 */
export const inlineNodes = (spans) =>
  spans.map(({ style, text }) => (style === "plain" ? document.createTextNode(text) : element(style, {}, text)));

/**
 * The elements of paragraphs and lists.
 *
 * @param {Block[]} blocks
 */
export function blockElements(blocks) {
  return blocks.map(({ kind, items }) =>
    kind === "p"
      ? element("p", {}, ...inlineNodes(items[0]))
      : element(kind, {}, ...items.map((spans) => element("li", {}, ...inlineNodes(spans)))),
  );
}
