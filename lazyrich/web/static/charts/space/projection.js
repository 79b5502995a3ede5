// Projection of points of a box in space to pixels, by a camera that circles around the box.

const DISTANCE = 7; // of the camera from the middle, where half the box's width is 1: far, so that little is distorted
const NEAREST = 0.5;
const SIDE = 34; // px left for the labels at each side
const TOP = 20;
const BOTTOM = 24;
const HEIGHT = [0.8, 1.1]; // of the box over its width: the true proportions within these

const AZIMUTH = 1; // from the first axis towards the second: most paths start and end on the viewer's side
const ELEVATION = 0.27;
const TILT = 0.4; // added if the surface is two bowls far apart, to look into them

/** @import { Point, Range, Size } from "../../core/types.d.ts" */

/** @typedef {{ x: Range, y: Range, z: Range }} SpaceRange what a picture covers */
/** @typedef {Point & { near: number }} Projected near: larger for nearer points */

/** Position of the camera as the visitor left it. Angles in radians; zoom 1 fits the box into the picture. */
export class Camera {
  azimuth = AZIMUTH;
  elevation = ELEVATION;
  zoom = 1;

  /**
   * Return to the default position.
   *
   * @param {number} gap share of the picture's height between two bowls, 0 to 1
   */
  reset(gap) {
    this.azimuth = AZIMUTH;
    this.elevation = ELEVATION + TILT * gap;
    this.zoom = 1;
  }

  /**
   * @param {number} right radians
   * @param {number} up
   */
  orbit(right, up) {
    this.azimuth = (this.azimuth - right) % (2 * Math.PI);
    this.elevation = Math.min(1.5, Math.max(-1.5, this.elevation + up));
  }

  /** @param {number} factor */
  magnify(factor) {
    this.zoom = Math.min(6, Math.max(0.5, this.zoom * factor));
  }
}

/** Tolerance, in units of `near`, within which a point behind a surface counts as lying on it. */
export const SLACK = 0.045 / DISTANCE ** 2;

export class Projection {
  /**
   * @param {SpaceRange} range
   * @param {Pick<Camera, "azimuth" | "elevation" | "zoom">} camera
   * @param {Size} size
   */
  constructor(range, { azimuth, elevation, zoom }, size) {
    this.range = range;
    this.camera = { azimuth, elevation, zoom };
    this.size = size;
    const half = (/** @type {Range} */ [from, to]) => (to - from) / 2;
    const tall = half(range.z) / half(range.x);
    this.tall = Math.min(HEIGHT[1], Math.max(HEIGHT[0], tall));
    this.middle = [range.x, range.y, range.z].map(([from, to]) => (from + to) / 2);
    this.stretch = [1 / half(range.x), 1 / half(range.y), this.tall / half(range.z)];
    const [sin, cos] = [Math.sin(azimuth), Math.cos(azimuth)];
    const [up, flat] = [Math.sin(elevation), Math.cos(elevation)];
    this.right = [-sin, cos, 0];
    this.above = [-up * cos, -up * sin, flat];
    this.toward = [flat * cos, flat * sin, up];
    this.scale = 1;
    this.centre = [0, 0];
    const { across, low, high } = this.#outline();
    const [width, height] = size;
    this.scale = zoom * Math.min((width - 2 * SIDE) / (2 * across), (height - TOP - BOTTOM) / (low - high));
    this.centre = [width / 2, (TOP + height - BOTTOM) / 2 - (this.scale * (low + high)) / 2];
  }

  // Half the width, the lowest and the highest pixel of the cylinder around the box: the same from all sides.
  #outline() {
    /** @type {Projected[]} */
    const rim = [];
    for (let k = 0; k < 48; k++) {
      const angle = (k * Math.PI) / 24;
      for (const end of [-1, 1]) rim.push(this.place(Math.cos(angle), Math.sin(angle), end * this.tall));
    }
    const [xs, ys] = [rim.map(({ x }) => Math.abs(x)), rim.map(({ y }) => y)];
    return { across: Math.max(...xs), low: Math.max(...ys), high: Math.min(...ys) };
  }

  /**
   * A point in px; NaN behind or too close to the camera.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  at(x, y, z) {
    return this.place(
      (x - this.middle[0]) * this.stretch[0],
      (y - this.middle[1]) * this.stretch[1],
      (z - this.middle[2]) * this.stretch[2],
    );
  }

  /**
   * The same for coordinates of the box, -1 to 1 (-tall to tall upwards).
   *
   * @param {number} u
   * @param {number} v
   * @param {number} h
   * @returns {Projected}
   */
  place(u, v, h) {
    const { right, above, toward, scale, centre } = this;
    const away = DISTANCE - (u * toward[0] + v * toward[1] + h * toward[2]);
    const near = away > NEAREST ? 1 / away : NaN;
    const size = scale * DISTANCE * near;
    return {
      x: centre[0] + size * (u * right[0] + v * right[1]),
      y: centre[1] - size * (u * above[0] + v * above[1] + h * above[2]),
      near,
    };
  }
}
