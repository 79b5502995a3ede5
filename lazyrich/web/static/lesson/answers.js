// The visitor's answers to the questions of lessons. They stay in this browser; where it keeps nothing, on this page.

const here = new Map();
const ANSWERED = "lesson-answered";
const key = (id) => `lazyrich-lesson-${id}`;

/** Number of the answer to the question of a step, -1 if it was skipped, null if it is open. id: "lesson/step". */
export function answerOf(id) {
  if (here.has(id)) return here.get(id);
  try {
    const kept = localStorage.getItem(key(id));
    return kept === null || !/^-?\d$/.test(kept) ? null : Number(kept);
  } catch {
    return null; // a browser that keeps nothing for this site
  }
}

/** Keep an answer, and tell what waits for it. */
export function answer(id, number) {
  const first = answerOf(id) === null;
  here.set(id, number);
  try {
    localStorage.setItem(key(id), String(number));
  } catch {
    // it holds until this page is left
  }
  window.dispatchEvent(new CustomEvent(ANSWERED, { detail: { id, first } }));
}

/** heard({ id, first }): called at each answer. Returns a function that takes the listener off. */
export function onAnswer(heard) {
  const listener = (/** @type {any} */ event) => heard(event.detail);
  window.addEventListener(ANSWERED, listener);
  return () => window.removeEventListener(ANSWERED, listener);
}
