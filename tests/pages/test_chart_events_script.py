"""Events that a live chart sends to its page: each changes only the settings and kept runs that it is for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lazyrich import StudentTeacher
from lazyrich.experiments.student_teacher.config import MAX_STEPS, PRESETS
from lazyrich.web.server import wiring
from tests.pages.scripts import state

NAME = "student-teacher"
BASE = StudentTeacher(steps=20, samples=6, test_samples=5, width=4)


def page() -> None:
    """A page whose chart sends the event and the data that the test writes to the session."""
    import streamlit as st

    from lazyrich import StudentTeacher
    from lazyrich.experiments.student_teacher import charts
    from lazyrich.experiments.student_teacher.config import PRESETS
    from lazyrich.web.page.experiment_page import ExperimentPage

    class Page(ExperimentPage):
        def sent(self, name):
            return st.session_state.get("sent", {}).get(name, {})

    bench = Page(StudentTeacher, PRESETS)
    if event := st.session_state.pop("event", ""):
        bench.load(st.session_state.pop("config"))
        getattr(bench, f"_{event}")()
    bench.chart(charts.charts, charts.readings)
    bench.controls()


@pytest.fixture(scope="module")
def app() -> AppTest:
    return AppTest.from_function(page, default_timeout=60).run()


@pytest.fixture
def send(app):
    """send(event, config, kept, **data) -> the settings, kept runs and messages of the page after that event."""

    def sent(event: str, config: StudentTeacher = BASE, kept: tuple[StudentTeacher, ...] = (), **data: Any) -> Any:
        page_state = state(app, NAME)
        page_state.kept[:] = kept
        app.session_state["config"] = config
        app.session_state["sent"] = {"preset" if event == "chip" else event: data}
        app.session_state["event"] = event
        app.run()
        assert not app.exception, app.exception
        return SimpleNamespace(
            config=page_state.config, kept=list(page_state.kept), toasts=[t.value for t in app.toast]
        )

    return sent


def test_a_new_seed_is_for_the_kept_runs_too(send):
    found = send("new_seed", BASE.changed(seed=3), (BASE.changed(seed=3, tau=0.5),))
    assert (found.config.seed, [one.seed for one in found.kept]) == (4, [4])
    assert found.toasts == ["Seed 4 for this run and for the kept ones."]
    found = send("new_seed", BASE.changed(seed=4), (BASE.changed(seed=3),))
    assert (found.config.seed, [one.seed for one in found.kept]) == (5, [3])
    assert found.toasts[0].startswith("Seed 5. A kept run with the same settings keeps its seed")


def test_training_continues_or_starts_again(send, app):
    onward = send("onward").config
    assert (onward.until, onward.steps) == ("flat", MAX_STEPS)
    assert send("onward", onward).config == onward, "training cannot continue past the largest number of steps"
    before = dict(state(app, NAME).runs)
    assert send("again", onward).config == onward and before.keys() == state(app, NAME).runs.keys()


def test_a_switch_is_set_and_invalid_combinations_are_reported(send, app):
    assert send("set", twin=True, tau=5.0).config == BASE.changed(twin=True), "only switches may be set"
    big = BASE.changed(samples=10_000, width=2000)
    assert send("set", big, twin=True).config == big
    assert any("twin" in one.value.lower() for one in app.warning)


def test_only_remedies_offered_by_the_run_are_accepted(send, app):
    assert send("remedy", BASE, tau=5.0).config == BASE
    wild = BASE.changed(learning_rate=100.0, steps=200)
    assert send("remedy", wild, learning_rate=0.5).config == wild, "its run has no remedy yet"
    run = wiring.pool().get(state(app, NAME).runs[wild.key])
    run.remedy = {"learning_rate": 0.25}  # as a diverged run has
    assert send("remedy", wild, learning_rate=0.5, tau=5.0).config == wild.changed(learning_rate=0.25)


def test_a_preset_and_a_slider_beside_the_chart_are_taken_by_their_names(send, app):
    assert send("chip", name=PRESETS[2].name).config == PRESETS[2].config
    assert send("chip", name="no preset").config == BASE
    assert send("slide", name="no setting", set=5).config == BASE
    for sent, tau in (({"value": 0.309, "serial": 3}, 0.3), ({"text": "0,25"}, 0.25), ({"value": "half"}, BASE.tau)):
        send("slide", name="tau", **sent)
        app.run()
        assert state(app, NAME).config.tau == tau
    found = send("drop", BASE, (BASE.changed(tau=0.5),), id="no run")
    assert found.kept == [BASE.changed(tau=0.5)]
