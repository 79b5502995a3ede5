// Titles of axes that are never cut off: with little room they become smaller, then shorter, then are omitted; the
// caption above the chart names the content in any case.

const SIZES = [13, 12, 11, 10]; // px
const AIR = 6; // px that stay free at both ends together
const MARGIN = { l: 80, r: 80, t: 100, b: 80 }; // px, plotly's own

let measuring = null;

/** Width in px of a text without tags. */
export function widthOf(text, size, family) {
  measuring ??= document.createElement("canvas").getContext("2d");
  measuring.font = `${size}px ${family}`;
  return measuring.measureText(text).width;
}

/**
 * {text, size} of a title that fits into some px. short: a shorter title to try, besides the part before its first comma
 * or bracket.
 */
export function fitted(text, room, { family, short = "", sizes = SIZES }) {
  const ways = [text, text.replace(/\s+\(.*$/, ""), short, text.replace(/,.*$/, "")].filter(Boolean);
  for (const way of ways) {
    const size = sizes.find((px) => widthOf(way, px, family) <= room - AIR);
    if (size) return { text: way, size };
  }
  return { text: "", size: sizes[0] };
}

/**
 * Fit the titles of both axes of a plotly layout into its width and height. A title in the middle of its axis has room
 * to the nearer edge of the figure on both sides.
 */
export function fitTitles(layout) {
  const { l, r, t, b } = { ...MARGIN, ...layout.margin };
  const across = { from: l, to: layout.width - r, all: layout.width };
  const up = { from: t, to: layout.height - b, all: layout.height };
  const { family } = layout.font;
  const change = {};
  for (const [name, { from, to, all }] of Object.entries({ xaxis: across, yaxis: up })) {
    const { title } = layout[name];
    if (!title?.text) continue;
    const middle = (from + to) / 2;
    const found = fitted(unescaped(title.text), 2 * Math.min(middle, all - middle), { family, short: title.short });
    change[name] = {
      ...layout[name],
      title: { ...title, text: escaped(found), font: { ...title.font, size: found.size } },
    };
  }
  return { ...layout, ...change };
}

/** The update for Plotly.relayout of a figure whose size has changed, with its titles refitted. */
export function refitted({ xaxis, yaxis }) {
  const told = Object.entries({ xaxis, yaxis }).filter(([, axis]) => axis.title?.text !== undefined);
  return Object.fromEntries(
    told.flatMap(([name, { title }]) => [
      [`${name}.title.text`, title.text],
      [`${name}.title.font.size`, title.font?.size ?? SIZES[0]],
    ]),
  );
}

const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const escaped = ({ text }) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
