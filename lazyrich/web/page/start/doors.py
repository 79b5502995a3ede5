"""Draw the three ways on from Start: be shown, play, or ask a question of one's own."""

from __future__ import annotations

from importlib import import_module, util
from typing import Final

import streamlit as st

from lazyrich.web.page import url_state
from lazyrich.web.page.start.pair import LAZY, RICH

PLAYGROUND: Final = "pages/playground.py"
STUDY: Final = "pages/study.py"

LESSONS: Final = (".lessons", "lazyrich")
"""The package of the lessons, whose `first_step()` returns the query of the playground that opens the first lesson."""


def doors() -> None:
    """Draw the links, as three buttons of equal width."""
    with st.container(horizontal=True, key="doors", gap="small"):
        st.page_link(PLAYGROUND, label="**Show me** in five steps", query_params=first_step(), width="stretch")
        st.page_link(PLAYGROUND, label="**Let me play**", width="stretch")
        st.page_link(STUDY, label="**I have a hypothesis**", width="stretch")


def first_step() -> dict[str, str | list[str]]:
    """Return the query that opens the first lesson; without lessons, the lazy run with the rich one kept beside it."""
    if util.find_spec(*LESSONS) is None:
        return url_state.write(LAZY, [RICH])
    return dict(import_module(*LESSONS).first_step())
