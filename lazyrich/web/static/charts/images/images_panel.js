// One filter enlarged: the filter, its spectrum, the Gabor that fits it best if there is one, and its numbers.

import { element, say, svg } from "../../shell/dom.js";
import { largest, paintFilter, paintGrey } from "./images_paint.js";
import { spectrum } from "./spectrum.js";

const ASIDE = 10; // px between a filter and its panel

export class ImagesPanel {
  /** ring: a spatial frequency in cycles a pixel, drawn as a circle on the spectrum; nothing if not given. */
  constructor(ring) {
    this.title = element("strong");
    this.filter = element("canvas");
    this.spectrum = element("canvas");
    this.fit = element("canvas");
    const circle = svg("svg", { viewBox: "-0.5 -0.5 1 1" });
    circle.append(svg("circle", { r: ring ?? 0, fill: "none" }));
    const picture = (words, ...nodes) => element("figure", {}, element("div", {}, ...nodes), words);
    this.fitted = picture("best Gabor", this.fit);
    this.numbers = element("dl");
    this.node = element(
      "div",
      { class: "panel", hidden: true, "aria-hidden": "true" }, // what it says is spoken by the chart
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

  /** values: flat; the filter (channels, k, k) starts at `start`, and so does its fit. numbers: [[label, text]]. */
  show(title, values, start, /** @type {number[]} */ [channels, k], fit, numbers) {
    const most = largest(values, start, channels * k * k);
    say(this.title, title);
    paintFilter(this.filter, values, start, [channels, k], most);
    const magnitudes = spectrum(values, start, [channels, k]);
    paintGrey(this.spectrum, magnitudes, Math.sqrt(magnitudes.length), Math.max(...magnitudes));
    const fitted = fit.length > 0 && largest(fit, start, channels * k * k) > 0;
    if (fitted) paintFilter(this.fit, fit, start, [channels, k], most); // with the filter's own contrast
    this.fitted.hidden = !fitted;
    while (this.numbers.childElementCount > numbers.length) this.numbers.lastChild.remove();
    numbers.forEach(([label, value], i) => {
      const fresh = () => this.numbers.appendChild(element("div", {}, element("dt"), element("dd")));
      const row = this.numbers.children[i] ?? fresh();
      say(row.firstChild, label);
      say(row.lastChild, value);
    });
    this.node.hidden = false;
  }

  hide() {
    this.node.hidden = true;
  }

  /** Move to the first free rectangle that is large enough, else beside a filter of width `cell` at x, y. */
  stand({ x, y }, cell, free, /** @type {number[]} */ [width, height]) {
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

  #at(x, y) {
    this.node.style.left = `${Math.round(x)}px`;
    this.node.style.top = `${Math.round(y)}px`;
  }
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
