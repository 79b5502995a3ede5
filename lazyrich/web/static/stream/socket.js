// Connection to the server, which reconnects automatically; all held frames are kept meanwhile.

import { LINE, Machine } from "./states.js";

const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 8000;
const SILENCE = 25_000; // ms; the server answers at least every ten seconds, so after this the connection is lost
const MAX_REFUSALS = 5; // in a row, each after a longer wait, before the notice offers a button
const WORTH_A_WORD = 2000; // ms: a shorter interruption is not shown
const REFUSED = new Set([4403, 4404]); // unknown token, unknown run

/** @import { Settings, Source } from "./messages.d.ts" */
/** @import { LineEvent } from "./states.js" */
/**
 * What a live chart gives its source. question: the frames held of each run, to ask for what is beyond; onAnswer:
 * whether an answer is one to the question, as a preview is not; onState: `line` is another one now.
 *
 * @typedef {object} Hooks
 * @property {() => Record<string, number>} question
 * @property {(buffer: ArrayBuffer) => boolean} onAnswer
 * @property {() => void} onState
 * @property {() => void} onRefused
 */

/** @implements {Source} */
export class FrameSocket {
  /** @param {Hooks} hooks */
  constructor({ question, onAnswer, onState, onRefused }) {
    this.question = question;
    this.onAnswer = onAnswer;
    this.onState = onState;
    this.onRefused = onRefused;
    /** @type {string | null} */
    this.address = null;
    this.token = "";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.wait = FIRST_WAIT;
    this.refusals = 0;
    this.state = new Machine(LINE, "new");
    this.recorded = false; // the server can start and stop runs
    this.wasOffline = false;
    /** @type {number | undefined} */
    this.timer = undefined; // until the next attempt
    /** @type {number | undefined} */
    this.patience = undefined; // until an answer is late
    this.word = 0; // until an interruption is shown
    this.hurry = () => this.#retry();
    this.unplugged = () => (this.wasOffline = true);
    window.addEventListener("online", this.hurry);
    window.addEventListener("offline", this.unplugged);
    document.addEventListener("visibilitychange", this.hurry); // for example a laptop that was opened again
  }

  /** The state of the line, one of those in LINE. */
  get line() {
    return this.state.state;
  }

  /**
   * Connect, unless there is a connection to this address with this token already. The token is the first thing said,
   * not a part of the address, which servers and proxies write into their logs.
   *
   * @param {string} address
   * @param {string} token
   */
  open(address, token) {
    const url = new URL(address, document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (this.address === url.href && this.token === token) return;
    this.address = url.href;
    this.token = token;
    this.wait = FIRST_WAIT;
    this.#connect();
  }

  ask() {
    this.#send({ after: this.question() });
    if (this.socket) this.#expect();
  }

  /** @param {string} run */
  stop(run) {
    this.#send({ stop: run });
  }

  /**
   * Ask for the picture of a run with some settings changed.
   *
   * @param {string} run
   * @param {Settings} settings
   * @param {number} serial
   * @returns {boolean} whether that was sent
   */
  preview(run, settings, serial) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.#send({ preview: run, with: settings, serial });
    return true;
  }

  close() {
    window.removeEventListener("online", this.hurry);
    window.removeEventListener("offline", this.unplugged);
    document.removeEventListener("visibilitychange", this.hurry);
    clearTimeout(this.word);
    this.#drop();
    this.address = null;
  }

  /**
   * @param {LineEvent} event
   * @returns {boolean} whether the line is in another state now
   */
  #happen(event) {
    const changed = this.state.happen(event);
    if (changed) this.onState();
    return changed;
  }

  /** @param {object} message */
  #send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #drop() {
    clearTimeout(this.timer);
    this.#relax();
    this.timer = undefined;
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  #connect() {
    this.#drop();
    if (this.address === null) return;
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#send({ token: this.token });
      this.ask();
    };
    socket.onmessage = (event) => {
      const asked = this.patience !== undefined;
      this.#relax();
      clearTimeout(this.word);
      this.refusals = 0;
      this.#happen("answer");
      this.wait = FIRST_WAIT; // only now, so that a server that accepts and closes connections gets few attempts
      if (!this.onAnswer(event.data) && asked) this.#expect(); // the question is still open
    };
    socket.onclose = (event) => {
      this.#lost();
      if (!REFUSED.has(event.code)) return;
      this.onRefused();
      if (++this.refusals === MAX_REFUSALS) this.#happen("refuse");
    };
    this.socket = socket;
    this.#expect();
  }

  // A browser gets no event if a cable is pulled or the server vanishes.
  #expect() {
    this.#relax();
    this.patience = setTimeout(() => this.#lost(), SILENCE);
  }

  #relax() {
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  #lost() {
    this.#drop();
    if (this.#happen("lose")) this.word = setTimeout(() => this.#happen("outlast"), WORTH_A_WORD);
    this.timer = setTimeout(() => this.#connect(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  #retry() {
    if (document.hidden || this.address === null) return;
    // A connection from before the network was lost does not work any more.
    if (this.wasOffline || (this.timer !== undefined && !this.socket)) this.#connect();
    this.wasOffline = false;
  }
}
