// Types of the messages of the server, and of the data that Python gives to components. Browsers do not load this file.

import type { ChartSpec, Reading } from "../core/chart_specs.d.ts";
import type { Palette, Range } from "../core/types.d.ts";
import type { ConnectionState } from "./states.js";

/** The meaning of a row, which comes with frame 0; see lazyrich/client/protocol.py. */
export interface RunHeader {
  columns: string[];
  arrays: [name: string, shape: number[]][];
  /** Arrays whose last axis is a median with its lowest and highest over the seeds. */
  spread: string[];
  expected: number;
  settings: string;
  environment: Record<string, string>;
  config: Settings;
  chart_data: ChartData;
}

/** The settings of a run by name: those that a script knows, and all others. */
export interface Settings {
  steps?: number;
  /** "flat" where the run goes on until its losses are. */
  until?: string;
  dimension?: number;
  leak?: number;
  seed?: number;
  seeds?: number;
  /** Whether a lazy twin is trained too. */
  twin?: boolean;
  /** The times of a phase portrait. */
  at?: number[];
  [name: string]: unknown;
}

/**
 * Data of an experiment for its charts, sent before the first frame; each entry only where there is such a chart. Other
 * entries are lists that a chart's specification names. A number that is not finite comes as null.
 */
export interface ChartData {
  /** Flow time of a step. */
  time_per_step?: number;
  /** Frames that play in a second, if each is a result of its own. */
  pace?: number;
  /** Whether a run that was stopped can go on where it was. */
  goes_on?: boolean;
  /** The column that a run varies instead of training on, and the ends of its values. */
  position?: { column: string; symbol: string };
  sweep?: Range;
  /** The parts that a run counts instead of steps, in a column or by its steps. */
  counts?: { column?: string; of: number; name: string };
  /** Of the networks that train side by side. */
  alphas?: number[];
  /** The exact solution by column, and a sentence on where it is from. */
  exact?: Record<string, (number | null)[]>;
  exact_by?: string;
  teacher?: Ray[];
  /** Of the circle on which neurons start, and how far the axes reach then. */
  radius?: number;
  extent?: number;
  plane_note?: string;
  plane_range?: { x: Range; y: Range };
  plane_lines?: PlaneLine[];
  plane_points?: PlanePoint[];
  path_note?: string;
  space_range?: { x: Range; y: Range; z: Range };
  sheets?: Sheet[];
  space_lines?: SpaceLine[];
  space_points?: SpacePoint[];
  function?: FunctionData;
  strings?: number;
  grammar?: GrammarData;
  [list: string]: unknown;
}

/** The direction of a teacher's neuron, and the sign of its readout. */
export type Ray = [x: number, y: number, sign: number];

/** A training sample: its place on the horizontal axis, its output, and on a circle its norm as a share of the mean. */
export type Sample = [t: number, y: number, share?: number];

export interface PlaneLine {
  role: string;
  label: string;
  x: number[];
  y: number[];
}

export interface PlanePoint {
  role: string;
  label: string;
  x: number;
  y: number;
}

export interface SpaceLine extends PlaneLine {
  z: number[];
}

export interface SpacePoint extends PlanePoint {
  z: number;
}

/** A surface in space, each a table of one shape; colour: the loss. */
export interface Sheet {
  x: number[][];
  y: number[][];
  z: number[][];
  colour: number[][];
}

/** The inputs of a learned function; see lazyrich/experiments/student_teacher/learned_function.py. */
export interface FunctionData {
  over: "circle" | "line" | "outputs";
  points?: Sample[];
  samples?: number;
  radius?: number;
  /** On a line: the input that varies, the value of the constant one, and the ends of the data and of the chart. */
  axis?: number;
  constant?: number;
  span?: Range;
  range?: Range;
  /** On a line in the user's units: factor and offset. */
  x_unit?: [factor: number, offset: number];
  y_unit?: [factor: number, offset: number];
  /** Over outputs: those that are true, whether of test inputs, and what the circle of the plane leaves out. */
  truth?: number[];
  tested?: boolean;
  left_out?: Record<string, number>;
}

/** Rules by level, symbol, choice and side; the derivation of one string by level. */
export interface GrammarData {
  vocabulary: number;
  rules: number[][][][];
  derivation: number[][];
}

export type RunStatus = "waiting" | "running" | "finished" | "stopped" | "failed";

/** Whether the losses of a run that is over had settled; see lazyrich/ending.py. */
export interface Ending {
  state: string;
  words: string;
  brief: string;
  /** Whether the page offers to train on until they have. */
  onward: boolean;
}

/** Entry of a run in an answer: its state, and the rows of its frames from `first` on. */
export interface RunEntry {
  id: string;
  status: RunStatus;
  message: string;
  /** Settings that would avoid a failure. */
  remedy: Settings;
  /** Share of the run's time that is done, 0 to 1. */
  progress: number;
  /** Seconds left; null while the server has no estimate. */
  left: number | null;
  ending?: Ending | null;
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
 * An answer of the server: its entries, and the rows of all of them in order. The answer to a request for a preview has
 * its serial, and either the preview or the reason why there is none.
 */
export interface Answer {
  runs: RunEntry[];
  floats: Float32Array;
  serial?: number;
  preview?: RunEntry | null;
  why?: string;
}

/** Source of a live chart's frames: the server, or a recording. */
export interface Source {
  connection: ConnectionState;
  /** Whether this is a recording, without a server that starts and stops runs. */
  recorded: boolean;
  open(address?: string, token?: string): void;
  /** Request the frames beyond those that are held. */
  ask(): void;
  stop(run: string): void;
  /** Request a preview of a run with some settings changed; returns whether it was sent. */
  preview(run: string, settings: Settings, serial: number): boolean;
  close(): void;
}

/** Data from Python for a live chart; see lazyrich/client/live_data.py and lazyrich/web/components/live_chart.py. */
export interface LiveData {
  css: string;
  plotly: string;
  socket?: string;
  token?: string;
  runs: DescribedRun[];
  charts: ChartSpec[];
  readings: Reading[];
  citation: string;
  palette: Palette;
  look?: Look;
  choices?: OfferedChoices;
  /** Whether a run starts again some time after its end. */
  loop?: boolean;
}

/** A run to be shown. */
export interface DescribedRun {
  id: string;
  role: "current" | "kept";
  label: string;
  pinned: boolean;
  colour: string;
  dark_colour?: string;
  dash: string;
}

/** The parts of the page to show: charts by their ids, all if empty, and controls by their names, all if null. */
export interface Look {
  kind: "page" | "figure" | "slide" | "glance";
  pictures: string[];
  controls: string[] | null;
  /** The step of a lesson whose question comes before the run. */
  asks?: string;
}

/** Controls of the page whose changes are previewed. */
export interface OfferedChoices {
  presets?: OfferedPresets;
  /** The next seed. */
  seed?: number | null;
  sliders?: SliderData[];
}

/** buttons: selector of those of the page; settings: by the name of a preset. */
export interface OfferedPresets {
  buttons: string;
  names: string[];
  shown: string | null;
  settings: Record<string, Settings>;
}

/** Data from Python for a slider; see lazyrich/web/components/slider.py. */
export interface SliderData {
  css: string;
  name: string;
  label: string;
  help: string;
  value: number;
  /** Its stops; if empty, `step` apart from `low` to `high`. */
  stops: number[];
  low: number;
  high: number;
  step: number;
  preview: boolean;
  whole: boolean;
  /** Serial of the last setting that Python has read. */
  answered: number;
}

/** What a slider sends to Python: the value at which it was released, or the text that was typed. */
export type SliderSetting = ({ value: number } | { text: string }) & { serial: number };
