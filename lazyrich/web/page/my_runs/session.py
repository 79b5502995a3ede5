"""The list of runs of this session, to which pages add."""

from __future__ import annotations

from typing import Final

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.serving.run import Run
from lazyrich.web.page.my_runs.run_list import RunList
from lazyrich.web.server.wiring import pool

__all__ = ["list_run", "runs_of_session"]

KEY: Final = "my-runs"


def runs_of_session() -> RunList:
    """Return this visitor's list. It ends with the session, when the page is closed or reloaded."""
    if KEY not in st.session_state:
        st.session_state[KEY] = RunList(pool().limits)
    found: RunList = st.session_state[KEY]
    return found


def list_run(run: Run, config: Config, link: str) -> None:
    """Add a run that a page shows, and record the results of earlier ones.

    Args:
        run: The page's run.
        config: The settings on the page.
        link: Address that reproduces the page with them.
    """
    runs = runs_of_session()
    runs.add(run, config, link)
    runs.settle()
