"""The card of a lesson above a live page.

lesson = LessonCard()                                  where the card is to stand
live(..., look=look | lesson.look, ...)
lesson.draw(config, kept, runs, charts, parts)         when the runs are known
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.lessons import library
from lazyrich.lessons.markdown import blocks, spans
from lazyrich.serving.pool import Run
from lazyrich.web.components.assets import base_path
from lazyrich.web.components.lesson_card import lesson_card
from lazyrich.web.page.lesson.highlight import highlight
from lazyrich.web.page.lesson.place import Place, read
from lazyrich.web.page.lesson.step_outcome import step_outcome
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.share import page_view


class LessonCard:
    """The step that the address of this page asks for, if any. Make it where the card is to stand."""

    def __init__(self) -> None:
        whole = page_view.read(st.query_params).kind == "page"
        self.place, self._notice = read(st.query_params) if whole else (None, "")
        self._slot = st.container(key="lesson") if self.place else None

    @property
    def look(self) -> dict[str, Any]:
        """Return what the live chart has to know: the step whose question is to be answered before it plays."""
        return {"asks": self.place.id} if self.place else {}

    def draw(
        self,
        config: Config,
        kept: Sequence[Config],
        runs: Callable[[], Sequence[Run | None]],
        charts: Mapping[str, str],
        parts: Sequence[str],
    ) -> None:
        """Draw the card.

        Args:
            config: Settings of the page.
            kept: Settings of the runs kept beside it.
            runs: Finds the current run and those kept beside it, each time that the card looks again.
            charts: Id of each chart, and its title.
            parts: Controls of the page beside the settings, of `page_view.PARTS`.
        """
        if self._notice:
            st.warning(plain(self._notice))
        if self.place is None or self._slot is None:
            return
        place = self.place
        marked = highlight(place.step.highlight, type(config), charts, parts)
        if marked.notice:
            st.warning(plain(marked.notice))
        fixed = _fixed(place) | {"selectors": marked.selectors, "highlighted": marked.names}

        @st.fragment
        def card() -> None:
            now = step_outcome(place.step, config, kept, runs())
            result = lesson_card(fixed | {"outcome": now.outcome, "note": now.note}, "lesson.card")
            if (number := _asked(getattr(result, "go", None), place)) is not None:
                page = place.lesson.steps[number - 1].page.replace("-", "_")
                st.switch_page(f"pages/{page}.py", query_params=place.query(number))

        with self._slot:
            card()


def _fixed(place: Place) -> dict[str, Any]:
    """Return what the card shows of a step whatever its runs do."""
    step = place.step
    return {
        "id": place.id,
        "lesson": place.lesson.title,
        "number": place.number,
        "title": step.title,
        "text": blocks(step.text),
        "question": spans(step.question),
        "answers": [spans(answer) for answer in step.answers],
        "lessons": [
            {"title": f"{one.title} ({one.minutes} min)", "href": _href(Place(name, one, 1), 1)}
            for name, one in library().lessons.items()
        ],
        "steps": [
            {"title": one.title, "href": _href(place, number)} for number, one in enumerate(place.lesson.steps, 1)
        ],
    }


def _href(place: Place, number: int) -> str:
    """Return the address of a step, without host."""
    page = place.lesson.steps[number - 1].page
    return f"{base_path()}/{page}?{urlencode(place.query(number), doseq=True)}"


def _asked(sent: Any, place: Place) -> int | None:
    """Return the step that a link asks for, None if none: a browser can send anything."""
    number = sent.get("step") if isinstance(sent, Mapping) else None
    there = range(1, len(place.lesson.steps) + 1)
    return number if isinstance(number, int) and not isinstance(number, bool) and number in there else None
