// Data from Python for the map; see lazyrich/web/components/map_picker.py.

export interface PickerData {
  css: string;
  plotly: string;
  map: MapData;
  /** Of the dot. */
  at: [x: number, y: number];
  /** Serial of the last pick that Python has read. */
  answered: number | null;
}

export interface MapData {
  x: MapAxis;
  y: MapAxis;
  z: MapNumbers;
  /** Levels of z at which there is a line. */
  contours: number[];
  marks: MapMark[];
  /** Width over height. */
  aspect: number;
  /** As plotly's colorscale. */
  colours: unknown;
  /** Name of a saved picture, and its settings; without a name none can be saved. */
  file: string;
  lines: string[];
  /** For a sidebar, without plotly. */
  small: boolean;
  /** The settings that the dot moves on the live chart of the page. */
  settings: [x: MapSetting, y: MapSetting] | null;
  moments: MapMoments | null;
}

/** Name of a quantity; the symbol replaces the title where there is little room. */
export interface MapQuantity {
  title: string;
  symbol: string;
  unit: string;
}

export interface MapAxis extends MapQuantity {
  /** Of the grid, increasing. */
  values: number[];
  log: boolean;
  /** Numbers on the axis; plotly's choice if there are none. */
  ticks: number[];
}

export interface MapNumbers extends MapQuantity {
  /** float32, row after row, in base64; nan where there is none. */
  values: string;
  note: string;
  /** Of the colours. */
  range: [low: number, high: number];
  digits: number;
}

/** A line, with gaps where null. */
export interface MapMark {
  label: string;
  x: (number | null)[];
  y: (number | null)[];
}

/** step: of the slider of this setting; null for one in decades. */
export interface MapSetting {
  name: string;
  step: number | null;
}

/** Training steps with a table each, and their names. */
export interface MapMoments {
  steps: number[];
  names: string[];
}
