// The visitor's answers to the questions of lessons. They stay in this browser; where it keeps nothing, on this page.

import { onDetail } from "../shell/dom.js";

/** @type {Map<string, number>} */
const here = new Map(); // by the id of the step
const ANSWERED = "lesson-answered";
const key = (/** @type {string} */ id) => `lazyrich-lesson-${id}`;

/**
 * Number of the answer to the question of a step, -1 if it was skipped, null if it is open.
 *
 * @param {string} id "lesson/step"
 * @returns {number | null}
 */
export function answerOf(id) {
  const given = here.get(id);
  if (given !== undefined) return given;
  try {
    const kept = localStorage.getItem(key(id));
    return kept === null || !/^-?\d$/.test(kept) ? null : Number(kept);
  } catch {
    return null; // a browser that keeps nothing for this site
  }
}

/**
 * Keep an answer, and tell what waits for it.
 *
 * @param {string} id of the step
 * @param {number} number
 */
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

/**
 * Listen to answers.
 *
 * @param {(answer: { id: string, first: boolean }) => void} heard
 * @returns {() => void} takes the listener off
 */
export function onAnswer(heard) {
  const off = new AbortController();
  onDetail(window, ANSWERED, heard, { signal: off.signal });
  return () => off.abort();
}
