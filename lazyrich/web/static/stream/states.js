// States of a live chart and all transitions between them: its drawing code, its playback, its connection to the
// server. The three are independent of each other. CONTRIBUTING.md has them as diagrams.

/**
 * State -> event -> next state.
 *
 * @template {string} S
 * @template {string} E
 * @typedef {Record<S, Partial<Record<E, S>>>} Table
 */
/** @typedef {"new" | "loading" | "ready" | "broken" | "gone"} DrawingState */
/** @typedef {"show" | "load" | "fail" | "remove"} DrawingEvent */
/** @typedef {"playing" | "following" | "paused" | "ended"} PlaybackState */
/** @typedef {"play" | "pause" | "seek" | "end" | "restart" | "follow"} PlaybackEvent */
/** @typedef {"new" | "open" | "lost" | "cut" | "unknown"} ConnectionState */
/** @typedef {"answer" | "lose" | "outlast" | "refuse"} ConnectionEvent */

/**
 * The code that draws the charts.
 *
 * @type {Table<DrawingState, DrawingEvent>}
 */
export const DRAWING = {
  // Python has not named any run yet
  new: { show: "loading", remove: "gone" },
  // plotly.js and the style sheet are loading, and the axes wait a moment for a run's header; frames arrive meanwhile
  loading: { show: "loading", load: "ready", fail: "broken", remove: "gone" },
  ready: { show: "ready", remove: "gone" },
  // the charts cannot be drawn, and a notice gives the reason
  broken: { show: "broken", remove: "gone" },
  // messages sent before may still arrive
  gone: { show: "gone", load: "gone", fail: "gone", remove: "gone" },
};

/**
 * How the frames play.
 *
 * @type {Table<PlaybackState, PlaybackEvent>}
 */
export const PLAYBACK = {
  // frame after frame, at the chosen speed
  playing: restarts({ play: "playing", pause: "paused", seek: "paused", end: "ended" }),
  // always the newest frame: for visitors who prefer reduced motion
  following: restarts({ play: "playing", pause: "paused", seek: "paused", end: "ended" }),
  paused: restarts({ play: "playing", pause: "paused", seek: "paused" }),
  // at the final frame, reached by playing
  ended: restarts({ play: "playing", pause: "ended", seek: "paused" }),
};

/**
 * The connection to the server.
 *
 * @type {Table<ConnectionState, ConnectionEvent>}
 */
export const CONNECTION = {
  // connecting, without an answer yet
  new: { answer: "open", lose: "lost" },
  open: { answer: "open", lose: "lost" },
  // for too short a time to show
  lost: { answer: "open", lose: "lost", outlast: "cut", refuse: "unknown" },
  cut: { answer: "open", lose: "cut", refuse: "unknown" },
  // the server is reachable and has refused this page several times, because it was restarted
  unknown: { answer: "open", lose: "unknown", outlast: "unknown", refuse: "unknown" },
};

/**
 * Add the transitions for another run, which may be shown at any time.
 *
 * @param {Partial<Record<PlaybackEvent, PlaybackState>>} events
 * @returns {Partial<Record<PlaybackEvent, PlaybackState>>}
 */
function restarts(events) {
  return { ...events, restart: "playing", follow: "following" };
}

/**
 * A state and its table of transitions.
 *
 * @template {string} S
 * @template {string} E
 */
export class Machine {
  /**
   * @param {Table<S, E>} table
   * @param {S} state
   */
  constructor(table, state) {
    this.table = table;
    this.state = state;
  }

  /**
   * Take an event. Throws for one that the state does not have.
   *
   * @param {E} event
   * @returns {boolean} whether the state has changed
   */
  dispatch(event) {
    const before = this.state;
    const next = this.table[before][event];
    if (next === undefined) {
      throw new Error(
        `A live chart that is ${before} has no ${event}; it has ${Object.keys(this.table[before]).join(", ")}.`,
      );
    }
    this.state = next;
    return next !== before;
  }
}
