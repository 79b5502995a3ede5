// The card of one step: what to look at, the question, what has happened, and the way to the other steps.
//
// It shows data.outcome only after the question is answered. While that is null it looks for the end of the runs on the
// page, and then has Python tell what they came to.

import { loadStyle } from "../entry/load.js";
import { element, fill, required, say } from "../shell/dom.js";
import { answer, answerOf, onAnswer } from "./answers.js";
import { pieces, written } from "./written.js";

/** @import { Block, Span } from "./written.js" */
/** @import { Component, Trigger } from "../core/types.d.ts" */
/** @typedef {{ title: string, href: string }} Link */
/**
 * @typedef {{ id: string, lesson: string, number: number, title: string, text: Block[], question: Span[],
 *   answers: Span[][], outcome: Block[] | null, note: string, steps: Link[], lessons: Link[],
 *   selectors: string[], highlighted: string[], css: string }} Step
 */

const LOOK_EVERY = 400; // ms between two looks at the runs
const MAX_PAUSE = 8000; // ms between two questions to Python, at most

let last = ""; // the step that this document has shown last

export class LessonView {
  /** @type {Step | null} */
  #step = null;
  /** @type {Trigger | null} */
  #send = null;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.heading = element("h2", { tabindex: -1, class: "title" });
    this.where = element("p", { class: "where" });
    this.text = element("div", { class: "text" });
    this.legend = element("legend");
    this.answers = element("div", { class: "answers" });
    this.skip = element("button", { type: "button", class: "skip", onclick: () => answer(this.step.id, -1) }, "Skip");
    this.question = element("fieldset", {}, this.legend, this.answers, this.skip);
    this.summary = element("summary", {}, "What happened");
    this.outcome = element("div", { class: "outcome", role: "status" });
    this.happened = element("details", { class: "happened" }, this.summary, this.outcome);
    this.note = element("p", { class: "note", role: "status" });
    this.way = element("nav", { "aria-label": "Steps of this lesson" });
    this.others = element("ul");
    this.all = element("details", { class: "all" }, element("summary", {}, "All lessons"), this.others);
    this.marks = element("style");
    this.host = element(
      "section",
      { class: "lesson-card", "aria-label": "Lesson", "data-testid": "lesson" },
      element(
        "div",
        { class: "inner" },
        element("div", { class: "head" }, this.where, this.heading),
        element("div", { class: "ask" }, this.text, this.question),
        element("div", { class: "tell" }, this.happened, this.note),
        element("div", { class: "way" }, this.way, this.all),
      ),
      this.marks,
    );
    this.happened.addEventListener("toggle", () => this.#tell());
    parent.append(this.host);
    this.silence = onAnswer(({ id, first }) => this.#answered(id, first));
    this.played = () => this.#open();
    document.addEventListener("played", this.played); // of the live chart: it has come to the end of its run
    this.ticking = setInterval(() => this.#look(), LOOK_EVERY);
    this.pause = 0; // ms between two questions to Python
    this.due = 0; // performance.now() from which Python may be asked again
    this.key = ""; // of what is told
  }

  /** The step that is shown; an error before the first update(). */
  get step() {
    return required(this.#step, "The step of a lesson");
  }

  /** @param {Component<Step>} component */
  update({ data, setTriggerValue }) {
    const { css } = data;
    loadStyle(css).catch(() => {}); // without it the card can be read all the same
    this.#send = setTriggerValue;
    const other = data.id !== this.#step?.id;
    this.#step = data;
    if (other) this.#show();
    this.#tell();
  }

  destroy() {
    this.silence();
    document.removeEventListener("played", this.played);
    clearInterval(this.ticking);
    this.host.remove();
  }

  #show() {
    const { id, lesson, number, title, steps, highlighted, selectors } = this.step;
    say(this.where, `${lesson} · step ${number} of ${steps.length}`);
    say(this.heading, title);
    const named = highlighted.length ? [element("p", { class: "named" }, `Look at: ${highlighted.join(", ")}`)] : [];
    fill(this.text, [...written(this.step.text), ...named]);
    fill(this.legend, pieces(this.step.question));
    fill(
      this.answers,
      this.step.answers.map((spans, place) => this.#choice(spans, place)),
    );
    fill(this.way, this.#way());
    const links = this.step.lessons.map((one) => element("li", {}, element("a", { href: one.href }, one.title)));
    fill(this.others, links);
    const marked = selectors.map((one) => `[data-testid="stApp"] ${one}`).join(", ");
    this.marks.textContent = marked ? `${marked} { outline: 2px dashed var(--lesson-mark); outline-offset: 2px; }` : "";
    this.pause = 0;
    this.due = 0;
    const answered = answerOf(id) !== null;
    this.happened.hidden = !answered;
    this.skip.hidden = answered;
    this.happened.open = answered;
    // Focus goes along from step to step. It stays where it is when a page is opened at a step.
    if ((last && last !== id) || cameBy(steps[number - 1].href)) this.heading.focus();
    last = id;
  }

  /**
   * Buttons and not radio buttons: with those an arrow key would answer before all answers are read.
   *
   * @param {Span[]} spans
   * @param {number} place
   */
  #choice(spans, place) {
    const chosen = answerOf(this.step.id) === place;
    const choose = () => answer(this.step.id, place);
    return element("button", { type: "button", "aria-pressed": String(chosen), onclick: choose }, ...pieces(spans));
  }

  #way() {
    const { number, steps } = this.step;
    /** @type {(to: number, text: string, name: "dot" | "previous" | "next") => HTMLElement} */
    const link = (to, text, name) =>
      element(
        "a",
        {
          href: steps[to - 1].href,
          class: name,
          "aria-current": to === number ? "step" : null,
          title: steps[to - 1].title,
          "aria-label": name === "dot" ? `Step ${to}: ${steps[to - 1].title}` : null,
          onclick: (event) => this.#go(event, to, steps[to - 1].href),
        },
        text,
      );
    const dots = steps.map((_, place) => link(place + 1, `${place + 1}`, "dot"));
    const before = number > 1 ? [link(number - 1, "Previous", "previous")] : [];
    const next = number < steps.length ? [link(number + 1, "Next", "next")] : [];
    return [...before, ...dots, ...next];
  }

  /**
   * Within a page in place. To another page it is a link like any other: Streamlit would leave two entries in the
   * browser's history, and Back would lead nowhere.
   *
   * @param {MouseEvent} event
   * @param {number} to the step
   * @param {string} href of it
   */
  #go(event, to, href) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    const address = new URL(href, document.baseURI);
    if (address.pathname !== location.pathname) return goingTo(address.href);
    event.preventDefault();
    this.#send?.("go", { step: to });
  }

  /**
   * @param {string} id of a step
   * @param {boolean} first
   */
  #answered(id, first) {
    if (id !== this.#step?.id) return;
    this.happened.hidden = false;
    this.skip.hidden = true;
    [...this.answers.children].forEach((node, place) => {
      node.setAttribute("aria-pressed", String(place === answerOf(id)));
    });
    if (!first) this.happened.open = true;
    this.#tell();
  }

  #open() {
    if (!this.#step || answerOf(this.#step.id) === null) return;
    this.happened.open = true;
    this.#tell();
  }

  #tell() {
    if (!this.#step) return;
    const { id, outcome, note, answers } = this.#step;
    this.host.dataset.step = id;
    this.host.dataset.told = String(outcome !== null);
    say(this.note, note);
    if (!this.happened.open || answerOf(id) === null) return fill(this.outcome, []);
    const given = answers[answerOf(id) ?? -1];
    const said = given ? [element("p", { class: "said" }, "You said: ", ...pieces(given))] : [];
    const text = outcome ?? [{ kind: "p", items: [[{ style: "plain", text: "The run is still going on." }]] }];
    const key = JSON.stringify([id, answerOf(id), text]);
    if (key === this.key && this.outcome.childNodes.length) return;
    this.key = key;
    fill(this.outcome, [...said, ...written(text)]);
  }

  #look() {
    if (!this.#step || this.#step.outcome !== null || document.hidden) return;
    const status = document.querySelector('[data-testid="live-run"]')?.getAttribute("data-status") ?? "";
    const now = performance.now();
    if (!["finished", "stopped", "failed"].includes(status) || now < this.due) return;
    this.pause = Math.min(MAX_PAUSE, 2 * (this.pause || 400)); // a kept run may still go on
    this.due = now + this.pause;
    this.#send?.("look", now);
  }
}

const GOING = "lazyrich-lesson-going";

/**
 * Remember over the load of another page that a link of a lesson led there.
 *
 * @param {string} href
 */
function goingTo(href) {
  try {
    sessionStorage.setItem(GOING, href);
  } catch {
    // the focus is then where the browser puts it
  }
}

/** @param {string} href */
function cameBy(href) {
  try {
    const going = sessionStorage.getItem(GOING);
    sessionStorage.removeItem(GOING);
    return going === new URL(href, document.baseURI).href;
  } catch {
    return false;
  }
}
