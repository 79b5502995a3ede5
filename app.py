"""The entry point of the app: `streamlit run app.py`.

Streamlit runs this file twice over. Imported by its server it is the application with our own routes, which the live
charts read from; run for a visitor it is the frame around the pages.
"""

import sys

import streamlit as st

if __name__ == "__main__":
    from lazyrich.web.page.layout import frame, is_bare
    from lazyrich.web.server.wiring import pace

    pace()
    frame()
    pages = [
        st.Page("pages/start.py", title="Start", default=True),
        st.Page("pages/playground.py", title="Playground", url_path="playground"),
        st.Page("pages/exact_solutions.py", title="Exact solutions", url_path="exact-solutions"),
        st.Page("pages/linear_networks.py", title="Linear networks", url_path="linear-networks"),
        st.Page("pages/phase_portrait.py", title="Phase portrait", url_path="phase-portrait"),
        st.Page("pages/study.py", title="Study", url_path="study"),
        st.Page("pages/deep_networks.py", title="Deep networks", url_path="deep-networks"),
        st.Page("pages/filters.py", title="Filters", url_path="filters"),
        st.Page("pages/hierarchy.py", title="Hierarchy", url_path="hierarchy"),
        st.Page("pages/grokking.py", title="Grokking", url_path="grokking"),
    ]
    st.navigation(pages, position="hidden" if is_bare() else "top").run()
else:
    from lazyrich.web.server.environment import check
    from lazyrich.web.server.wiring import lifespan, middleware, routes

    try:
        check()
    except ValueError as error:
        sys.exit(str(error))
    app = st.App(__file__, routes=routes(), lifespan=lifespan(), middleware=middleware())
