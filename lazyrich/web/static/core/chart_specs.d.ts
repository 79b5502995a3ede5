// What Python says of the charts and readings of a page. Written by `python -m docs.chart_specs` from lazyrich/charts/.

/** A column other than time to draw curves over. */
export interface Abscissa {
  /** The column. */
  column: string;
  /** Title below the axis. */
  title: string;
  /** Whether the axis is logarithmic. If not, it covers `sweep` of the header's chart data. */
  log: boolean;
  /** The setting that determines the end of a logarithmic axis, such as `steps`. */
  end?: string;
}

/** An axis of values that grows with what is drawn. */
export interface Axis {
  /** Whether it is logarithmic. */
  log: boolean;
  /** Title beside the axis. */
  title: string;
  /** Shorter title for narrow charts. */
  short?: string;
  /** Smallest upper end of the axis, so that a small change looks small. */
  least?: number;
}

/** The filled area between two columns. */
export interface Band {
  /** Lower edge. */
  low: string;
  /** Upper edge. */
  high: string;
  /** Name in the caption; empty for no entry in the caption. */
  label: string;
  /** As in Series. Bands of networks are drawn for the current run alone. */
  network?: number;
}

/** A bar for each of the networks that train side by side, with whiskers over the seeds; redrawn each frame. */
export interface Bars {
  /** Names of the networks, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
   * the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
   * where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "bars";
  /** (networks, 3), with spread; nan where there is no bar yet. */
  array: string;
  /** (networks, 3), with spread: each bar starts at the median of this, which is drawn as a pale bar below it. */
  under?: string;
  /** Name of the pale bar in the caption. */
  under_label: string;
  /** Text shown where there is no bar yet. */
  waiting: string;
  /** The value axis. */
  y: Axis;
  /** Whether the caption has a key for each network. False if the page shows the keys elsewhere. */
  keys: boolean;
}

/** An axis that can also be limited to possible values, such as 0 to 1 for a share. */
export interface BoundedAxis {
  /** Whether it is logarithmic. */
  log: boolean;
  /** Title beside the axis. */
  title: string;
  /** Shorter title for narrow charts. */
  short?: string;
  /** Smallest upper end of the axis, so that a small change looks small. */
  least?: number;
  /** Lower end of the axis unless a number lies below. */
  floor?: number;
  /** The axis ends just above this unless a number lies above. */
  ceiling?: number;
}

/** A number in the caption that follows the playback position. */
export interface CaptionNumber {
  /** The column of the number. */
  column: string;
  /** Text before the number. */
  label: string;
  /** Text after the number. */
  after: string;
  /** Whether some runs have no such column: their caption then omits the number. */
  optional: boolean;
}

/** A setting in the caption on which the numbers of the chart depend: "at d = 2". */
export interface CaptionSetting {
  /** The setting. */
  name: string;
  /** Name of the setting in the caption. */
  symbol: string;
}

/** Curves of scalars: a line for each run and series, which grows while the run plays. */
export interface Curves {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
   * the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
   * where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "curves";
  /**
   * Column of the horizontal axis. If it is absent, flow time or steps, as the visitor chooses; the axis is then
   * logarithmic and is shared by all such charts of a column.
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
  /** Title beside the axis. */
  title: string;
  /** Shorter title for narrow charts. */
  short?: string;
  /** Smallest upper end of the axis, so that a small change looks small. */
  least?: number;
  /** Lower end of the axis unless a number lies below. */
  floor?: number;
  /** The axis ends just above this unless a number lies above. */
  ceiling?: number;
  /** Smallest length of the axis, so that rounding does not look like a movement. */
  span?: number;
  /** Further columns that the axis makes room for, such as those of a neighbouring chart to compare with. */
  also: string[];
}

/** A number of each filter. */
export interface FilterNumber {
  /** (networks, filters). */
  array: string;
  /** Name of the number. */
  label: string;
  /** Text right after the number. */
  unit: string;
  /**
   * Label of the variant that it describes; if absent, of the first one. The mean of a variant's first number is
   * shown above each block.
   */
  of?: string;
}

/**
 * The function of a student with one hidden layer beside its teacher's and the samples, redrawn at each frame.
 *
 * The entry `function` of the header's chart data tells the inputs to draw it over, see
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
  /** Array (places,) of the median over seeds, in frames of a run of several in at most two dimensions. */
  median: string;
  /** As `median`, the lower end of the band. */
  low: string;
  /** As `median`, the upper end of the band. */
  high: string;
}

/**
 * The rules of a grammar, and the derivation of one of its strings.
 *
 * The header's chart data has `strings`, the number of all strings, and `grammar`: {vocabulary, rules, derivation}.
 */
export interface Grammar {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
   * the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
   * where the page is longer than the screen.
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
  /** Its label. */
  label: string;
}

/** Numbers of one moment as the colours of a table's cells, repainted at each frame. */
export interface Heat {
  /** Names of the networks, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
   * the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
   * where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "heat";
  /** (rows, columns), or (networks, rows, columns) for a table each. */
  array: string;
  /** Values of the columns; if absent, they have no labels. */
  x: string | (number | string)[];
  /**
   * Values of the rows. Numbers that grow from row to row grow upwards, as on an axis; without values the first row
   * is at the top, as in a matrix.
   */
  y: string | (number | string)[];
  /** Title below the columns' labels. */
  x_title: string;
  /** Title beside the rows' labels. */
  y_title: string;
  /** Numbers of the first and the last colour; if absent, the smallest and the largest of the run. */
  range?: [number, number];
  /** Whether numbers are written into their cells. */
  write: boolean;
  /** Significant digits of those numbers. */
  digits: number;
  /** Array shaped as the array or as one of its tables: a cell is outlined where it is not 0. */
  outline?: string;
  /** Meaning of an outline, for the caption. */
  outline_label: string;
  /** A sentence below the caption, such as which rows are shown. */
  note?: string;
}

/**
 * A block of filters for each network of the current run.
 *
 * The filter under the pointer is shown enlarged, with its spectrum and its numbers.
 */
export interface Images {
  /** Names of the networks, in the order of the arrays' first axis. */
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
  /** The variants to choose from, the initial one first. */
  arrays: Variant[];
  /** The numbers of each filter. */
  numbers: FilterNumber[];
  /** A spatial frequency in cycles per pixel, drawn as a circle on the spectrum. */
  ring?: number;
  /** A sentence below the caption. */
  note: string;
}

/** A line for each of the networks that train side by side, redrawn at each frame. */
export interface Lines {
  /** Names of the networks, in the order of the arrays' first axis. */
  labels: string[];
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
   * the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
   * where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "lines";
  /** (networks, points), or with spread (networks, points, 3), whose band is drawn too; a gap where nan. */
  array: string;
  /** Positions of the points on the horizontal axis. */
  x: string | (number | string)[];
  /** Title below the axis. */
  x_title: string;
  /** Whether that axis is logarithmic. */
  x_log: boolean;
  /** The value axis. */
  y: BoundedAxis;
  /** Whether a logarithmic value axis ends a tenth of a decade past values and guides instead of at half decades. */
  y_close: boolean;
  /** (networks, points): a marker is hollow where this is below 1. */
  hollow?: string;
  /** Whether points have markers; a point without neighbours always has one. */
  markers: boolean;
  /** Indices of the networks whose points are markers without a line. */
  apart: number[];
  /** Lines across the chart. */
  guides: Guide[];
  /** Whether the caption has a key for each network. False if the page shows the keys elsewhere. */
  keys: boolean;
}

/** One of the measures of a portrait. */
export interface Measure {
  /**
   * (times, rows, columns), nan where nothing is computed yet. With several seeds, a run may also have the arrays
   * "NAME_low" and "NAME_high".
   */
  array: string;
  /** Name of the measure in the choice. */
  label: string;
  /** Whether it is coloured by its logarithm. */
  log: boolean;
  /** Levels to draw a line at, in the measure's own units. */
  contours: number[];
}

/**
 * The path of one point of each run on equal axes, over lines and points of the header's chart data.
 *
 * The header's chart data has `plane_range`, the initial {x, y}, and may have `plane_lines`, {x, y, label} each such
 * as contours of the loss, `plane_points`, {role, x, y, label} with the role "start" or another, `exact`, and
 * `path_note`.
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
  /** Coordinates of the point. */
  columns: [string, string];
  /** Titles of the axes. */
  axes: [string, string];
  /** Keys in the caption. */
  keys: PathKey[];
}

/** A key in the caption of a path. */
export interface PathKey {
  /** Its symbol: a ring, a cross or a pale line. */
  mark: "ring" | "cross" | "line";
  /** Meaning of the symbol. */
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
  /** (neurons, 2): position of each neuron. */
  array: string;
  /** (neurons,): the sign of each readout; positive where absent. */
  sign?: string;
  /** A sentence below the caption while no run is kept. */
  note: string;
}

/**
 * A phase portrait that is being computed: a map of one measure at one time, whose cells can be picked.
 *
 * The visitor chooses measure and time in the caption. Cells that are not computed yet have the colour of the nearest
 * one, paler. Picking a cell dispatches the event "pick" on the chart's element: {x, y, measure, time}.
 */
export interface Portrait {
  /** Unique on the page; names the chart's element and its saved files. */
  id: string;
  /** Heading of the chart and of its saved pictures. */
  title: string;
  /**
   * The large square at the left, a picture of the same size beside it, the column in the middle, or the column at
   * the right, which becomes a row below if there are two pictures. "below" is a separate row under the playback bar,
   * where the page is longer than the screen.
   */
  place: "main" | "wide" | "middle" | "right" | "below";
  /** Whether it is shown only when the visitor asks for it. */
  folded: boolean;
  /** Share of the height of its column, relative to 1 for the others. */
  grow?: number;
  kind: "portrait";
  /** The measures to choose from, the initial one first. */
  measures: Measure[];
  /** The times in words, in the order of the arrays' first axis. */
  times: string[];
  /** Values of the columns. */
  x: string | (number | string)[];
  /** Values of the rows. */
  y: string | (number | string)[];
  /** Title below the columns' labels. */
  x_title: string;
  /** Title beside the rows' labels. */
  y_title: string;
}

/** A number of each run above the charts, which follows the playback position. */
export interface Reading {
  /** The column to show. */
  column: string;
  /** Name of the number. */
  label: string;
  /** Meaning of the number, in a sentence or two without symbols. */
  help: string;
  /** How it is computed, in symbols where that is shorter; stands below the meaning. */
  formula: string;
  /** Significant digits. */
  digits: number;
  /** Text after the number. */
  unit: string;
  /** Factor of the number, such as 100 for per cent. */
  scale: number;
  /** Whether a whole number is written without decimals. */
  count: boolean;
  /** Size below which a number is written as 0. */
  resolution: number;
}

/** A line for each run: runs are told apart by colour, series by dash. */
export interface Series {
  /** The column to draw. */
  column: string;
  /** Name in the caption and the tooltip; empty for no entry in the caption. */
  label: string;
  /** Dash pattern of the line. */
  dash: "solid" | "dash" | "dot" | "dashdot" | "longdash" | "longdashdot";
  /** Whether to draw the exact solution below it, which the header's chart data has under `exact`. */
  exact: boolean;
  /** Index of its network, if several train side by side: the line has that network's colour. */
  network?: number;
  /** Whether it accompanies another series: it then has no disc at its end. */
  thin: boolean;
  /** Whether it is one of many that another series summarises: a thin, pale line, for the current run alone. */
  faint: boolean;
}

/**
 * The path of a run through its three weights, on a surface coloured by the loss. The visitor can turn it.
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
  /** Coordinates of the point, the last one upwards. */
  columns: [string, string, string];
  /** Titles of the axes. */
  axes: [string, string, string];
  /** A sentence below the caption. */
  note: string;
}

/** One picture that can be shown of each filter. */
export interface Variant {
  /** (networks, filters, channels, k, k). */
  array: string;
  /** Label of its button. */
  label: string;
  /** The button's tooltip. */
  help: string;
  /** The Gabors that fit best, of the shape of the array; all 0 where none does. */
  fit?: string;
}

/** Any kind of chart, told by its `kind`. */
export type ChartSpec = Bars | Curves | Function | Grammar | Heat | Images | Lines | Path | Plane | Portrait | Space;
