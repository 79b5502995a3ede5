// The dialog that saves a picture for slides and papers: for what, as which file, with what in it, and what to write
// below it.

import { element, required, say } from "../shell/dom.js";
import { TARGETS } from "./targets.js";

/** @type {Kind[]} */
const KINDS = ["screen", "slide", "column"];
/** @type {SaveAs[]} */
const FILES = ["png", "svg", "pdf"];
const PREVIEW = "A preview of the picture";

let citation = ""; // BibTeX of the paper and of this software, once a page has told it

/** @import { SaveAs } from "../core/types.d.ts" */
/** @import { Savable } from "./targets.js" */
/** @typedef {keyof typeof TARGETS} Kind */

/**
 * Tell what the dialog shows as the citation.
 *
 * @param {string} bibtex
 */
export function cite(bibtex = "") {
  citation = bibtex;
}

/** The address that gives this page again; of a replay that of the page it is of, if it has one. */
export function pageAddress() {
  if (window.location.protocol.startsWith("http")) return window.location.href;
  const link = document.querySelector(".about a");
  return link instanceof HTMLAnchorElement ? link.href : "";
}

/**
 * Open the dialog for a chart, unless it has nothing to save yet.
 *
 * @param {Savable} chart
 */
export function openExport(chart) {
  new ExportDialog(chart).open();
}

class ExportDialog {
  /** @param {Savable} chart */
  constructor(chart) {
    this.chart = chart;
    this.address = pageAddress();
    /** @type {Kind} */
    this.kind = "slide";
    this.shows = 0; // calls of show(): drawing takes a while, and only the last one counts
    this.about = element("p", { class: "about-target" });
    this.told = checkbox("Title, settings and address in the picture", true, () => this.show());
    this.preview = element("img", { alt: PREVIEW });
    this.words = element("textarea", { readonly: true, rows: 4, "aria-label": "Caption" });
    const save = (/** @type {SaveAs} */ format) =>
      element("button", { type: "button", onclick: () => chart.save(format, this.order) }, format.toUpperCase());
    const kinds = KINDS.map((kind) =>
      radio("export-target", TARGETS[kind].label, kind === this.kind, () => this.choose(kind)),
    );
    /** @type {HTMLDialogElement} */
    this.node = element(
      "dialog",
      { class: "export-dialog", "aria-label": "Save the picture", "data-testid": "export" },
      element(
        "div",
        { class: "export-head" },
        element("h2", {}, "Save the picture"),
        element("button", { type: "button", "aria-label": "Close", onclick: () => this.node.close() }, "×"),
      ),
      element("div", { class: "export-kinds", role: "radiogroup", "aria-label": "For" }, ...kinds),
      this.about,
      this.preview,
      this.told.node,
      element("div", { class: "export-files" }, ...FILES.map(save)),
      element("p", { class: "about-target" }, "PDF opens the browser's print dialog, whose printer is “Save as PDF”."),
      copied("Caption", this.words),
      ...(citation ? [element("details", {}, element("summary", {}, "BibTeX"), copied("", code(citation)))] : []),
    );
    this.node.addEventListener("keydown", (event) => event.stopPropagation()); // no key of the chart's below
    this.node.addEventListener("close", () => this.#gone());
  }

  get order() {
    const { told } = this;
    return { target: TARGETS[this.kind], told: told.box.checked, address: this.address };
  }

  async open() {
    if ((await this.chart.save("words", this.order)) === null) return;
    const shown = document.querySelector(".live-run, [data-testid=picker], [data-testid=figure]");
    const theme = getComputedStyle(required(shown, "A chart of the page"));
    for (const name of ["--st-text-color", "--st-background-color", "--st-primary-color", "--st-font"])
      this.node.style.setProperty(name, theme.getPropertyValue(name));
    document.body.append(this.node);
    this.node.showModal();
    this.show();
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.kind = kind;
    this.told.box.checked = kind !== "column"; // a paper says it below its figures
    this.show();
  }

  /** Show the picture as it will be, and what to write below it. */
  async show() {
    const number = ++this.shows;
    const { order } = this;
    say(this.about, TARGETS[this.kind].about);
    const words = await this.chart.save("words", order);
    if (number !== this.shows || !words || typeof words === "string") return;
    const sentences = [words.title, ...words.lines, "Made with lazyrich"].map((one) => `${one}.`);
    this.words.value = [...sentences, this.address].filter(Boolean).join(" ");
    const text = await this.chart.save("text", order);
    if (number !== this.shows || typeof text !== "string") return;
    this.#forget();
    this.preview.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  }

  #forget() {
    if (this.preview.src) URL.revokeObjectURL(this.preview.src);
  }

  #gone() {
    this.shows++; // nothing is shown any more
    this.#forget();
    this.node.remove();
  }
}

/**
 * @param {"checkbox" | "radio"} type
 * @param {string} text
 * @param {boolean} checked
 * @param {() => void} onchange
 * @param {{ name?: string }} more
 */
function labelled(type, text, checked, onchange, more = {}) {
  const box = element("input", { type, ...more, onchange });
  box.checked = checked;
  return { box, node: element("label", { class: "choice" }, box, text) };
}

/** @type {(text: string, checked: boolean, onchange: () => void) => ReturnType<typeof labelled>} */
const checkbox = (text, checked, onchange) => labelled("checkbox", text, checked, onchange);
/** @type {(name: string, text: string, checked: boolean, onchange: () => void) => HTMLElement} */
const radio = (name, text, checked, onchange) => labelled("radio", text, checked, onchange, { name }).node;
const code = (/** @type {string} */ text) =>
  element("textarea", { readonly: true, rows: 8, "aria-label": "BibTeX" }, text);

/**
 * A text with a button that copies it; where the page may not, the text is selected for the visitor to do so.
 *
 * @param {string} title
 * @param {HTMLTextAreaElement} area
 */
function copied(title, area) {
  const button = element("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      say(button, "Copied");
    } catch {
      say(button, "Selected: copy it with Ctrl + C");
    }
  });
  return element("div", { class: "copied" }, element("strong", {}, title), button, area);
}
