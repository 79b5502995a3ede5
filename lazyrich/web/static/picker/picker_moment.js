// The moment that the live chart of the page shows, for a map that follows it.

const CHART = "[data-testid=live-run]";
const SEARCH = 500; // ms between searches for a chart that is not mounted yet

/** Calls found(index) with the nearest of some increasing steps, in ratio, whenever that changes. Returns how to stop. */
export function watchMoment(steps, found) {
  let host = null;
  let index = -1;
  const look = () => {
    const step = Number(host?.dataset.step);
    const nearest = step > 0 ? closest(steps, step) : 0;
    if (nearest === index) return;
    index = nearest;
    found(index);
  };
  const observer = new MutationObserver(look);
  const search = () => {
    const there = document.querySelector(CHART);
    if (!there || there === host) return;
    observer.disconnect();
    host = there;
    observer.observe(host, { attributes: true, attributeFilter: ["data-step"] });
    look();
  };
  search();
  const timer = setInterval(search, SEARCH); // a remounted chart is another element
  return () => {
    clearInterval(timer);
    observer.disconnect();
  };
}

function closest(steps, step) {
  const apart = steps.map((one) => Math.abs(Math.log(one / step)));
  return apart.indexOf(Math.min(...apart));
}
