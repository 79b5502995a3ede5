// The dialog that saves a picture for slides and papers: its target, file format and content, and a caption to copy.

import { element, required, setText } from "../shell/dom.js";
import { TARGETS } from "./targets.js";

/** @type {Kind[]} */
const KINDS = ["screen", "slide", "column"];
/** @type {SaveAs[]} */
const FILES = ["png", "svg", "pdf"];
const PREVIEW = "A preview of the picture";

let citation = ""; // BibTeX of the paper and of this software; empty until setCitation() is called

/** @import { SaveAs } from "../core/types.d.ts" */
/** @import { Savable } from "./targets.js" */
/** @typedef {keyof typeof TARGETS} Kind */

/**
 * Set the citation that the dialog shows.
 *
 * @param {string} bibtex
 */
export function setCitation(bibtex = "") {
  citation = bibtex;
}

/** Address that reopens this page. In a replay, the address of the page that it was saved from; "" if unknown. */
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
    this.renderCount = 0; // calls of render(), which is asynchronous: only the last one may write its result
    this.targetNote = element("p", { class: "about-target" });
    this.captionCheckbox = checkbox("Title, settings and address in the picture", true, () => this.render());
    this.preview = element("img", { alt: PREVIEW });
    this.captionField = element("textarea", { readonly: true, rows: 4, "aria-label": "Caption" });
    const save = (/** @type {SaveAs} */ format) =>
      element("button", { type: "button", onclick: () => chart.save(format, this.options) }, format.toUpperCase());
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
      this.targetNote,
      this.preview,
      this.captionCheckbox.node,
      element("div", { class: "export-files" }, ...FILES.map(save)),
      element("p", { class: "about-target" }, "PDF opens the browser's print dialog, whose printer is “Save as PDF”."),
      copyable("Caption", this.captionField),
      ...(citation ? [element("details", {}, element("summary", {}, "BibTeX"), copyable("", code(citation)))] : []),
    );
    this.node.addEventListener("keydown", (event) => event.stopPropagation()); // no key of the chart's below
    this.node.addEventListener("close", () => this.#onClose());
  }

  get options() {
    const includeCaption = this.captionCheckbox.box.checked;
    return { target: TARGETS[this.kind], includeCaption, address: this.address };
  }

  async open() {
    if ((await this.chart.save("caption", this.options)) === null) return;
    const shown = document.querySelector(".live-run, [data-testid=picker], [data-testid=figure]");
    const theme = getComputedStyle(required(shown, "A chart of the page"));
    for (const name of ["--st-text-color", "--st-background-color", "--st-primary-color", "--st-font"])
      this.node.style.setProperty(name, theme.getPropertyValue(name));
    document.body.append(this.node);
    this.node.showModal();
    this.render();
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.kind = kind;
    this.captionCheckbox.box.checked = kind !== "column"; // a paper has captions of its own
    this.render();
  }

  /** Show a preview of the file, and the caption. */
  async render() {
    const number = ++this.renderCount;
    const { options } = this;
    setText(this.targetNote, TARGETS[this.kind].about);
    const caption = await this.chart.save("caption", options);
    if (number !== this.renderCount || !caption || typeof caption === "string") return;
    const sentences = [caption.title, ...caption.lines, "Made with lazyrich"].map((one) => `${one}.`);
    this.captionField.value = [...sentences, this.address].filter(Boolean).join(" ");
    const text = await this.chart.save("text", options);
    if (number !== this.renderCount || typeof text !== "string") return;
    this.#revokePreview();
    this.preview.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  }

  #revokePreview() {
    if (this.preview.src) URL.revokeObjectURL(this.preview.src);
  }

  #onClose() {
    this.renderCount++; // a render() under way writes nothing any more
    this.#revokePreview();
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
 * A text with a button that copies it; without permission to copy, the button selects the text.
 *
 * @param {string} title
 * @param {HTMLTextAreaElement} area
 */
function copyable(title, area) {
  const button = element("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      setText(button, "Copied");
    } catch {
      setText(button, "Selected: copy it with Ctrl + C");
    }
  });
  return element("div", { class: "copied" }, element("strong", {}, title), button, area);
}
