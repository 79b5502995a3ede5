"""The LaTeX table of the page Study equals that of the library."""

from __future__ import annotations

import pytest

from lazyrich import StudentTeacher, compare, study
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import Event
from lazyrich.studies.live.config import SeedComparison
from lazyrich.studies.live_axis.config import AxisStudy
from lazyrich.web.page.study.study_page import _latex

SHARED = "samples=6,width=6,test_samples=20,steps=20,learning_rate=0.001,tau=0.5"
BASE = StudentTeacher(samples=6, width=6, test_samples=20, steps=20, learning_rate=1e-3, tau=0.5)


@pytest.mark.parametrize(
    ("config", "table"),
    [
        (
            SeedComparison(a="delta=1", b="delta=-1", shared=SHARED, seeds=2),
            lambda: compare(BASE.changed(delta=1.0), BASE.changed(delta=-1.0), seeds=2).latex(),
        ),
        (AxisStudy(over="delta=0,1", shared=SHARED, seeds=2), lambda: study(BASE, {"delta": [0, 1]}, 2).latex()),
    ],
    ids=["compared", "varied"],
)
def test_the_table_equals_the_one_of_the_library(config, table):
    run = Run(config, 120.0)
    run.start()
    for frame in config.frames():
        run.receive(frame)
    run.end(Event.FINISH)
    assert _latex(run) == table()
