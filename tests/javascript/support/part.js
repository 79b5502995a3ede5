// Stand-ins for large objects of the page.

/**
 * Some members of an object, each of the type that it has there.
 *
 * @template T
 * @typedef {T extends (...given: never[]) => unknown ? T : T extends object ? { [K in keyof T]?: Part<T[K]> } : T} Part
 */

/**
 * An object with some of its members, to be read by code that needs no others. T comes from where the result goes.
 *
 * @template T
 * @param {Part<NoInfer<T>>} members
 * @returns {T}
 */
export const part = (members) => /** @type {T} */ (/** @type {unknown} */ (members));
