"""Start: what the question is, and three ways to go on."""

import streamlit as st

from lazyrich.experiments.student_teacher.config import PRESETS
from lazyrich.web.page import url_state

RICH, LAZY = (next(one.config for one in PRESETS if one.name == name) for name in ("Upstream", "Lazy"))

st.title("Two networks, one task")
st.markdown("One keeps the features it was born with, the other makes its own.")
with st.container(horizontal=True, key="doors"):
    st.page_link("pages/playground.py", label="Show me", query_params=url_state.write(LAZY, [RICH]))
    st.page_link("pages/playground.py", label="Let me play")
    st.page_link("pages/study.py", label="I have a hypothesis")
