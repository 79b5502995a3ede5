// Load files that are not modules: plotly, once for all charts of the page, and the style sheet.

/** @import { Plotly } from "../core/types.d.ts" */

/**
 * Return a loader that loads each address once. After a failure a later mount tries again, for example when the server
 * was restarted.
 *
 * @template T
 * @param {(href: string, resolve: (loaded: T) => void, reject: (error: Error) => void) => void} start
 * @returns {(address: string) => Promise<T>}
 */
function loadOnce(start) {
  /** @type {Map<string, Promise<T>>} */
  const loading = new Map();
  return (address) => {
    const { href } = new URL(address, document.baseURI);
    const known = loading.get(href);
    if (known) return known;
    /** @type {Promise<T>} */
    const promise = new Promise((resolve, reject) => start(href, resolve, reject));
    promise.catch(() => loading.delete(href));
    loading.set(href, promise);
    return promise;
  };
}

/**
 * Resolves to window.Plotly. An address such as #plotly names an element of the page whose text is plotly.js.
 *
 * @type {(address: string) => Promise<Plotly>}
 */
export const loadPlotly = loadOnce((href, resolve, reject) => {
  const script = document.createElement("script");
  script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error(`${href} is not plotly.js`)));
  script.onerror = () => reject(new Error(`plotly.js did not come from ${href}`));
  const { hash } = new URL(href);
  if (hash) runText(script, hash);
  else {
    script.src = href;
    document.head.append(script);
  }
});

/**
 * Run the text of an element as a script, in a task of its own: the browser can paint the page before.
 *
 * @param {HTMLScriptElement} script
 * @param {string} hash
 */
function runText(script, hash) {
  setTimeout(() => {
    script.text = document.querySelector(hash)?.textContent ?? "";
    document.head.append(script);
    script.dispatchEvent(new Event("load")); // a script without an address has no such event
  });
}

/**
 * Resolves when the style sheet applies: sizes measured before that are wrong.
 *
 * @type {(address: string) => Promise<void>}
 */
export const loadStyle = loadOnce((href, resolve, reject) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  link.onload = () => resolve();
  link.onerror = () => reject(new Error(`the chart's style sheet did not come from ${href}`));
  document.head.append(link);
});
