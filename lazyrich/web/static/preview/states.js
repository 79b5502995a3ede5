// The states of a preview, and all transitions between them: they decide which run the charts show. CONTRIBUTING.md has
// them as a diagram.

/** State -> event -> next state. */
export const PREVIEW = {
  // the charts show the current run
  own: { hold: "held", choose: "standing", release: "own", undo: "own", end: "own" },
  // they show the settings of a control that is held; the run's player is frozen
  held: { hold: "held", choose: "standing", release: "standing", undo: "own", end: "own" },
  // they show the settings that were sent to Python, until the run with these settings has come
  standing: { hold: "held", choose: "standing", release: "standing", undo: "standing", end: "own" },
};
