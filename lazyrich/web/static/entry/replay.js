// Entry of a replay (lazyrich/replay/page.py): one file with a run and all code to draw it. Nothing is fetched.

import { element, required } from "../shell/dom.js";
import { LiveRun } from "../shell/live_run.js";
import { RecordedSource } from "../stream/recorded_source.js";

const part = (/** @type {string} */ id) => required(document.getElementById(id), `The element #${id} of this file`);

const parent = part("replay");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/**
 * Decompress the text of an element of the file: gzip in base64.
 *
 * @param {Element} node
 */
async function unpack(node) {
  const packed = Uint8Array.from(atob(node.textContent ?? ""), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function play() {
  const answers = await Promise.all([...document.querySelectorAll("script.answer")].map(unpack));
  // Run as an inline script: the page's policy allows no script that has an address.
  const plotly = part("plotly");
  plotly.textContent = new TextDecoder().decode(await unpack(plotly));
  const data = { ...JSON.parse(part("view").textContent ?? ""), plotly: `#${plotly.id}` };
  const live = new LiveRun(parent, (hooks) => new RecordedSource(answers, hooks));
  const show = () => live.update({ data, setTriggerValue: () => {} });
  show();
  dark.addEventListener("change", show);
}

play().catch((error) => {
  const old = typeof DecompressionStream === "undefined";
  const why = old ? "this browser is older than 2023: take a newer one" : error.message;
  parent.replaceChildren(element("p", {}, `The run cannot be played: ${why}.`));
});
