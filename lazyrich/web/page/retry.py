"""Draw a page again when a refused request may succeed."""

from __future__ import annotations

import time

import streamlit as st


def rerun_in(seconds: float) -> None:
    """Rerun the page once a refused request may succeed, unless the visitor acts before."""
    seconds = max(1.0, seconds)
    due = time.monotonic() + seconds

    @st.fragment(run_every=seconds)
    def look() -> None:
        # the fragment also runs now, as a part of the page
        if time.monotonic() >= due:
            st.rerun()

    look()
