// Connection to a recording instead of the server: each request gets the next answer, until all are given.

/** @import { Source } from "./messages.d.ts" */

/** @implements {Source} */
export class RecordedLine {
  /**
   * answers: ArrayBuffers, as the server packs them. onAnswer(ArrayBuffer): takes one of them.
   *
   * @param {ArrayBuffer[]} answers
   * @param {{ onAnswer: (buffer: ArrayBuffer) => void }} hooks
   */
  constructor(answers, { onAnswer }) {
    this.answers = [...answers];
    this.onAnswer = onAnswer;
    this.line = "open";
    this.recorded = true; // nothing else can be requested
  }

  open() {}

  ask() {
    const answer = this.answers.shift();
    if (answer) queueMicrotask(() => this.onAnswer(answer)); // the caller continues first, as with a server
  }

  stop() {}

  preview() {
    return false;
  }

  close() {
    this.answers = [];
  }
}
