// What Python says of the charts and readings of a page. Written by `python -m docs.chart_specs` from lazyrich/charts/.

/** A column other than time to draw curves over. */
export interface Abscissa {
  /** The column. */
  column: string;
  /** What stands below the axis. */
  title: string;
  /** Whether the axis is logarithmic. If not, it covers `sweep` of the header's chart data. */
  log: boolean;
  /** The setting that says where a logarithmic axis will end, such as `steps`. */
  end?: string;
}

/** An axis of values that grows with what is drawn. */
export interface Axis {
  /** Whether it is logarithmic. */
  log: boolean;
  /** What stands beside it. */
  title: string;
  /** Stands in for the title where there is little room. */
  short?: string;
  /** The axis reaches at least this far up, so that a small change looks small. */
  least?: number;
}

/** What lies between two columns, filled. */
export interface Band {
  /** Lower edge. */
  low: string;
  /** Upper edge. */
  high: string;
  /** What the caption calls it; empty for no entry in the caption. */
  label: string;
  /** As in Series. Bands of networks are drawn for the current run alone. */
  network?: number;
}

/** A bar for each of the networks that train side by side, with whiskers over the seeds; drawn anew each frame. */
export interface Bars {
  /** What the networks are called, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
   * which is a row below the pictures where there are two. What is below stands in a row of its own under the
   * playback bar, where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "bars";
  /** (networks, 3), with spread; nan where there is no bar yet. */
  array: string;
  /** (networks, 3), with spread: a bar stands on the median of this, which is drawn pale. */
  under?: string;
  /** What the caption calls that. */
  under_label: string;
  /** What stands where there is no bar yet. */
  waiting: string;
  /** The value axis. */
  y: Axis;
  /** Whether the caption has a key for each network; not where the page shows them elsewhere. */
  keys: boolean;
}

/** An axis that can also be kept within what is possible, such as 0 to 1 for a share. */
export interface BoundedAxis {
  /** Whether it is logarithmic. */
  log: boolean;
  /** What stands beside it. */
  title: string;
  /** Stands in for the title where there is little room. */
  short?: string;
  /** The axis reaches at least this far up, so that a small change looks small. */
  least?: number;
  /** The axis begins here unless a number lies below. */
  floor?: number;
  /** The axis ends just above this unless a number lies above. */
  ceiling?: number;
}

/** A number in the caption that follows the playback position. */
export interface CaptionNumber {
  /** The number. */
  column: string;
  /** What stands before it. */
  label: string;
  /** What stands after it. */
  after: string;
  /** Whether some runs have no such column: the caption of theirs is without the number. */
  optional: boolean;
}

/** A setting in the caption on which the numbers of the chart depend: "at d = 2". */
export interface CaptionSetting {
  /** The setting. */
  name: string;
  /** How the caption writes it. */
  symbol: string;
}

/** Curves of scalars: a line for each run and series, which grows while the run plays. */
export interface Curves {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
   * which is a row below the pictures where there are two. What is below stands in a row of its own under the
   * playback bar, where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "curves";
  /**
   * What to draw over. If it is absent, flow time or steps, as the visitor chooses; the axis is logarithmic and is
   * shared by all such charts of a column.
   */
  x?: Abscissa;
  /** The value axis. */
  y: CurvesAxis;
  /** The lines. */
  series: Series[];
  /** Areas behind the lines. */
  bands: Band[];
  /** Numbers in the caption. */
  caption: CaptionNumber[];
  /** Settings in the caption. */
  settings: CaptionSetting[];
}

/** The value axis of curves. */
export interface CurvesAxis {
  /** Whether it is logarithmic. */
  log: boolean;
  /** What stands beside it. */
  title: string;
  /** Stands in for the title where there is little room. */
  short?: string;
  /** The axis reaches at least this far up, so that a small change looks small. */
  least?: number;
  /** The axis begins here unless a number lies below. */
  floor?: number;
  /** The axis ends just above this unless a number lies above. */
  ceiling?: number;
  /** The axis is at least this long, so that rounding does not look like a movement. */
  span?: number;
  /** Further columns that the axis has room for: those of a chart beside it that is compared with this one. */
  also: string[];
}

/** A number of each filter. */
export interface FilterNumber {
  /** (networks, filters). */
  array: string;
  /** What it is called. */
  label: string;
  /** What stands right after it. */
  unit: string;
  /**
   * The label of the variant that it describes; if absent, of the first one. The mean of a variant's first number
   * stands above each block.
   */
  of?: string;
}

/**
 * The function of a student with one hidden layer beside its teacher's and the samples, drawn anew at each frame.
 *
 * Over which inputs is said by `function` of the header's chart data, see
 * `lazyrich.experiments.student_teacher.learned_function`. The header may have `teacher` as a plane's has, and
 * `twin`, directions [x, y] at which the neurons of a lazy twin switch on and off.
 */
export interface Function {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /** As in every chart. */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "function";
  /** (neurons, 2): |a| w of each neuron in the plane. */
  array: string;
  /** (neurons,): the sign of each readout. */
  sign: string;
  /** Array (inputs,) of outputs at some inputs, in frames of a run with more than two dimensions. */
  predicted: string;
  /** Array (places,) of the function, in frames that do not hold all neurons. */
  whole: string;
  /** Array (bins,) of net changes of its slope, in frames that do not hold all neurons. */
  binned: string;
  /** Array (neurons, 2) of the lazy twin's coefficients, in frames of a run that has one. */
  twin: string;
  /** As `predicted`, of the twin. */
  twin_predicted: string;
  /** As `whole`, of the twin. */
  twin_whole: string;
}

/**
 * The rules of a grammar, and how one of its strings comes out of them.
 *
 * The header's chart data has `strings`, how many there are in all, and `grammar`: {vocabulary, rules, derivation}.
 */
export interface Grammar {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
   * which is a row below the pictures where there are two. What is below stands in a row of its own under the
   * playback bar, where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "grammar";
}

/** A line across the whole chart. */
export interface Guide {
  /** Its value. */
  y: number;
  /** What is written at it. */
  label: string;
}

/** Numbers of one moment as the colours of a table's cells, painted anew at each frame. */
export interface Heat {
  /** What the networks are called, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
   * which is a row below the pictures where there are two. What is below stands in a row of its own under the
   * playback bar, where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "heat";
  /** (rows, columns), or (networks, rows, columns) for a table each. */
  array: string;
  /** What the columns stand for; without it they have no labels. */
  x: string | (number | string)[];
  /**
   * What the rows stand for. Numbers that grow from row to row grow upwards, as on an axis; without them the first
   * row is the uppermost, as in a matrix.
   */
  y: string | (number | string)[];
  /** What stands below the columns' labels. */
  x_title: string;
  /** What stands beside the rows' labels. */
  y_title: string;
  /** The numbers that have the first and the last colour; if absent, those that occur in the run. */
  range?: [number, number];
  /** Whether numbers are written into their cells. */
  write: boolean;
  /** Significant digits of those numbers. */
  digits: number;
  /** Of the shape of the array or of one of its tables: a cell is outlined where this is not 0. */
  outline?: string;
  /** What an outline means. */
  outline_label: string;
  /** A sentence below the caption, such as which rows are shown. */
  note?: string;
}

/**
 * A block of filters for each network of the current run.
 *
 * The filter under the pointer is shown close by, with its spectrum and its numbers.
 */
export interface Images {
  /** What the networks are called, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /** As in every chart. */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "images";
  /** What can be shown, the one to open on first. */
  arrays: Variant[];
  /** What is told of each filter. */
  numbers: FilterNumber[];
  /** A spatial frequency in cycles per pixel, drawn as a circle on the spectrum. */
  ring?: number;
  /** A sentence below the caption. */
  note: string;
}

/** A line for each of the networks that train side by side, drawn anew at each frame. */
export interface Lines {
  /** What the networks are called, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
   * which is a row below the pictures where there are two. What is below stands in a row of its own under the
   * playback bar, where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "lines";
  /** (networks, points), or with spread (networks, points, 3), whose band is drawn too; a gap where nan. */
  array: string;
  /** Where the points stand. */
  x: string | (number | string)[];
  /** What stands below the axis. */
  x_title: string;
  /** Whether that axis is logarithmic. */
  x_log: boolean;
  /** The value axis. */
  y: BoundedAxis;
  /** Whether a logarithmic value axis ends a tenth of a decade past values and guides, not at half decades. */
  y_close: boolean;
  /** (networks, points): a marker is hollow where this is below 1. */
  hollow?: string;
  /** Whether points are marked; a point without neighbours is in any case. */
  markers: boolean;
  /** Networks whose points are not joined, but marked each by itself. */
  apart: number[];
  /** Lines across. */
  guides: Guide[];
  /** Whether the caption has a key for each network; not where the page shows them elsewhere. */
  keys: boolean;
}

/** One of the measures of a portrait. */
export interface Measure {
  /**
   * (times, rows, columns), nan where there is nothing yet. With several seeds, a run may also have the arrays
   * "NAME_low" and "NAME_high".
   */
  array: string;
  /** What the choice calls it. */
  label: string;
  /** Whether it is coloured by its logarithm. */
  log: boolean;
  /** Levels to draw a line at, in the measure's own units. */
  contours: number[];
}

/**
 * One point of each run on equal axes: where it goes, over lines and points of the header's chart data.
 *
 * That has `plane_range`, {x, y} to begin with, and may have `plane_lines`, {x, y, label} each such as contours of
 * the loss, `plane_points`, {role, x, y, label} with the role "start" or another, `exact`, and `path_note`.
 */
export interface Path {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /** As in every chart. */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "path";
  /** Where the point is. */
  columns: [string, string];
  /** Titles of the axes. */
  axes: [string, string];
  /** What the caption explains. */
  keys: PathKey[];
}

/** A key in the caption of a path. */
export interface PathKey {
  /** What it shows: a ring, a cross or a pale line. */
  mark: "ring" | "cross" | "line";
  /** What that means. */
  label: string;
}

/**
 * The neurons of a run as trails on equal axes, coloured by the sign of their readout.
 *
 * The header's chart data may have `teacher`, rays [x, y, sign], `radius`, of the circle on which neurons start, and
 * `plane_note`, a sentence below the caption. Each run that the visitor keeps has a small plane of its own.
 */
export interface Plane {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /** As in every chart. */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "plane";
  /** (neurons, 2): where each neuron is. */
  array: string;
  /** (neurons,): the sign of each readout; positive where absent. */
  sign?: string;
  /** A sentence below the caption while no run is kept. */
  note: string;
}

/**
 * A phase portrait that is being computed: a map of one measure at one time, whose cells can be picked.
 *
 * Measure and time are chosen in the caption. Cells that are still to come have the colour of the nearest one, paler.
 * A pick is the event "pick" of the chart's element: {x, y, measure, time}.
 */
export interface Portrait {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, as large a picture beside it, the column in the middle, or the column at the right,
   * which is a row below the pictures where there are two. What is below stands in a row of its own under the
   * playback bar, where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "portrait";
  /** What can be shown, the one to open on first. */
  measures: Measure[];
  /** The times in words, in the order of the arrays' first axis. */
  times: string[];
  /** What the columns stand for. */
  x: string | (number | string)[];
  /** What the rows stand for. */
  y: string | (number | string)[];
  /** What stands below the columns' labels. */
  x_title: string;
  /** What stands beside the rows' labels. */
  y_title: string;
}

/** A number of each run above the charts, which follows the playback position. */
export interface Reading {
  /** What is shown. */
  column: string;
  /** What it is called. */
  label: string;
  /** What it means, in a sentence or two. */
  help: string;
  /** Significant digits. */
  digits: number;
  /** What stands after it. */
  unit: string;
  /** What the number is multiplied by, such as 100 for per cent. */
  scale: number;
  /** Whether a whole number is written without decimals. */
  count: boolean;
  /** A number of a smaller size is written as 0. */
  resolution: number;
}

/** A line for each run: runs are told apart by colour, series by dash. */
export interface Series {
  /** What is drawn. */
  column: string;
  /** What the caption and the tooltip call it; empty for no entry in the caption. */
  label: string;
  /** How the line is broken. */
  dash: "solid" | "dash" | "dot" | "dashdot" | "longdash" | "longdashdot";
  /** Whether to draw the exact solution below it, which the header's chart data has under `exact`. */
  exact: boolean;
  /** The network that it is of, of several that train side by side: it has that network's colour. */
  network?: number;
  /** Whether it is a companion of another series: without a disc at its end. */
  thin: boolean;
  /** Whether it is one of many that another series sums up: a thin, pale line of the current run alone. */
  faint: boolean;
}

/**
 * A run in its three weights: a surface coloured by the loss, and the way along it. The visitor can turn it.
 *
 * The header's chart data has `space_range`, {x, y, z}, and `sheets`, the surface as {x, y, z, colour} grids, and may
 * have `space_lines`, {role, label, x, y, z} with the role "minima" or "boundary", `space_points`, {role, label, x,
 * y, z} with the role "minimum" or "saddle", and `exact`.
 */
export interface Space {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /** As in every chart. */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "space";
  /** The coordinates, the last one upwards. */
  columns: [string, string, string];
  /** Titles of the axes. */
  axes: [string, string, string];
  /** A sentence below the caption. */
  note: string;
}

/** What can be shown of each filter. */
export interface Variant {
  /** (networks, filters, channels, k, k). */
  array: string;
  /** What its button says. */
  label: string;
  /** The button's tooltip. */
  help: string;
  /** The Gabors that fit best, of the shape of the array; all 0 where none does. */
  fit?: string;
}

/** Any kind of chart, told by its `kind`. */
export type ChartSpec = Bars | Curves | Function | Grammar | Heat | Images | Lines | Path | Plane | Portrait | Space;
