"""The entry point of the app: `streamlit run app.py`.

Streamlit runs this file twice over. Imported by its server it is the application with our own routes, which the live
charts read from; run for a visitor it draws the page that the address asks for. SITE says which pages there are.
"""

import sys

import streamlit as st

from lazyrich.web.page.site.entry import Entry, Upstream

DELTA = Upstream(
    "δ > 0",
    "Upstream the readout is large and the first layer does the learning. With linear neurons the function is then "
    "linear in what is learned, and the kernel hardly moves: lazy. ReLU neurons that turn also change which inputs "
    "switch them on, and those are new features: rich.",
)
ALPHA = Upstream(
    "α > 1",
    "The first layer starts small and learns fast, the last one starts large and learns slowly. These are ReLU "
    "networks: a first layer that turns changes which inputs switch its neurons on, so upstream is the rich side. In a "
    "linear network it would be the lazy one. α counts from the usual start, which need not be balanced exactly.",
)
GROKKING = Upstream(
    "larger α",
    f"{ALPHA.why} Here balance is well above 1, between 2 and 4 with the usual width: the verdict at step 0 tells this "
    "run's.",
)

SITE = {
    "": [
        Entry("start", "Start", "Two networks, one task: one keeps its features, the other makes its own.", start=True),
        Entry("playground", "Playground", "When does a network make features of its own?", DELTA),
    ],
    "Theory": [
        Entry("exact_solutions", "One neuron", "Can all that training will do be known beforehand?", DELTA),
        Entry("linear_networks", "Linear networks", "In which order are the parts of a map learned?", DELTA),
        Entry("which_solution", "Which solution", "Of all functions that fit the data, which one is found?", DELTA),
        Entry("linear_or_relu", "Linear or ReLU", "Where is learning both fast and rich?", DELTA),
    ],
    "Networks": [
        Entry("deep_networks", "Deep", "Does a deep network do better with a fast first layer?", ALPHA),
        Entry("filters", "Filters", "Does a fast first layer make filters that can be read?", ALPHA),
        Entry("hierarchy", "Hierarchy", "How many strings does a network need to see the grammar?", ALPHA),
        Entry("grokking", "Grokking", "Does a fast first layer shorten the wait for understanding?", GROKKING),
    ],
    "Map and study": [
        Entry("phase_portrait", "Phase portrait", "At which scale and balance is learning rich?", DELTA),
        Entry("study", "Study", "Does a difference between two settings hold over seeds?"),
        Entry("my_runs", "My runs", "What have you run so far, and what came of it?"),
    ],
}

if __name__ == "__main__":
    from lazyrich.web.page.site.frame import show
    from lazyrich.web.server.wiring import throttle

    throttle()
    show(SITE)
else:
    from lazyrich.web.server.environment import check
    from lazyrich.web.server.wiring import lifespan, middleware, routes

    try:
        check()
    except ValueError as error:
        sys.exit(str(error))
    app = st.App(__file__, routes=routes(), lifespan=lifespan(), middleware=middleware(SITE))
