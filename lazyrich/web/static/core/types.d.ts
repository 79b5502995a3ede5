// Types that the scripts share. Nothing of this reaches a browser: `make lint` checks the scripts against it.

import type { RunLog } from "../stream/run_log.js";
import type { Timeline } from "../stream/timeline.js";
import type { PlotlyChart } from "./plotly_chart.js";

/** One of the two axes of a chart. */
export type Side = "x" | "y";

/** Range of an axis; log10 on a logarithmic one. */
export type Range = [from: number, to: number];

/** Of the axes of a chart. */
export interface Ranges {
  x?: Range;
  y?: Range;
}

/** In px. */
export type Size = [width: number, height: number];

/** In px unless noted otherwise. */
export interface Point {
  x: number;
  y: number;
}

/** Position of a pointer on a chart, in px; held: a button is down. */
export interface Pointer extends Point {
  held?: boolean;
}

/** A short text beside a point. */
export interface Tip {
  lines: string[];
  at: Point;
}

/** Colours of the page, the family of its font, and a key that is the same for equal themes. */
export interface Theme {
  text: string;
  muted: string;
  line: string;
  grid: string;
  background: string;
  font: string;
  dark: boolean;
  key: string;
}

/** A run as a chart draws it: up to which frame, and under which key its lines are kept. */
export interface ShownRun {
  id: string;
  key: string;
  label: string;
  colour: string;
  dash: string;
  pinned: boolean;
  role: "current" | "kept";
  log: RunLog;
  /** The last frame that is drawn; -1 before the first one. */
  upTo: number;
}

/** The parts of a run, or of the ghost, that drawing its lines needs. */
export type DrawnRun = Pick<ShownRun, "log" | "upTo" | "colour" | "dash">;

/** The previous run, which stays visible until it is dismissed. */
export type Ghost = Omit<ShownRun, "key">;

/** A moment of the timeline, as all charts draw it. */
export interface Scene {
  timeline: Timeline;
  along: "time" | "step";
  current: ShownRun;
  kept: ShownRun[];
  runs: ShownRun[];
  ghost: Ghost | null;
  sameScale: boolean;
  /** Whether there is no server to ask for more. */
  recorded?: boolean;
  theme: Theme;
  colours: Palette;
}

/** Colours with a fixed meaning; see lazyrich/palette.py. */
export interface Palette {
  positive: string;
  negative: string;
  ghost: string;
  networks: string[];
}

/** Extremes of some numbers, and the smallest positive one; low is Infinity where there is none. */
export interface Bounds {
  low: number;
  high: number;
  positive: number;
}

/** From a number, or its log10, to px: slope * value + start. */
export interface AxisScale {
  log: boolean;
  slope: number;
  start: number;
}

/** The plot area of a figure in px, and its axes. */
export interface PlotArea {
  left: number;
  top: number;
  width: number;
  height: number;
  x: AxisScale;
  y: AxisScale;
}

/** A canvas to be saved: `pixels` gives its image anew where a canvas cannot be read back. */
export type ReadableCanvas = HTMLCanvasElement & { pixels?: () => ImageData };

/** A line, or a shape where there is a fill. */
export interface Stroke {
  colour?: string;
  width?: number;
  dash?: number[];
  opacity?: number;
  fill?: string | null;
  cap?: CanvasLineCap;
}

/** Style of a text. */
export interface Lettering {
  colour: string;
  size?: number;
  weight?: number;
  anchor?: "start" | "middle" | "end";
  /** Colour of an edge around the letters. */
  halo?: string | null;
  /** Degrees clockwise around the point. */
  turn?: number;
}

/** Draws pictures: on a canvas on the screen, or in an SVG file. Points that are not finite break a line. */
export interface Pen {
  line(points: Point[], stroke: Stroke): void;
  disc(point: Point, radius: number, stroke: Stroke): void;
  text(point: Point, content: string, lettering: Lettering): void;
  image(canvas: ReadableCanvas, left: number, top: number, width: number, height: number, opacity: number): void;
  /** A picture that has been drawn already, an image or the text of an SVG. */
  place(picture: HTMLImageElement | string, width: number, height: number): void;
  /** Move the origin of what is drawn from now on. */
  shift(x: number, y: number): void;
}

/** A dash by its name, or by its lengths in px. */
export type Dash = string | number[];

/** Called when the visitor has changed or reset the axes of a chart. */
export type OnZoom = (chart: PlotlyChart) => void;

/** File format of a saved picture; "text" returns its SVG, "caption" its title and lines. */
export type SaveAs = "png" | "svg" | "pdf" | "text" | "caption";
/** plotly.js, as far as it is used here. Its data have more fields, which the scripts pass through. */
export interface Plotly {
  Icons: Record<string, object>;
  newPlot(node: PlotlyElement, traces: Trace[], layout: Layout, config: object): void;
  react(node: PlotlyElement, traces: Trace[], layout: Layout, config?: object): void;
  relayout(node: PlotlyElement, change: Record<string, unknown>): void;
  purge(node: PlotlyElement): void;
  toImage(figure: { data: Trace[]; layout: Layout }, format: object): Promise<string>;
}

/** An element that plotly draws in, with the members that plotly adds. */
export interface PlotlyElement extends HTMLDivElement {
  data?: Trace[];
  layout?: Layout;
  on(event: string, heard: (change: Record<string, unknown>) => void): void;
}

export interface Layout {
  width?: number;
  height?: number;
  margin?: Margin | null;
  font?: Font;
  xaxis?: LayoutAxis;
  yaxis?: LayoutAxis;
  dragmode?: string | boolean;
  plot_bgcolor?: string;
  [option: string]: unknown;
}

export interface LayoutAxis {
  type?: string;
  range?: number[];
  dtick?: number | null;
  ticktext?: string[];
  title?: { text?: string; short?: string; font?: Font; [option: string]: unknown };
  [option: string]: unknown;
}

export interface Margin {
  l: number;
  r: number;
  t: number;
  b: number;
  [option: string]: unknown;
}

export interface Font {
  family?: string;
  size?: number;
  color?: string;
}

export interface Trace {
  type?: string;
  name?: string;
  mode?: string;
  showlegend?: boolean;
  line?: { color?: string; width?: number; dash?: string; [option: string]: unknown };
  marker?: {
    symbol?: string;
    /** Of all markers, or of each one. */
    color?: string | string[];
    line?: { color?: string; width?: number | number[] };
    [option: string]: unknown;
  };
  opacity?: number;
  fill?: string;
  fillcolor?: string;
  [option: string]: unknown;
}

/** Argument of a Streamlit component, at first and after each rerun or change of theme. */
export interface Component<Data> {
  data: Data;
  parentElement: HTMLElement;
  setTriggerValue: Trigger;
}

/** Send a value to Python; the callback for this name runs there. */
export type Trigger = (name: string, value: unknown) => void;

/** Listeners of an element by name, such as onclick. */
type Listeners = { [E in keyof HTMLElementEventMap as `on${E}`]?: (event: HTMLElementEventMap[E]) => unknown };

/** Argument of element() in shell/dom.js: attributes by name, such as class, and listeners. */
export interface Attributes extends Listeners {
  [name: string]: string | number | boolean | null | undefined | ((event: never) => unknown);
}

declare global {
  interface Window {
    Plotly?: Plotly;
  }
}
