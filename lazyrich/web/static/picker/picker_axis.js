// One parameter of the map: conversion of numbers to places along its axis and back, 0 at the lower end, 1 at the upper.

const FINE = 50; // steps of a key from end to end
const COARSE = 10; // with Shift

/** @import { MapAxis } from "./map.d.ts" */

export class Axis {
  /** @param {Pick<MapAxis, "values" | "log">} described */
  constructor({ values, log }) {
    this.log = log;
    this.low = values[0];
    this.high = values[values.length - 1];
    this.places = values.map((value) => this.place(value));
  }

  /**
   * The place of a value; below 0 or above 1 for one outside.
   *
   * @param {number} value
   */
  place(value) {
    const [low, high] = [this.#along(this.low), this.#along(this.high)];
    return (this.#along(value) - low) / (high - low);
  }

  /**
   * The value at a place, clamped to the axis and rounded to the precision of a pointer.
   *
   * @param {number} place
   */
  value(place) {
    const [low, high] = [this.#along(this.low), this.#along(this.high)];
    const along = low + Math.min(1, Math.max(0, place)) * (high - low);
    return Math.min(this.high, Math.max(this.low, this.#rounded(this.log ? 10 ** along : along)));
  }

  /**
   * The value at a place, not rounded.
   *
   * @param {number} place
   */
  exactValue(place) {
    const [low, high] = [this.#along(this.low), this.#along(this.high)];
    const along = low + place * (high - low);
    return Math.min(this.high, Math.max(this.low, this.log ? 10 ** along : along));
  }

  /** @param {number} value */
  contains(value) {
    return value >= this.low && value <= this.high;
  }

  /**
   * The value some key steps away from another, from the edge if that is outside.
   *
   * @param {number} value
   * @param {number} count
   * @param {boolean} coarse
   */
  stepFrom(value, count, coarse) {
    const from = Math.min(this.high, Math.max(this.low, value));
    return this.value(this.place(from) + count / (coarse ? COARSE : FINE));
  }

  /**
   * The cell of the grid around a place.
   *
   * @param {number} place
   * @returns {[index: number, share: number]} the lower index, and how far to the next, 0 to 1
   */
  cell(place) {
    const { places } = this;
    let [low, high] = [0, places.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (places[middle] <= place) low = middle;
      else high = middle;
    }
    return [low, Math.min(1, Math.max(0, (place - places[low]) / (places[high] - places[low])))];
  }

  /** @param {number} value */
  #along(value) {
    return this.log ? (value > 0 ? Math.log10(value) : -Infinity) : value;
  }

  /**
   * Three significant digits. On a linear axis these are too fine near 0 and can be too coarse far from it.
   *
   * @param {number} value
   */
  #rounded(value) {
    const three = value === 0 ? 0 : Number(value.toPrecision(3));
    if (this.log) return three;
    const span = this.high - this.low;
    const places = Math.max(0, -Math.floor(Math.log10(span / 1000)));
    const digit = 10 ** (Math.floor(Math.log10(Math.abs(value) || span)) - 2);
    return Number((digit <= span / 100 ? three : value).toFixed(Math.min(20, places))) + 0; // not -0
  }
}
