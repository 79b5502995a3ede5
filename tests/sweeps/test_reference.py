"""The shipped portrait: the settings of the authors' published sweep, and its numbers computed again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from lazyrich import PhasePortrait, geometry, sweeps
from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, MEASURES
from lazyrich.experiments.phase_portrait.frames import measured
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import coordinates, parts
from lazyrich.kernels import KernelDistance
from lazyrich.metrics import activation_flips
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.training import Descent

ROWS = ["tau", "delta", "seed", "at"]
CONFIG = PhasePortrait()


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return sweeps.reference()


@pytest.fixture(scope="module")
def means(table) -> pd.DataFrame:
    """(at, tau, delta) -> means over the seeds."""
    return table.groupby(["at", "tau", "delta"])[list(MEASURES)].mean()


def test_every_student_of_the_papers_grid_is_there_at_every_time(table):
    every = pd.concat([pd.DataFrame(coordinates(CONFIG, part)) for part in parts(CONFIG)])
    assert table.columns.tolist() == [*ROWS, *MEASURES]
    pd.testing.assert_frame_equal(table[ROWS], every.sort_values(ROWS, ignore_index=True), rtol=1e-9, atol=1e-9)
    assert table.notna().all(axis=None)


def test_the_reference_records_how_it_was_made(table):
    record = table.attrs["lazyrich"]
    assert PhasePortrait(**record["config"]) == CONFIG
    assert record["command"] == "python -m lazyrich phase-portrait --out phase_portrait.parquet"
    assert record["students"] == 4624
    # authors' loop, 100,000 steps a student: 143 core-hours
    assert 0.1 < record["core_hours"] < 0.5
    assert record["date"] >= "2026" and record["environment"]["torch"]


@pytest.mark.parametrize(("at", "published"), [(100, 0.239), (1000, 0.537), (10_000, 0.610), (100_000, 0.615)])
def test_the_largest_kernel_distance_is_the_published_one(means, at, published):
    assert means.loc[at, "kernel_distance"].max() == pytest.approx(published, rel=0.08)


def test_the_kernel_moves_most_at_small_scales_early_upstream_and_late_a_little_downstream(means):
    for at in CONFIG.at:
        tau, delta = means.loc[at, "kernel_distance"].idxmax()
        assert tau < 0.15
        assert delta > 0 if at == 100 else -0.5 <= delta < 0


def test_large_scales_are_lazy(means):
    assert means.xs(2.0, level="tau")["kernel_distance"].max() < 0.01


def test_the_smallest_test_loss_is_at_a_small_scale_and_not_downstream(means):
    tau, delta = means.loc[100_000, "test_loss"].idxmin()
    assert tau < 0.25 and delta >= 0


def test_mean_training_losses_fall_and_the_teacher_is_learned(means):
    losses = means["train_loss"].unstack("at")
    assert (losses.diff(axis=1).iloc[:, 1:] <= 1e-9).all(axis=None)
    # an output of zero: half the share of variance of three unit neurons
    _, smallest = min(means.loc[100_000, "test_loss"].items(), key=lambda item: item[1])
    largest = means.loc[100, "test_loss"].max()
    assert smallest < 0.1 * largest


def test_maps_of_the_reference_can_be_drawn_without_training(table, means):
    maps = Maps(CONFIG)
    maps.add(table)
    assert maps.students == 4624
    for name in MEASURES:
        expected = means[name].to_numpy().reshape(4, 17, 17).transpose(0, 2, 1)
        assert np.allclose(maps.mean[name], expected, rtol=1e-5)
        assert (maps.low[name] <= maps.mean[name] + 1e-9).all() and (maps.mean[name] <= maps.high[name] + 1e-9).all()


@pytest.mark.parametrize("number", [0, 1])
def test_a_recomputed_part_agrees_with_the_reference(table, number):
    part = parts(CONFIG)[number]
    now = pd.DataFrame(measured(CONFIG, part))
    grid = {"tau": 6, "delta": 6}
    there = now[ROWS].round(grid).merge(table.round(grid), on=ROWS, how="left", validate="one_to_one")
    # another machine rounds in another way, and where activations flip or nothing is left of the loss it shows
    for name in ("train_loss", "test_loss", "parameter_distance"):
        assert there[name].to_numpy() == pytest.approx(now[name].to_numpy(), rel=0.02, abs=1e-10)
    for name in ("kernel_distance", "activation_flips"):
        assert there[name].to_numpy() == pytest.approx(now[name].to_numpy(), abs=0.01)


def test_descent_at_the_authors_rate_gives_the_same_numbers(table):
    at = 1000
    cells = [(0.1, -1.0), (CONFIG.x_values[4], 0.5), (CONFIG.x_values[8], 0.0), (2.0, 0.75)]
    tau, delta = torch.tensor(cells, dtype=torch.float64).unbind(1)
    task, directions, signs = draw_task(100, dimension=100, width=50, samples=1000, dtype=torch.float32)
    W, a = start(directions, signs, tau, delta)
    run = Descent(task.X, task.y, W, a, AUTHORS_RATE / tau**2)
    run.advance(at)
    for number, cell in enumerate(cells):
        # not to the last digit, which another processor's powers may not share
        here = np.isclose(table["tau"], cell[0], rtol=1e-9) & np.isclose(table["delta"], cell[1], rtol=1e-9, atol=1e-9)
        keys = here & (table["seed"] == 100) & (table["at"] == at)
        [row] = table[keys].to_dict("records")
        end = (run.W[number], run.a[number])
        test = (two_layer(task.X_test, *end) - task.y_test).square().mean()
        assert row["kernel_distance"] == pytest.approx(KernelDistance(task.X, W[number], a[number])(*end), abs=0.02)
        assert row["test_loss"] == pytest.approx(float(test), rel=0.03)
        flips = activation_flips(task.X, W[number], run.W[number])
        assert row["activation_flips"] == pytest.approx(float(flips), abs=0.02)


def test_small_scales_move_their_weights_further_than_they_are(table):
    """The start's own length is m (a^2 + w^2); rich students end far from it, lazy ones near it."""
    last = table[table["at"] == 100_000]
    a, w = geometry.layer_norms(last["tau"].to_numpy(), last["delta"].to_numpy())
    share = last["parameter_distance"] / (50 * (a**2 + w**2)) ** 0.5
    balanced = last["delta"] == 0
    assert share[balanced & (last["tau"] == 0.1)].min() > 1
    assert share[last["tau"] == 2.0].max() < 0.2
