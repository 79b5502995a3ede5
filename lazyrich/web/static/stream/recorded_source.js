// A source of recorded answers instead of the server: each request gets the next answer, until there are no more.

/** @import { Source } from "./messages.d.ts" */
/** @import { Hooks } from "./socket.js" */

/** @implements {Source} */
export class RecordedSource {
  /**
   * @param {ArrayBuffer[]} answers as the server packs them
   * @param {Pick<Hooks, "onAnswer">} hooks
   */
  constructor(answers, { onAnswer }) {
    this.answers = [...answers];
    this.onAnswer = onAnswer;
    /** @type {Source["connection"]} */
    this.connection = "open";
    this.recorded = true;
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
