// The line to the server. It comes back by itself when it is lost; all frames held stay where they are meanwhile.

const FIRST_WAIT = 500; // ms
const LONGEST_WAIT = 8000;
const REFUSED = new Set([4403, 4404]); // token not known, run not known

export class FrameSocket {
  /**
   * question() -> {run: frames held}, to ask for what is beyond; onAnswer(ArrayBuffer); onState("open" | "lost");
   * onRefused().
   */
  constructor({ question, onAnswer, onState, onRefused }) {
    Object.assign(this, { question, onAnswer, onState, onRefused });
    this.address = null;
    this.socket = null;
    this.wait = FIRST_WAIT;
    this.hurry = () => this.#retry();
    window.addEventListener("online", this.hurry);
  }

  /**
   * Connect, unless there is a connection to this address with this token already. The token is the first thing said,
   * not a part of the address, which servers and proxies write into their logs.
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
  }

  stop(run) {
    this.#send({ stop: run });
  }

  close() {
    window.removeEventListener("online", this.hurry);
    this.#drop();
    this.address = null;
  }

  #send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #drop() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  #connect() {
    this.#drop();
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.onState("open");
      this.#send({ token: this.token });
      this.ask();
    };
    socket.onmessage = (event) => {
      this.wait = FIRST_WAIT; // only now: a server that greets and hangs up is not to be hammered
      this.onAnswer(event.data);
    };
    socket.onclose = (event) => {
      this.socket = null;
      this.onState("lost");
      if (REFUSED.has(event.code)) this.onRefused();
      this.timer = setTimeout(() => this.#connect(), this.wait);
      this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    };
    this.socket = socket;
  }

  #retry() {
    if (this.timer !== undefined && !this.socket) this.#connect();
  }
}
