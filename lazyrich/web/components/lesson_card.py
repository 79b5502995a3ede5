"""The card of a lesson's step: question, answers, outcome, and the way to other steps. Answers stay in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lazyrich.web.components.assets import STUB
from lazyrich.web.stream.routes import asset

_component = st.components.v2.component("lazyrich_lesson", js=STUB, isolate_styles=False)


def lesson_card(data: Mapping[str, Any], key: str) -> Any:
    """Mount the card.

    Args:
        data: What it shows, as `lazyrich/web/static/lesson/lesson_view.js` describes it.
        key: Fixed for a page, so that the card is never remounted.

    Returns:
        The component's result. `.go` holds {"step": number} in the run of the fragment after a link to a step was
        followed; `.look` is set when the runs may be over.
    """
    return _component(
        key=key,
        data={"module": asset("entry/lesson.js"), "css": asset("lesson/lesson.css"), **data},
        on_go_change=_nothing,
        on_look_change=_nothing,
    )


def _nothing() -> None:
    """The rerun is all that is asked for."""
