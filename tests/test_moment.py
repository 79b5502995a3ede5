"""Moments of a run in words: flow time first, the step in brackets, and conversion of steps between two pages."""

import pytest

from lazyrich import PhasePortrait, StudentTeacher, train
from lazyrich.experiments.phase_portrait.times import flow_time, of_cell, of_map, portrait_step, student_step
from lazyrich.moment import moment, moment_of, rounded, significant


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (55.5555, "55.6"),
        (5555.6, "5,560"),
        (99.96, "100"),
        (0.00055556, "0.000556"),
        (9.996e-5, "1.00 × 10⁻⁴"),
        (1.25e-5, "1.25 × 10⁻⁵"),
        (-3.2e9, "−3.20 × 10⁹"),
        (float("nan"), "–"),
    ],
)
def test_numbers_have_three_significant_digits(value, words):
    assert significant(value) == words


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [(100.0, 2, "100"), (0.5, 2, "0.5"), (-0.375, 3, "−0.375"), (2.04e-9, 2, "2 × 10⁻⁹"), (123456.0, 2, "120,000")],
)
def test_numbers_in_sentences_have_no_zeros_at_the_end(value, digits, words):
    assert rounded(value, digits) == words


def test_a_moment_names_the_flow_time_and_then_the_step():
    assert moment(100_000, 55.5555) == "t = 55.6 (step 100,000)"
    assert moment(300, None) == "step 300"


def test_a_run_names_its_last_frame_by_its_own_rate():
    result = train(StudentTeacher(tau=0.5, learning_rate=1e-3, steps=20, width=4, samples=5, test_samples=6))
    assert moment_of(result.frames) == f"t = {20 * 1e-3 / 0.5**2:.4f} (step 20)"
    assert "t = 0.0800 (step 20)" in repr(result)


def test_a_step_of_the_portrait_is_a_hundred_of_the_playground_at_equal_flow_time():
    portrait, here = PhasePortrait(tau=(0.3,), x="dimension"), StudentTeacher(tau=0.3)
    cell = portrait.student(10, 0.0, 0)
    assert 1000 * cell.step_size == pytest.approx(100_000 * here.step_size)  # t = 56
    assert of_cell(portrait, (0, 8), 1000) == "t = 55.6 (step 1,000)"
    assert flow_time(portrait, 1000) == "t = 55.6"
    assert flow_time(PhasePortrait(), 100) == "t = 0.5/τ²"
    assert of_map(PhasePortrait(), 100_000) == "t = 500/τ² (100,000 steps)"
    assert "1,000 steps here are 100,000 there" in portrait_step()
    assert "100 steps here are 1 there" in student_step(here)
    assert student_step(cell).endswith("which is a step of the phase portrait too.")
    assert "4.00 steps there are 1 here" in student_step(here.changed(learning_rate=0.02))
