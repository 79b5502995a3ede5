"""Draw the three ways on from Start: be shown, play, or ask a question of one's own."""

from __future__ import annotations

from typing import Final

import streamlit as st

from lazyrich.lessons import first_step

PLAYGROUND: Final = "pages/playground.py"
STUDY: Final = "pages/study.py"


def doors() -> None:
    """Draw the links, as three buttons of equal width."""
    with st.container(horizontal=True, key="doors", gap="small"):
        st.page_link(PLAYGROUND, label="**Show me** in five steps", query_params=first_step(), width="stretch")
        st.page_link(PLAYGROUND, label="**Let me play**", width="stretch")
        st.page_link(STUDY, label="**I have a hypothesis**", width="stretch")
