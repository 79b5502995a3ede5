// The legend of an exported plotly figure, read from its traces: each name once.

/** Keys for `sheet`, of plotly traces; a trace with `showlegend: false` or without a name has none. */
export function keysOf(traces) {
  const keys = new Map();
  for (const trace of traces) {
    const key = keyOf(trace);
    if (!key) continue;
    const { label, ...look } = key;
    keys.set(`${label} ${JSON.stringify(look)}`, key); // traces of the same name and look share one entry
  }
  return [...keys.values()];
}

function keyOf({ type, name, showlegend, mode = "lines", line, marker, opacity = 1, fill, fillcolor }) {
  if (!name || showlegend === false || type === "heatmap" || type === "contour") return null;
  const label = unescaped(name);
  if (fill) return { label, band: fillcolor };
  const lined = mode.includes("lines") && line?.width !== 0;
  return {
    label,
    ...(lined && { line: { colour: line.color, width: line.width ?? 2, dash: dashes(line.dash), opacity } }),
    ...(!lined &&
      mode.includes("markers") && {
        mark: { shape: marker.symbol ?? "circle", colour: marker.color ?? marker.line?.color },
      }),
  };
}

const dashes = (dash) =>
  dash && dash !== "solid"
    ? dash
        .split(",")
        .map((px) => Number.parseFloat(px))
        .filter(Number.isFinite)
    : [];

// Names are in plotly's small HTML dialect.
const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
