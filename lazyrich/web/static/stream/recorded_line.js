// A line to a recording in place of the server's: each question is answered by the next answer, until all are given.
// It has what FrameSocket has, so a live chart cannot tell them apart.

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
    this.trains = false; // nothing can be asked for that was not recorded
  }

  open() {}

  ask() {
    const answer = this.answers.shift();
    if (answer) queueMicrotask(() => this.onAnswer(answer)); // who has asked goes on first, as with a server
  }

  stop() {}

  close() {
    this.answers = [];
  }
}
