// Connection to the server, which reconnects automatically; all held frames are kept meanwhile.

import { CONNECTION, Machine } from "./states.js";

const MIN_RECONNECT_DELAY = 500; // ms
const MAX_RECONNECT_DELAY = 8000;
const ANSWER_TIMEOUT = 25_000; // ms; the server answers at least every ten seconds, so then the connection is lost
const MAX_REFUSALS = 5; // in a row, each after a longer wait, before the notice offers a button
const MIN_OUTAGE_SHOWN = 2000; // ms: a shorter interruption is not shown
const REFUSAL_CODES = new Set([4403, 4404]); // unknown token, unknown run

/** @import { Settings, Source } from "./messages.d.ts" */
/** @import { ConnectionEvent } from "./states.js" */
/**
 * Callbacks of a live chart for its source. heldFrames: number of frames held by run id, as a request asks for those
 * beyond; onAnswer: returns whether the answer has frames of runs, not a preview; onState: `connection` has changed;
 * onRefused: the server does not know the token or a run.
 *
 * @typedef {object} Hooks
 * @property {() => Record<string, number>} heldFrames
 * @property {(buffer: ArrayBuffer) => boolean} onAnswer
 * @property {() => void} onState
 * @property {() => void} onRefused
 */

/** @implements {Source} */
export class FrameSocket {
  /** @param {Hooks} hooks */
  constructor({ heldFrames, onAnswer, onState, onRefused }) {
    this.heldFrames = heldFrames;
    this.onAnswer = onAnswer;
    this.onState = onState;
    this.onRefused = onRefused;
    /** @type {string | null} */
    this.address = null;
    this.token = "";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.reconnectDelay = MIN_RECONNECT_DELAY;
    this.refusals = 0;
    this.state = new Machine(CONNECTION, "new");
    this.recorded = false; // the server can start and stop runs
    this.wasOffline = false;
    /** @type {number | undefined} */
    this.reconnectTimer = undefined; // until the next attempt
    /** @type {number | undefined} */
    this.answerTimer = undefined; // until an answer is late
    this.outageTimer = 0; // until an interruption is shown
    this.reconnectNow = () => this.#retry();
    this.onOffline = () => (this.wasOffline = true);
    window.addEventListener("online", this.reconnectNow);
    window.addEventListener("offline", this.onOffline);
    document.addEventListener("visibilitychange", this.reconnectNow); // for example a laptop that was opened again
  }

  /** The state of the connection, one of those in CONNECTION. */
  get connection() {
    return this.state.state;
  }

  /**
   * Connect, unless there is a connection to this address with this token already. The token is sent as the first
   * message, not in the address, which servers and proxies write into their logs.
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
    this.reconnectDelay = MIN_RECONNECT_DELAY;
    this.#connect();
  }

  ask() {
    this.#send({ after: this.heldFrames() });
    if (this.socket) this.#startAnswerTimer();
  }

  /** @param {string} run */
  stop(run) {
    this.#send({ stop: run });
  }

  /**
   * Request a preview of a run with some settings changed.
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
    window.removeEventListener("online", this.reconnectNow);
    window.removeEventListener("offline", this.onOffline);
    document.removeEventListener("visibilitychange", this.reconnectNow);
    clearTimeout(this.outageTimer);
    this.#drop();
    this.address = null;
  }

  /**
   * @param {ConnectionEvent} event
   * @returns {boolean} whether the state has changed
   */
  #dispatch(event) {
    const changed = this.state.dispatch(event);
    if (changed) this.onState();
    return changed;
  }

  /** @param {object} message */
  #send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #drop() {
    clearTimeout(this.reconnectTimer);
    this.#stopAnswerTimer();
    this.reconnectTimer = undefined;
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
      const asked = this.answerTimer !== undefined;
      this.#stopAnswerTimer();
      clearTimeout(this.outageTimer);
      this.refusals = 0;
      this.#dispatch("answer");
      // only now, so that a server that accepts and closes connections gets few attempts
      this.reconnectDelay = MIN_RECONNECT_DELAY;
      if (!this.onAnswer(event.data) && asked) this.#startAnswerTimer(); // the question is still open
    };
    socket.onclose = (event) => {
      this.#lost();
      if (!REFUSAL_CODES.has(event.code)) return;
      this.onRefused();
      if (++this.refusals === MAX_REFUSALS) this.#dispatch("refuse");
    };
    this.socket = socket;
    this.#startAnswerTimer();
  }

  // A browser gets no event if a cable is pulled or the server vanishes.
  #startAnswerTimer() {
    this.#stopAnswerTimer();
    this.answerTimer = setTimeout(() => this.#lost(), ANSWER_TIMEOUT);
  }

  #stopAnswerTimer() {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
  }

  #lost() {
    this.#drop();
    if (this.#dispatch("lose")) this.outageTimer = setTimeout(() => this.#dispatch("outlast"), MIN_OUTAGE_SHOWN);
    this.reconnectTimer = setTimeout(() => this.#connect(), this.reconnectDelay);
    this.reconnectDelay = Math.min(2 * this.reconnectDelay, MAX_RECONNECT_DELAY);
  }

  #retry() {
    if (document.hidden || this.address === null) return;
    // A connection from before the network was lost does not work any more.
    if (this.wasOffline || (this.reconnectTimer !== undefined && !this.socket)) this.#connect();
    this.wasOffline = false;
  }
}
