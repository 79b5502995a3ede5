"""The paper's claims about the random hierarchy model: upstream needs fewer examples if there are rules to find."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.experiments.hierarchy.outcomes import crossing
from lazyrich.results.train import train
from tests.experiments.hierarchy.runs import BY_NAME, pivot


@pytest.fixture(scope="module")
def seeds():
    """The first preset over three seeds, by kernel and by one raw rate."""
    by_kernel = train(BY_NAME["A grammar of two levels"].changed(seeds=3, sizes=(1024, 1536, 2048)))
    raw = train(BY_NAME["One rate for all"].changed(seeds=3, sizes=(1024, 1536, 2048)))
    return by_kernel, raw


def size_at(result, level=0.3):
    """alphas x seeds, by interpolation of each seed's own curve."""
    errors = pivot(result, "test_error")
    return np.array([[crossing(result.config.sizes, row[:, s], level) for s in range(row.shape[1])] for row in errors])


@pytest.mark.claims
def test_upstream_needs_far_fewer_examples_in_every_seed(seeds):
    errors = pivot(seeds[0], "test_error")
    assert (errors[3, 1] < 0.5 * errors[1, 1]).all()
    assert (errors[0, 1] > 1.5 * errors[1, 1]).all()
    assert (np.diff(errors[:, 0], axis=0) < 0).all()
    assert (errors[:, 0] > 0.15).all()
    assert seeds[0].curves.converged.all()
    assert "α = 4 needs fewer than α = 1" in seeds[0].frames[-1].verdict
    assert "; fewer in 3 of 3 seeds" in seeds[0].frames[-1].verdict


@pytest.mark.claims
def test_the_kernel_moves_the_further_the_further_upstream_the_start(seeds):
    moved = np.median(pivot(seeds[0], "kernel_distance"), axis=2)
    assert (np.diff(moved[:3, 0]) > 0.015).all()
    assert (moved[3] > 1.04 * moved[1]).all() and (moved[1] > 1.04 * moved[0]).all()


@pytest.mark.claims
def test_one_rate_for_all_shifts_less_and_moves_the_slow_ones_kernel_most(seeds):
    by_kernel, raw = (np.median(pivot(result, "test_error"), axis=2) for result in seeds)
    assert (raw[0, 1:] < by_kernel[0, 1:]).all()
    shifts = [crossing((1024, 1536, 2048), errors[0], 0.3) for errors in (by_kernel, raw)]
    assert shifts[1] < 0.97 * shifts[0]
    # what alpha = 4 gains over alpha = 0.5, at 1,536 strings
    assert raw[0, 1] / raw[3, 1] < 0.9 * by_kernel[0, 1] / by_kernel[3, 1]
    moved = pivot(seeds[1], "kernel_distance")
    assert (moved[0, 1:] > 1.1 * moved[1:, 1:].max(axis=0)).all()


@pytest.mark.claims
def test_three_levels_are_learned_sooner_upstream_in_each_grammar():
    result = train(BY_NAME["Three levels, three grammars"].changed(alphas=(1.0, 4.0), sizes=(256, 512, 1024)))
    needed = size_at(result)
    assert (needed[1] < 0.95 * needed[0]).all()
    assert needed[0].max() > 1.3 * needed[0].min()


@pytest.mark.claims
def test_a_dense_network_needs_more_and_still_gains_upstream(seeds):
    config = BY_NAME["Dense network"].changed(alphas=(0.5, 1.0, 4.0), sizes=(2048,))
    dense = pivot(train(config), "test_error")[:, 0, 0]
    assert dense[2] < 0.8 * dense[1] and dense[1] < 0.95 * dense[0]
    of_cnn = pivot(seeds[0], "test_error")[:, 2, 0]
    assert (dense > of_cnn[[0, 1, 3]] + 0.2).all()


@pytest.mark.claims
def test_few_synonyms_leave_hardly_a_difference():
    result = train(BY_NAME["Few synonyms"])
    needed = result.frames[-1].chart_data["size_at"][:, 0]
    assert needed.min() > 95 and needed.max() < 135
    assert needed[1] / needed[3] < 1.15
    assert result.frames[-1].verdict.startswith("Hardly a difference between α = 4 and α = 1: ")


@pytest.mark.claims
def test_without_structure_every_balance_guesses():
    result = train(BY_NAME["Nothing to find"])
    assert result.curves.converged.all()
    # as wrong as guesses among 16 classes or worse, in every one of 48 trainings
    assert (result.curves.test_error > 0.85).all()
    assert result.frames[-1].verdict.startswith("No difference to tell between")
