// The card of one step: what to look at, the question, what has happened, and the way to the other steps.
//
// It shows data.outcome only after the question is answered. While that is null it polls the runs of the page for their
// end, and then asks Python for the outcome.

import { loadStyle } from "../entry/load.js";
import { element, fill, required, setText } from "../shell/dom.js";
import { answer, answerOf, onAnswer } from "./answers.js";
import { blockElements, inlineNodes } from "./written.js";

/** @import { Block, Span } from "./written.js" */
/** @import { Component, Trigger } from "../core/types.d.ts" */
/** @typedef {{ title: string, href: string }} Link */
/**
 * @typedef {{ id: string, lesson: string, number: number, title: string, text: Block[], question: Span[],
 *   answers: Span[][], outcome: Block[] | null, note: string, steps: Link[], lessons: Link[],
 *   selectors: string[], highlighted: string[], css: string }} Step
 */

const POLL_INTERVAL = 400; // ms between two checks of the runs
const MAX_REQUEST_PAUSE = 8000; // longest pause in ms between two requests to Python

let last = ""; // id of the last step that this document has shown

export class LessonView {
  /** @type {Step | null} */
  #step = null;
  /** @type {Trigger | null} */
  #send = null;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.heading = element("h2", { tabindex: -1, class: "title" });
    this.position = element("p", { class: "where" });
    this.text = element("div", { class: "text" });
    this.legend = element("legend");
    this.answers = element("div", { class: "answers" });
    this.skip = element("button", { type: "button", class: "skip", onclick: () => answer(this.step.id, -1) }, "Skip");
    this.question = element("fieldset", {}, this.legend, this.answers, this.skip);
    this.summary = element("summary", {}, "What happened");
    this.outcome = element("div", { class: "outcome", role: "status" });
    this.outcomeDetails = element("details", { class: "happened" }, this.summary, this.outcome);
    this.note = element("p", { class: "note", role: "status" });
    this.nav = element("nav", { "aria-label": "Steps of this lesson" });
    this.lessonLinks = element("ul");
    this.lessonList = element("details", { class: "all" }, element("summary", {}, "All lessons"), this.lessonLinks);
    this.marks = element("style");
    this.host = element(
      "section",
      { class: "lesson-card", "aria-label": "Lesson", "data-testid": "lesson" },
      element(
        "div",
        { class: "inner" },
        element("div", { class: "head" }, this.position, this.heading),
        element("div", { class: "ask" }, this.text, this.question),
        element("div", { class: "tell" }, this.outcomeDetails, this.note),
        element("div", { class: "way" }, this.nav, this.lessonList),
      ),
      this.marks,
    );
    this.outcomeDetails.addEventListener("toggle", () => this.#renderOutcome());
    parent.append(this.host);
    this.unsubscribe = onAnswer(({ id, first }) => this.#answered(id, first));
    this.onPlayed = () => this.#openOutcome();
    document.addEventListener("played", this.onPlayed); // of the live chart: it has come to the end of its run
    this.pollTimer = setInterval(() => this.#pollRuns(), POLL_INTERVAL);
    this.pause = 0; // ms between two requests to Python
    this.due = 0; // performance.now() from which the next request may be sent
    this.outcomeKey = ""; // JSON of the outcome that is shown
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
    const isNewStep = data.id !== this.#step?.id;
    this.#step = data;
    if (isNewStep) this.#renderStep();
    this.#renderOutcome();
  }

  destroy() {
    this.unsubscribe();
    document.removeEventListener("played", this.onPlayed);
    clearInterval(this.pollTimer);
    this.host.remove();
  }

  #renderStep() {
    const { id, lesson, number, title, steps, highlighted, selectors } = this.step;
    setText(this.position, `${lesson} · step ${number} of ${steps.length}`);
    setText(this.heading, title);
    const named = highlighted.length ? [element("p", { class: "named" }, `Look at: ${highlighted.join(", ")}`)] : [];
    fill(this.text, [...blockElements(this.step.text), ...named]);
    fill(this.legend, inlineNodes(this.step.question));
    fill(
      this.answers,
      this.step.answers.map((spans, place) => this.#choice(spans, place)),
    );
    fill(this.nav, this.#navigation());
    const links = this.step.lessons.map((one) => element("li", {}, element("a", { href: one.href }, one.title)));
    fill(this.lessonLinks, links);
    const marked = selectors.map((one) => `[data-testid="stApp"] ${one}`).join(", ");
    this.marks.textContent = marked ? `${marked} { outline: 2px dashed var(--lesson-mark); outline-offset: 2px; }` : "";
    this.pause = 0;
    this.due = 0;
    const answered = answerOf(id) !== null;
    this.outcomeDetails.hidden = !answered;
    this.skip.hidden = answered;
    this.outcomeDetails.open = answered;
    // The focus follows from step to step. It stays where it is when a page is opened at a step.
    if ((last && last !== id) || arrivedBy(steps[number - 1].href)) this.heading.focus();
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
    return element(
      "button",
      { type: "button", "aria-pressed": String(chosen), onclick: choose },
      ...inlineNodes(spans),
    );
  }

  #navigation() {
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
   * Go to a step of the same page without loading it again. To another page the link works as any other: Streamlit
   * would leave two entries in the browser's history, and Back would lead nowhere.
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
    this.outcomeDetails.hidden = false;
    this.skip.hidden = true;
    [...this.answers.children].forEach((node, place) => {
      node.setAttribute("aria-pressed", String(place === answerOf(id)));
    });
    if (!first) this.outcomeDetails.open = true;
    this.#renderOutcome();
  }

  #openOutcome() {
    if (!this.#step || answerOf(this.#step.id) === null) return;
    this.outcomeDetails.open = true;
    this.#renderOutcome();
  }

  #renderOutcome() {
    if (!this.#step) return;
    const { id, outcome, note, answers } = this.#step;
    this.host.dataset.step = id;
    this.host.dataset.told = String(outcome !== null);
    setText(this.note, note);
    if (!this.outcomeDetails.open || answerOf(id) === null) return fill(this.outcome, []);
    const given = answers[answerOf(id) ?? -1];
    const answerLine = given ? [element("p", { class: "said" }, "You said: ", ...inlineNodes(given))] : [];
    const text = outcome ?? [{ kind: "p", items: [[{ style: "plain", text: "The run is still going on." }]] }];
    const key = JSON.stringify([id, answerOf(id), text]);
    if (key === this.outcomeKey && this.outcome.childNodes.length) return;
    this.outcomeKey = key;
    fill(this.outcome, [...answerLine, ...blockElements(text)]);
  }

  #pollRuns() {
    if (!this.#step || this.#step.outcome !== null || document.hidden) return;
    const status = document.querySelector('[data-testid="live-run"]')?.getAttribute("data-status") ?? "";
    const now = performance.now();
    if (!["finished", "stopped", "failed"].includes(status) || now < this.due) return;
    this.pause = Math.min(MAX_REQUEST_PAUSE, 2 * (this.pause || 400)); // a kept run may still go on
    this.due = now + this.pause;
    this.#send?.("look", now);
  }
}

const GOING = "lazyrich-lesson-going";

/**
 * Remember across a page load that a link of a lesson leads there.
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

/**
 * Whether a link of a lesson led to this page.
 *
 * @param {string} href of the step
 */
function arrivedBy(href) {
  try {
    const going = sessionStorage.getItem(GOING);
    sessionStorage.removeItem(GOING);
    return going === new URL(href, document.baseURI).href;
  } catch {
    return false;
  }
}
