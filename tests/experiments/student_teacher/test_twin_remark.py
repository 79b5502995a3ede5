"""The sentence that compares a student with its lazy twin."""

from __future__ import annotations

import math

import pytest

from lazyrich import StudentTeacher, stream
from lazyrich.experiments.student_teacher.twin_remark import twin_remark


@pytest.mark.parametrize(
    ("gap", "own", "twin", "sentence"),
    [
        (0.081, 1e-4, 4.7e-3, "Lazy twin: outputs 8.1 % apart; its test loss is 47 × this one's."),
        (0.02, 1e-3, 3.3e-3, "Lazy twin: close, outputs 2.0 % apart; its test loss is 3.3 × this one's."),
        (0.008, 1.0, 1.03, "Lazy twin: indistinguishable, outputs 0.80 % apart; test losses are about the same."),
        (0.5, 0.9, 0.5, "Lazy twin: outputs 50 % apart; its test loss is lower, and this one's is 1.8 × as large."),
        (0.5, 0.0, 0.5, "Lazy twin: outputs 50 % apart; its test loss is over a million times this one's."),
        (0.05, 0.0, 0.0, "Lazy twin: close, outputs 5.0 % apart; test losses are about the same."),
        (math.inf, 0.5, math.inf, "Lazy twin: it diverges with steps of this size."),
        (math.nan, math.nan, math.nan, "Lazy twin: there are no test inputs on which to compare it."),
    ],
)
def test_the_sentence_names_the_gap_and_the_better_one(gap, own, twin, sentence):
    assert twin_remark(10, {"twin_gap": gap, "test_loss": own, "twin_test_loss": twin}) == sentence


def test_frames_carry_the_sentence_where_a_twin_is_asked_for_and_only_there():
    config = StudentTeacher(steps=50, samples=5, width=4, test_samples=10, twin=True)
    frames = list(stream(config))
    assert frames[0].remark == "Lazy twin: the same network at the start."
    assert frames[-1].remark == twin_remark(50, frames[-1].metrics) != frames[0].remark
    assert {frame.remark for frame in stream(config.changed(twin=False))} == {""}
