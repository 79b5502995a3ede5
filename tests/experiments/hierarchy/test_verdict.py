"""The verdict of a Hierarchy run: the examples needed, interpolated between sizes, and the sentence about them."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.experiments.hierarchy.config import CONVERGED, Hierarchy
from lazyrich.experiments.hierarchy.outcomes import Outcome, ResultTable, crossing


def test_sizes_are_interpolated_in_their_logarithm():
    assert crossing((100, 400), np.array([0.4, 0.2]), 0.3) == pytest.approx(200)
    assert crossing((100, 400, 800), np.array([0.9, 0.5, 0.3]), 0.3) == pytest.approx(800)
    assert np.isnan(crossing((100, 400), np.array([0.2, 0.1]), 0.3))
    assert np.isnan(crossing((100, 400), np.array([0.9, np.nan]), 0.3))


def outcome(errors, loss=0.01, moved=0.2):
    errors = np.array(errors)
    loss, moved = np.broadcast_to(loss, errors.shape), np.broadcast_to(moved, errors.shape)
    return Outcome(errors, loss, loss <= CONVERGED, moved, np.full(errors.shape, 50), np.ones(errors.shape))


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ([([0.8, 0.8], {}), ([0.4, 0.1], {})], "α = 4 errs less than α = 1: on 10 % against 40 % of new strings after"),
        ([([0.8, 0.4], {}), ([0.25, 0.1], {})], "α = 4 needs fewer than α = 1: 68 against 118 strings for 30 % error"),
        (
            [([0.8, 0.8], {}), ([0.78, 0.79], {})],
            "No difference to tell between α = 4 and α = 1: wrong on 79 % against",
        ),
        ([([1.0, 1.0], {}), ([1.0, 1.0], {})], "wrong on 100 % against 100 % of new strings"),
        ([([0.4, 0.8], {}), ([0.1, 0.25], {})], "α = 4 needs more than α = 1"),
        ([([0.4, 0.2], {}), ([0.2, 0.1], {})], "α = 4 needs fewer than α = 1: at most 50 against 80 strings"),
        ([([0.2, 0.2], {}), ([0.1, 0.01], {})], "α = 4 errs less than α = 1"),
        ([([0.8, 0.4], {"loss": [2.0, 0.01]})], "; 1 of 2 trainings did not converge, α = 1 learned nothing yet"),
        ([([0.8, 0.4], {"loss": [2.0, 0.01], "moved": 0.9})], "α = 1 broke down, its rate too high"),
        ([([np.nan, 0.4], {"loss": [np.nan, 0.01]})], "α = 1 broke down"),
    ],
)
def test_the_verdict_agrees_with_the_numbers(ends, sentence):
    results = ResultTable(Hierarchy(alphas=(1.0, 4.0), sizes=(50, 128)))
    for size, (errors, rest) in enumerate(ends):
        results.add(size, 0, outcome(errors, **rest))
    assert sentence in results.verdict()


def test_words_count_the_seeds_that_agree_by_strings_needed_or_by_errors():
    results = ResultTable(Hierarchy(alphas=(1.0, 4.0), sizes=(50, 128), seeds=3))
    for seed, errors in enumerate(([0.4, 0.1], [0.8, 0.6], [0.1, 0.2])):
        results.add(0, seed, outcome([0.8, 0.8]))
        results.add(1, seed, outcome(errors))
    assert "; fewer in 2 of 3 seeds" in results.verdict()
