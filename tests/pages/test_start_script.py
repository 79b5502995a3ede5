"""The page Start and the frame of all pages: two networks side by side, three links, and slides without the frame."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lazyrich.serving.pool import Refused
from lazyrich.web.page.site import frame
from lazyrich.web.page.start import pair
from tests.pages.scripts import APP


def first_page(**query: str) -> AppTest:
    """The app as a browser opens it, frame and all."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_two_runs_are_shown_side_by_side_with_three_links():
    app = first_page()
    assert "<h2>Lazy: keeps its features</h2>" in html(app) and "<h2>Rich: makes its own</h2>" in html(app)
    assert len(app.get("bidi_component")) == 2 and not app.info
    links = [link.proto for link in app.get("page_link")]
    assert [link.label for link in links] == ["**Show me** in five steps", "**Let me play**", "**I have a hypothesis**"]
    assert "lesson=" in links[0].query_string and links[0].page == links[1].page != links[2].page


def test_a_run_refused_by_a_full_server_has_a_sentence_in_its_place_and_is_requested_again(monkeypatch):
    asked = []

    def ask(config, page):
        asked.append(config)
        raise Refused("This server has no room *now*.", retry_after=30.0 if config == pair.LAZY else None)

    monkeypatch.setattr(pair, "request_run", ask)
    app = first_page()
    assert asked == [pair.LAZY, pair.RICH] and not app.get("bidi_component")
    assert [info.value for info in app.info] == [r"This server has no room \*now\*."] * 2
    assert len(app.get("page_link")) == 3, "the links to other pages are missing"


@pytest.mark.parametrize("view", ["", "figure", "slide"])
def test_a_figure_and_a_slide_have_no_frame(view):
    app = first_page(**({"view": view} if view else {}))
    without_frame = (frame._LOOK / "bare.css").read_text(encoding="utf-8")
    assert (without_frame in html(app)) == bool(view)
    assert 'class="page-heading"' not in html(app), "the first page has a heading of its own"
