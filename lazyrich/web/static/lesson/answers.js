// The visitor's answers to the questions of lessons, kept in localStorage, or in memory where that is not available.

import { onDetail } from "../shell/dom.js";

/** @type {Map<string, number>} */
const answers = new Map(); // by the id of the step
const ANSWERED = "lesson-answered";
const key = (/** @type {string} */ id) => `lazyrich-lesson-${id}`;

/**
 * Number of the answer to the question of a step, -1 if it was skipped, null if it is open.
 *
 * @param {string} id "lesson/step"
 * @returns {number | null}
 */
export function answerOf(id) {
  const given = answers.get(id);
  if (given !== undefined) return given;
  try {
    const kept = localStorage.getItem(key(id));
    return kept === null || !/^-?\d$/.test(kept) ? null : Number(kept);
  } catch {
    return null; // no localStorage for this site
  }
}

/**
 * Store an answer, and notify the listeners of onAnswer().
 *
 * @param {string} id of the step
 * @param {number} number
 */
export function answer(id, number) {
  const first = answerOf(id) === null;
  answers.set(id, number);
  try {
    localStorage.setItem(key(id), String(number));
  } catch {
    // kept in memory alone
  }
  window.dispatchEvent(new CustomEvent(ANSWERED, { detail: { id, first } }));
}

/**
 * Listen to answers.
 *
 * @param {(answer: { id: string, first: boolean }) => void} listener
 * @returns {() => void} removes the listener
 */
export function onAnswer(listener) {
  const off = new AbortController();
  onDetail(window, ANSWERED, listener, { signal: off.signal });
  return () => off.abort();
}
