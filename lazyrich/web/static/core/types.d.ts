// What the scripts hand to each other. Nothing of this reaches a browser: `make lint` checks the scripts against it.

import type { RunLog } from "../stream/run_log.js";
import type { Timeline } from "../stream/timeline.js";

export type Side = "x" | "y";

/** What an axis covers; log10 on a logarithmic one. */
export type Range = [from: number, to: number];

/** Of the axes of a chart. */
export interface Ranges {
  x?: Range;
  y?: Range;
}

/** In px. */
export type Size = [width: number, height: number];

/** In px, unless something else is said. */
export interface Point {
  x: number;
  y: number;
}

/** What a pointer points at on a chart, in px; held: a button is down. */
export interface Pointer extends Point {
  held?: boolean;
}

/** A few words beside a point. */
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
  upTo: number;
}

/** What drawing the line of a run takes: of one that is shown, or of the ghost. */
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
  colours: { positive: string; negative: string; ghost: string; networks: string[] };
}

/** The meaning of a row, which comes with frame 0; see lazyrich/client/protocol.py. */
export interface RunHeader {
  columns: string[];
  arrays: [name: string, shape: number[]][];
  /** Arrays whose last axis is a median with its lowest and highest over the seeds. */
  spread: string[];
  expected: number;
  settings: string;
  // biome-ignore lint/suspicious/noExplicitAny: of the experiment
  config: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: of the experiment
  chart_data: Record<string, any>;
}

/** What the server says of a run: its state, and the rows of frames from `first` on. */
export interface RunEntry {
  id: string;
  status: string;
  message: string;
  remedy: Record<string, unknown>;
  progress: number;
  left: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: how far the losses have settled, by name
  ending?: Record<string, any> | null;
  first: number;
  count: number;
  verdicts: string[];
  /** Further sentences on the frames; missing where no frame has one. */
  remarks?: string[];
  header?: RunHeader;
  /** Of a preview: whether it reaches to the end of its run. */
  whole?: boolean;
}

/**
 * An answer of the server: its entries, and the rows of all of them in order. One to a wish for a preview has a serial
 * and either the preview or why there is none.
 */
export interface Answer {
  runs: RunEntry[];
  floats: Float32Array;
  serial?: number;
  preview?: RunEntry | null;
  why?: string;
}

/** Where a live chart has its frames from: the server, or a recording. */
export interface Source {
  /** One of the states of LINE. */
  line: string;
  /** Whether there is no server to ask for more. */
  recorded: boolean;
  open(address?: string, token?: string): void;
  /** Ask for what is beyond the frames that are held. */
  ask(): void;
  stop(run: string): void;
  /** Ask for the picture of a run with some settings changed; whether that was sent. */
  preview(run: string, settings: object, serial: number): boolean;
  close(): void;
}

/** What is known of the extremes of some numbers; low is Infinity where there is none. */
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

/** What a picture is drawn with: a canvas on the screen, or an SVG file. Points that are not finite break a line. */
export interface Pen {
  line(points: Point[], stroke: Stroke): void;
  disc(point: Point, radius: number, stroke: Stroke): void;
  text(point: Point, words: string, lettering: Lettering): void;
  image(canvas: ReadableCanvas, left: number, top: number, width: number, height: number, opacity: number): void;
  /** All that is drawn from now on is moved by so much. */
  shift(x: number, y: number): void;
}

/** A file to save a picture as; or the text of its SVG, or its title and lines. */
export type SaveAs = "png" | "svg" | "pdf" | "text" | "words";

declare global {
  interface Window {
    // biome-ignore lint/suspicious/noExplicitAny: plotly.js has no types of its own
    Plotly?: any;
  }
}
