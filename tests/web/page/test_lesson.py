"""The step of a lesson on its page: its text about runs of every status, and the parts that it highlights."""

from __future__ import annotations

import pytest

from lazyrich import LinearNetwork, StudentTeacher, train
from lazyrich.lessons import read_lesson
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import Event
from lazyrich.web.page.lesson.highlight import highlight
from lazyrich.web.page.lesson.step_outcome import changed, step_outcome

TEXT = """+++
title = "Mine"
minutes = 1
summary = "One step."

[[steps]]
address = "/playground?steps=20&width=4&samples=5"
show = ["tau"]
+++

## One

Look.

### Question

Where does it end?

- Here
- There

### What happened

It ended at step {step}.
"""
[STEP] = read_lesson(TEXT).steps
CONFIG = StudentTeacher(steps=20, width=4, samples=5)
FRAMES = train(CONFIG).frames


def run_that(event: Event | None, frames: int = len(FRAMES), message: str = "") -> Run:
    """Return a run with this number of frames, ended by the event; one that still trains if it is None."""
    run = Run(CONFIG, 100.0)
    run.start()
    for frame in FRAMES[:frames]:
        run.receive(frame)
    if event is not None:
        run.end(event, message)
    return run


def words(*runs: Run | None) -> str | None:
    outcome = step_outcome(STEP, CONFIG, [], runs).outcome
    return outcome and " ".join(span["text"] for block in outcome for item in block["items"] for span in item)


def test_the_outcome_appears_once_all_runs_are_over():
    done = run_that(Event.FINISH)
    assert words(done) == "It ended at step 20."
    assert words(run_that(None)) is None and words(done, run_that(None)) is None and words(done, None) is None
    note = step_outcome(STEP, CONFIG.changed(width=6), [], [None]).note
    assert note.startswith("The runs are not those of this step any")


def test_a_failed_run_shows_its_reason_and_a_stopped_one_its_outcome_so_far():
    failed = run_that(Event.FAIL, 2, "It diverged.")
    assert words(failed) == "A run has failed, so there is nothing to say of it. It diverged."
    stopped = run_that(Event.STOP, 3)
    assert words(stopped) == f"It ended at step {FRAMES[2].step}."
    note = step_outcome(STEP, CONFIG, [], [stopped]).note
    assert note == "A run was stopped, and the numbers are those of where it stands."
    unsaid = words(run_that(Event.STOP, 0))
    assert unsaid == "This cannot be said of what is on the page now: the run has no results yet."


def test_another_page_is_not_that_of_the_step():
    assert changed(STEP, CONFIG.changed(tau=0.3, seed=4), []) == "", "tau, which the step shows, and the seed may vary"
    assert changed(STEP, LinearNetwork(), []) == "This is not the page of this step."


@pytest.mark.parametrize(
    ("name", "selectors", "called"),
    [
        ("plane", ['[data-chart="plane"]'], "Neurons"),
        ("see", [".st-key-see"], "Choice of the experiment"),
        ("map", [".st-key-student-teacher-map"], "Map"),
        ("presets", [".st-key-student-teacher-preset"], "Presets"),
    ],
)
def test_marked_parts_of_a_page_have_selectors_and_names(name, selectors, called):
    found = highlight([name], StudentTeacher, {"plane": "Neurons"}, ("presets", "map", "see"))
    assert (found.selectors, found.names, found.notice) == (selectors, [called], "")


def test_names_of_missing_parts_are_reported_with_the_existing_ones():
    found = highlight(["tau", "upload", "plain"], StudentTeacher, {"plane": "Neurons"}, ("map",))
    assert ".st-key-student-teacher-tau-slider" in found.selectors and len(found.names) == 1
    assert found.notice.startswith("highlight names upload, plain, no chart or control of this page: there are plane, ")
    assert found.notice.endswith(", map.") and " tau, " in found.notice
