// One filter enlarged: the filter, its spectrum, the Gabor that fits it best if there is one, and its numbers.

import { element, setText, svg } from "../../shell/dom.js";
import { largest, paintFilter, paintGrey } from "./images_paint.js";
import { spectrum } from "./spectrum.js";

/** @import { Point, Size } from "../../core/types.d.ts" */
/** @import { Rectangle } from "./images_layout.js" */
/** @import { FilterShape, Numbers } from "./images_paint.js" */

const ASIDE = 10; // px between a filter and its panel

export class ImagesPanel {
  /** @param {number} [ring] a spatial frequency in cycles a pixel, drawn as a circle on the spectrum */
  constructor(ring) {
    this.title = element("strong");
    this.filter = element("canvas");
    this.spectrum = element("canvas");
    this.fit = element("canvas");
    const circle = svg("svg", { viewBox: "-0.5 -0.5 1 1" });
    circle.append(svg("circle", { r: ring ?? 0, fill: "none" }));
    const picture = (/** @type {string} */ words, /** @type {Node[]} */ ...nodes) =>
      element("figure", {}, element("div", {}, ...nodes), words);
    this.fitted = picture("best Gabor", this.fit);
    this.numbers = element("dl");
    /** @type {{ node: HTMLElement, label: HTMLElement, value: HTMLElement }[]} */
    this.rows = []; // of the numbers
    this.node = element(
      "div",
      { class: "panel", hidden: true, "aria-hidden": "true" }, // the chart announces its text
      this.title,
      element(
        "div",
        { class: "pictures" },
        picture("filter", this.filter),
        picture("spectrum", this.spectrum, ...(ring ? [circle] : [])),
        this.fitted,
      ),
      this.numbers,
    );
  }

  /**
   * Show a filter.
   *
   * @param {string} title
   * @param {Numbers} values
   * @param {number} start of the filter, and of its fit
   * @param {FilterShape} shape
   * @param {Numbers} fit none where it is empty
   * @param {[label: string, value: string][]} numbers
   */
  show(title, values, start, shape, fit, numbers) {
    const [channels, k] = shape;
    const most = largest(values, start, channels * k * k);
    setText(this.title, title);
    paintFilter(this.filter, values, start, shape, most);
    const magnitudes = spectrum(values, start, shape);
    paintGrey(this.spectrum, magnitudes, Math.sqrt(magnitudes.length), Math.max(...magnitudes));
    const fitted = fit.length > 0 && largest(fit, start, channels * k * k) > 0;
    if (fitted) paintFilter(this.fit, fit, start, shape, most); // with the filter's own contrast
    this.fitted.hidden = !fitted;
    while (this.rows.length > numbers.length) this.rows.pop()?.node.remove();
    while (this.rows.length < numbers.length) this.rows.push(this.#row());
    numbers.forEach(([label, value], i) => {
      setText(this.rows[i].label, label);
      setText(this.rows[i].value, value);
    });
    this.node.hidden = false;
  }

  #row() {
    const [label, value] = [element("dt"), element("dd")];
    const node = element("div", {}, label, value);
    this.numbers.append(node);
    return { node, label, value };
  }

  hide() {
    this.node.hidden = true;
  }

  /**
   * Move to the first free rectangle that is large enough, else beside a filter.
   *
   * @param {Point} filter its corner
   * @param {number} cell its side
   * @param {Rectangle[]} free
   * @param {Size} size of the chart
   */
  moveBeside({ x, y }, cell, free, [width, height]) {
    const [w, h] = [this.node.offsetWidth, this.node.offsetHeight];
    const place = free.find((one) => one.width >= w && one.height >= h);
    if (place) return this.#at(place.x, place.y);
    const right = x + cell + ASIDE;
    const left = x - ASIDE - w;
    const middle = clamp(y + (cell - h) / 2, 0, height - h);
    if (right + w <= width) this.#at(right, middle);
    else if (left >= 0) this.#at(left, middle);
    else {
      const roomier = height - (y + cell) >= y; // below than above; it may stand out of the chart there, on a phone
      this.#at(clamp(x + (cell - w) / 2, 0, width - w), roomier ? y + cell + ASIDE : y - ASIDE - h);
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #at(x, y) {
    this.node.style.left = `${Math.round(x)}px`;
    this.node.style.top = `${Math.round(y)}px`;
  }
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
