"""The verdict of a Grokking run: the milestones of each network, and the sentence about them."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.experiments.grokking.summary import Milestones, of_seeds, verdict


def milestones(trained, grokked, step):
    known = Milestones(*np.shape(trained))
    known.trained, known.grokked, known.step = np.array(trained, float), np.array(grokked, float), step
    return known


def test_milestones_are_the_first_steps_at_the_mark_and_stay():
    known = Milestones(1, 3)
    for step, train_now, test_now in (
        (10, [0.94, 0.99, 0.2], [0.1, 0.2, 0.99]),
        (20, [0.95, 0.5, 0.3], [0.94, 0.96, 0.99]),
        (30, [0.1, 1.0, 0.96], [0.95, 0.1, 0.97]),
    ):
        known.note(step, np.array([train_now]), np.array([test_now]))
    assert known.trained.tolist() == [[20, 10, 30]] and known.grokked.tolist() == [[30, 20, 30]]
    assert known.delay.tolist() == [[10, 10, 0]]


def test_a_median_delay_needs_more_than_half_of_the_seeds_and_the_highest_needs_all():
    nan = np.nan
    found = of_seeds(np.array([[3.0, nan, 1.0], [nan, nan, 2.0], [nan, nan, nan], [3.0, 2.0, 1.0]]))
    np.testing.assert_array_equal(found, [[3, 1, nan], [nan, 2, nan], [nan, nan, nan], [2, 1, 3]])


@pytest.mark.parametrize(
    ("trained", "grokked", "beginning"),
    [
        ([[100], [100]], [[900], [400]], "α = 4 grokked sooner than α = 1: delay 300 against 800 steps"),
        ([[100], [100]], [[900], [800]], "The balance makes little difference: delay 700 against 800 steps"),
        ([[100], [100]], [[np.nan], [400]], "α = 4 has grokked, after a delay of 300 steps; α = 1 has not so far"),
        (
            [[100, 100]] * 2,
            [[np.nan, 500], [400, 500]],
            "α = 4 has grokked in 2 of 2 seeds, after a median delay of 350",
        ),
        (
            [[100, 100]] * 2,
            [[np.nan] * 2, [np.nan, 9]],
            "α = 4 has grokked in 1 of 2 seeds; α = 1 has in none of 2 seeds",
        ),
        (
            [[100] * 3] * 2,
            [[900] * 3, [200, 300, 950]],
            "The balance makes little difference: median delay 200 against",
        ),
        (
            [[100, np.nan]] * 2,
            [[np.nan] * 2] * 2,
            "By heart: 2 of 4 networks know 95 % of the training sums, and of the",
        ),
        ([[np.nan]] * 2, [[np.nan]] * 2, "Still learning: the best network knows 94 % of its training sums"),
    ],
)
def test_the_verdict_names_the_milestones(trained, grokked, beginning):
    accuracy = np.full(np.shape(trained), 0.9499)
    lost = np.zeros(np.shape(trained), dtype=bool)
    text = verdict((1.0, 4.0), accuracy, accuracy, milestones(trained, grokked, 1000), lost, lost, np.zeros(2))
    assert text.startswith(beginning)


def test_the_verdict_reports_a_longer_wait_further_upstream():
    accuracy, lost = np.full((3, 1), 0.9499), np.zeros((3, 1), dtype=bool)
    given = milestones([[100]] * 3, [[900], [400], [800]], 1000)
    text = verdict((1.0, 4.0, 8.0), accuracy, accuracy, given, lost, lost, np.zeros(3))
    assert text.startswith(
        "α = 4 grokked sooner than α = 1: delay 300 against 800 steps; further upstream, at α = 8, 700"
    )


def test_a_single_balance_is_described_without_a_comparison():
    accuracy, lost = np.ones((1, 1)), np.zeros((1, 1), dtype=bool)
    text = verdict((2.0,), accuracy, accuracy, milestones([[100]], [[450]], 500), lost, lost, np.zeros(1))
    assert text == "α = 2 has grokked, after a delay of 350 steps"
