// Keeps a live chart at its first frame while the question of a lesson's step is open: first predict, then run.

import { answerOf, onAnswer } from "./answers.js";

export class Prediction {
  /** @param {() => void} run called when the question has its first answer */
  constructor(run) {
    this.id = ""; // of the step, "" without a lesson
    this.unsubscribe = onAnswer(({ id, first }) => {
      if (first && id === this.id) run();
    });
  }

  /**
   * Whether the chart waits for an answer.
   *
   * @returns {boolean}
   */
  get open() {
    return this.id !== "" && answerOf(this.id) === null;
  }

  /**
   * Set the current step of the page. Returns whether it has changed, so that its run has to start again.
   *
   * @param {string} id
   */
  setStep(id = "") {
    const other = id !== "" && id !== this.id;
    this.id = id;
    return other;
  }
}
