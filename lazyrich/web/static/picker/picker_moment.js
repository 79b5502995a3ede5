// The moment that the live chart of the page shows, for a map that follows it.

const CHART = "[data-testid=live-run]";
const SEARCH_INTERVAL = 500; // ms between searches for a chart that is not mounted yet

/**
 * Call onMoment(index) with the nearest of some increasing steps, in ratio, whenever that changes.
 *
 * @param {number[]} steps
 * @param {(index: number) => void} onMoment
 * @returns {() => void} stop watching
 */
export function watchMoment(steps, onMoment) {
  /** @type {Element | null} */
  let host = null;
  let index = -1;
  const update = () => {
    const step = Number(host?.getAttribute("data-step"));
    const nearest = step > 0 ? closest(steps, step) : 0;
    if (nearest === index) return;
    index = nearest;
    onMoment(index);
  };
  const observer = new MutationObserver(update);
  const search = () => {
    const there = document.querySelector(CHART);
    if (!there || there === host) return;
    observer.disconnect();
    host = there;
    observer.observe(host, { attributes: true, attributeFilter: ["data-step"] });
    update();
  };
  search();
  const timer = setInterval(search, SEARCH_INTERVAL); // a remounted chart is another element
  return () => {
    clearInterval(timer);
    observer.disconnect();
  };
}

/**
 * @param {number[]} steps
 * @param {number} step
 */
function closest(steps, step) {
  const apart = steps.map((one) => Math.abs(Math.log(one / step)));
  return apart.indexOf(Math.min(...apart));
}
