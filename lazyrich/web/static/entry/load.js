// Load files that are not modules: plotly, once for all charts of the page, and the style sheet.

const loading = new Map(); // address -> promise

function once(address, start) {
  if (!loading.has(address)) {
    const promise = new Promise(start);
    // A later mount may try again, for example when the server was restarted.
    promise.catch(() => loading.delete(address));
    loading.set(address, promise);
  }
  return loading.get(address);
}

/**
 * Resolves to window.Plotly.
 *
 * @param {string} address
 */
export function loadPlotly(address) {
  const href = new URL(address, document.baseURI).href;
  return once(href, (resolve, reject) => {
    const script = document.createElement("script");
    script.src = href;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error(`${href} is not plotly.js`)));
    script.onerror = () => reject(new Error(`plotly.js did not come from ${href}`));
    document.head.append(script);
  });
}

/** Resolves when the style sheet applies: sizes measured before that are wrong. */
export function loadStyle(address) {
  const href = new URL(address, document.baseURI).href;
  return once(href, (resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = resolve;
    link.onerror = () => reject(new Error(`the chart's style sheet did not come from ${href}`));
    document.head.append(link);
  });
}
