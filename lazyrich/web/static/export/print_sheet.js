// A PDF of a picture, by the browser's own printer: it is drawn on a sheet of exactly its size, alone on the page, and
// the browser writes the PDF, with its fonts in it. A library that does the same brings half a megabyte and has no Greek
// letters without a font of its own.

const CLASS = "printed-sheet";

/**
 * Have the browser print an SVG; among its printers is "Save as PDF".
 *
 * @param {string} text of the SVG
 * @param {string[]} size CSS lengths of width and height, or bare numbers of px
 */
export function printSheet(text, size) {
  document.querySelector(`.${CLASS}`)?.remove();
  const [width, height] = size.map((length) => (/[a-z]$/.test(length) ? length : `${length}px`));
  const picture = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  picture.setAttribute("style", `display: block; width: ${width}; height: ${height}`);
  const style = document.createElement("style");
  style.textContent = `
    @page { size: ${width} ${height}; margin: 0; }
    @media screen { .${CLASS} { display: none; } }
    @media print {
      html, body { margin: 0 !important; padding: 0 !important; background: none !important; }
      html > body > :not(.${CLASS}) { display: none !important; }
      .${CLASS} { height: ${height}; overflow: hidden; break-after: avoid; print-color-adjust: exact; }
    }`;
  const sheet = document.createElement("div");
  sheet.className = CLASS;
  sheet.append(style, document.importNode(picture, true));
  document.body.append(sheet);
  const off = new AbortController();
  const remove = () => {
    sheet.remove();
    off.abort();
  };
  // A frame that may not print, and some browsers when printing is cancelled, fire no afterprint. A press in the page
  // means that no print dialog is open any more.
  for (const name of ["afterprint", "pointerdown", "keydown"])
    window.addEventListener(name, remove, { capture: true, signal: off.signal });
  window.print();
}
