// The states of a preview, and all transitions between them: whose picture the charts show. CONTRIBUTING.md has them as
// a diagram.

/** State -> event -> next state. */
export const PREVIEW = {
  // the current run's
  own: { hold: "held", choose: "standing", release: "own", undo: "own", end: "own" },
  // that of the settings under a hand; the run's player is frozen
  held: { hold: "held", choose: "standing", release: "standing", undo: "own", end: "own" },
  // that of the settings which Python was told, until the run with these settings is there
  standing: { hold: "held", choose: "standing", release: "standing", undo: "standing", end: "own" },
};
