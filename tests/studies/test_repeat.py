"""One setting over seeds: each seed equals the run that `train` makes of it, wherever it is computed."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from lazyrich import (
    DeepNetwork,
    ImplicitBias,
    LinearNetwork,
    PhasePortrait,
    SingleNeuron,
    StudentTeacher,
    phase_portrait,
    repeat,
    train,
)
from lazyrich.studies import repeating
from lazyrich.studies.runs.jobs import AT_FIRST, TOGETHER

SMALL = StudentTeacher(samples=6, width=6, test_samples=20, steps=20, learning_rate=1e-3, seed=3)
DEEP = DeepNetwork(task="digits", samples=32, width=8, depth=2, steps=10, alphas=(0.5, 2.0))


def test_a_seed_is_the_run_of_that_seed_on_any_executor():
    runs = repeat(SMALL, seeds=3)
    assert (runs.seeds, runs.done, runs.complete, runs.failed) == ((3, 4, 5), (3, 4, 5), True, {})
    for seed in (3, 5):
        own = runs.curves[runs.curves["seed"] == seed].drop(columns="seed").reset_index(drop=True)
        # side by side, sums are taken in another order
        pd.testing.assert_frame_equal(own, train(SMALL.changed(seed=seed)).curves, rtol=1e-9, atol=1e-12)
    assert runs.final["step"].tolist() == [20, 20, 20]
    with ThreadPoolExecutor(2) as pool:
        pd.testing.assert_frame_equal(repeat(SMALL, 3, pool).curves, runs.curves, check_exact=True)


def test_the_seeds_of_a_run_of_many_networks_agree_with_runs_alone():
    runs = repeat(DEEP, seeds=10)
    assert runs.done == tuple(range(10))
    for seed in (0, 7, 8):
        own = runs.curves[runs.curves["seed"] == seed].reset_index(drop=True)
        alone = train(DEEP.changed(seed=seed, seeds=1)).curves
        pd.testing.assert_frame_equal(own, alone, check_exact=True)


@pytest.mark.parametrize(
    "config",
    [
        LinearNetwork(steps=10, dimension=2, outputs=1, width=2),
        ImplicitBias(points=3, dimension=3, samples=2, reach=0.5),
        PhasePortrait(x_points=2, y_points=2, at=(1,), base=StudentTeacher(dimension=2, samples=5, width=4)),
    ],
    ids=lambda config: config.name,
)
def test_every_experiment_with_a_seed_can_be_repeated(config):
    runs = repeat(config, seeds=2)
    assert len(runs.done) == 2
    assert {*config.columns.networks, "seed", config.columns.outcome} <= set(runs.curves)
    assert config.columns.outcome in runs.bands()
    if isinstance(config, PhasePortrait):
        assert len(runs.curves) == len(phase_portrait(config.changed(seeds=2)))


def test_bands_are_quantiles_over_seeds():
    runs = repeat(SMALL, seeds=4)
    bands = runs.bands(0.5)
    at_end = runs.final
    expected = np.exp(np.quantile(np.log(at_end["test_loss"]), [0.25, 0.5, 0.75]))
    assert bands["test_loss"].iloc[-1].tolist() == pytest.approx(expected.tolist())
    moved = np.quantile(at_end["kernel_distance"], [0.25, 0.5, 0.75])
    assert bands["kernel_distance"].iloc[-1].tolist() == pytest.approx(moved.tolist())
    with pytest.raises(ValueError, match=r"share must be above 0 and at most 1, got 1\.5"):
        runs.bands(1.5)


def test_runs_that_end_flat_count_on_in_the_bands():
    config = StudentTeacher(tau=2, samples=4, width=6, test_samples=10, method="flow", until="flat", steps=10_000_000)
    runs = repeat(config, seeds=3)
    lengths = runs.curves.groupby("seed").size()
    assert lengths.nunique() > 1, "the seeds must end at different times for this to say anything"
    low = runs.bands(1.0)["train_loss"]["low"].iloc[-1]
    assert low == pytest.approx(runs.final["train_loss"].min())


def test_a_run_that_diverges_is_one_failed_seed_and_keeps_its_rows():
    config = SMALL.changed(learning_rate=100, steps=400)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runs = repeat(config, seeds=2)
    assert set(runs.failed) == {3, 4} and "Diverged" in runs.failed[3]
    assert (runs.curves["seed"] == 3).any() and runs.final.empty
    with pytest.raises(ValueError, match="bands needs a run that has come to its end"):
        runs.bands()


def test_repeats_fill_in_run_by_run_and_stop_when_nobody_asks():
    filling = repeating(SMALL, seeds=3 * TOGETHER)
    first, second = next(filling), next(filling)
    filling.close()
    assert (len(first.done), len(second.done)) == (AT_FIRST, AT_FIRST + TOGETHER)
    assert (second.progress.done, second.progress.total, second.complete) == (10, 24, False)
    assert "10 of 24 runs" in second.progress.words and second.progress.left >= 0
    seen = []
    repeat(SMALL, seeds=TOGETHER + 1, progress=seen.append)
    assert [len(one.done) for one in seen] == [AT_FIRST, TOGETHER + 1]


def test_configs_without_a_seed_and_other_objects_are_refused():
    with pytest.raises(ValueError, match="SingleNeuron has no seed, for it draws nothing at random"):
        repeat(SingleNeuron())
    with pytest.raises(TypeError, match=r"config must be an experiment's settings.* got the class StudentTeacher"):
        repeat(StudentTeacher)
    for seeds in (0, 1001, 2.5, True):
        with pytest.raises(ValueError, match=f"seeds must be a whole number between 1 and 1000, got {seeds}"):
            repeat(SMALL, seeds)
