"""The numbers of a phase portrait against small steps of descent, and its maps against its table."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import torch

from lazyrich import kernels, stream
from lazyrich.experiments.phase_portrait import frames as phase_portrait_run
from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, MEASURES
from lazyrich.experiments.phase_portrait.frames import measured
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import Part, coordinates, parts
from lazyrich.experiments.phase_portrait.summary import verdict
from lazyrich.networks import two_layer
from lazyrich.sweeps.command import summary
from lazyrich.tasks.student_teacher import draw
from lazyrich.training import descent
from tests.experiments.phase_portrait.small import small


@pytest.mark.parametrize("given", [{}, {"eta_ratio": (0.1, 10, 3), "delta": 0.5, "tau": (0.2, 1, 3), "leak": 0.3}])
def test_the_numbers_agree_with_small_steps_of_descent_from_the_playgrounds_start(given):
    # smaller or further upstream, what ten neurons do hangs on single kinks, and on the steps of descent too
    config = small(**{"tau": (0.5, 2, 3), "delta": (-1, 0.5, 3), "at": (20, 1000), **given})
    checked = 0
    for part in parts(config):
        table = pd.DataFrame(measured(config, part))
        rows = table.iloc[: 2 * len(config.at)]
        for (x, y), of_student in rows.groupby([config.x, config.y], sort=False):
            student = config.student(x, y, part.seed)
            task, start = draw(student, torch.float64)
            finer = 4
            rates = {"eta_a": student.eta_a, "eta_w": student.eta_w, "leak": student.leak}
            found = descent(
                task.X, task.y, *start, AUTHORS_RATE / student.tau**2 / finer, [finer * at for at in config.at], **rates
            )
            K0 = kernels.two_layer_ntk(task.X, *start, **rates)
            for moment, (_, row) in enumerate(of_student.iterrows()):
                W, a = found.W[moment], found.a[moment]
                S = kernels.kernel_distance(K0, kernels.two_layer_ntk(task.X, W, a, **rates))
                test = (two_layer(task.X_test, W, a, student.leak) - task.y_test).square().mean()
                moved = torch.cat([(W - start[0]).flatten(), a - start[1]]).norm()
                flips = ((task.X @ W.T > 0) != (task.X @ start[0].T > 0)).double().mean()
                assert row["kernel_distance"] == pytest.approx(S, abs=0.02)
                # relative to the loss, and to that of an output of zero where little is left
                close = {"rel": 0.03, "abs": 0.003 * float(task.y.square().mean())}
                assert row["train_loss"] == pytest.approx(float(found.loss[moment]), **close)
                assert row["test_loss"] == pytest.approx(float(test), **close)
                assert row["parameter_distance"] == pytest.approx(float(moved), rel=0.05, abs=1e-3)
                assert row["activation_flips"] == pytest.approx(float(flips), abs=0.03)
                checked += 1
    assert checked >= 4


def test_a_student_that_cannot_be_followed_has_no_numbers_and_the_others_theirs(monkeypatch):
    config = small(at=(1, 1000))
    part = parts(config)[0]
    whole = pd.DataFrame(measured(config, part))
    # enough for the easy ones only
    monkeypatch.setattr(phase_portrait_run, "MAX_GRADIENTS", 150)
    table = pd.DataFrame(measured(config, part))
    lost = table["kernel_distance"].isna()
    assert 0 < lost.sum() < len(table)
    assert (table.loc[lost, "at"] == 1000).all()
    assert table.loc[lost, list(MEASURES)].isna().all(axis=None)
    kept = table[~lost]
    assert np.allclose(kept["test_loss"], whole.loc[~lost, "test_loss"], rtol=0.03)
    assert (kept["tau"] == 2.0).any()
    for column in (config.x, config.y, "seed", "at"):
        assert (table[column] == whole[column]).all()


def test_students_that_reach_no_time_have_no_numbers_and_are_counted_in_the_summary(monkeypatch):
    config = small(at=(4000,), tau=(0.1, 2.0, 2), delta=(0, 1, 2))
    [part] = parts(config)
    monkeypatch.setattr(phase_portrait_run, "MAX_GRADIENTS", 600)
    table = pd.DataFrame(measured(config, part))
    lost = table[list(MEASURES)].isna()
    assert 0 < lost.to_numpy().sum() < lost.size and (lost.any(axis=1) == lost.all(axis=1)).all()
    assert "nan" not in summary(config, table)
    monkeypatch.setattr(phase_portrait_run, "MAX_GRADIENTS", 1)
    none = pd.DataFrame(measured(config, part))
    assert none[list(MEASURES)].isna().all(axis=None)
    assert summary(config, none).splitlines()[1].endswith("4,000  no student could be followed this far")


def test_the_maps_of_the_last_frame_are_means_and_ends_over_the_seeds_of_the_table():
    config = small(seeds=3, tau=(0.5, 2.0, 3))
    frames = list(stream(config))
    assert len(frames) == config.expected_frames
    assert np.isnan(frames[0].chart_data["test_loss"]).all() and len(frames[0].table["at"]) == 0
    every = pd.concat([pd.DataFrame(frame.table) for frame in frames])
    assert len(every) == config.students * len(config.at)
    shape = (len(config.at), len(config.y_values), len(config.x_values))
    grouped = every.groupby(["at", config.y, config.x])
    for name in MEASURES:
        for suffix, found in (("", grouped.mean()), ("_low", grouped.min()), ("_high", grouped.max())):
            expected = found[name].to_numpy().reshape(shape)
            assert np.allclose(frames[-1].chart_data[name + suffix], expected, rtol=1e-6, atol=1e-9)
    assert every.columns.tolist() == ["tau", "delta", "seed", "at", *MEASURES]
    assert frames[-1].metrics["students"] == config.students and frames[-1].metrics["share"] == 1
    header = frames[0].header.chart_data
    assert np.allclose(header["x"], config.x_values) and np.allclose(header["y"], config.y_values)


def test_the_map_fills_in_without_changing_earlier_cells():
    frames = list(stream(small(tau=(0.1, 2.0, 5), delta=(-1, 1, 9))))
    for before, after in pairwise(frames):
        there = np.isfinite(before.chart_data["kernel_distance"])
        assert there.sum() < np.isfinite(after.chart_data["kernel_distance"]).sum()
        assert (before.chart_data["kernel_distance"][there] == after.chart_data["kernel_distance"][there]).all()


def test_a_missing_student_is_left_out_of_the_means():
    config = small(seeds=2)
    so_far = Maps(config)
    for seed, value in ((100, np.nan), (101, 0.5)):
        part = Part(0, seed, ((1, 2),), 1.0)
        numbers = {name: np.full(len(config.at), value) for name in MEASURES}
        so_far.add(coordinates(config, part) | numbers)
    assert so_far.mean["kernel_distance"][:, 2, 1].tolist() == [0.5, 0.5]
    assert np.isfinite(so_far.mean["kernel_distance"]).sum() == 2


def test_a_table_whose_powers_were_rounded_by_another_processor_is_of_the_same_portrait():
    config = small()
    rows = coordinates(config, parts(config)[-1])
    numbers = {name: np.arange(len(rows["at"]), dtype=float) for name in MEASURES}
    here, there = Maps(config), Maps(config)
    here.add(rows | numbers)
    there.add(rows | {"tau": np.nextafter(rows["tau"], 9), "delta": np.nextafter(rows["delta"], -9)} | numbers)
    assert np.array_equal(here.mean["test_loss"], there.mean["test_loss"], equal_nan=True)


def test_maps_refuse_rows_of_another_portrait():
    one, other = small(), small(tau=(0.1, 1.0, 5))
    rows = coordinates(other, parts(other)[0])
    with pytest.raises(ValueError, match="rows must be of the portrait"):
        Maps(one).add(rows | {name: np.zeros(len(rows["at"])) for name in MEASURES})


def test_the_words_name_the_place_of_the_largest_kernel_distance_and_the_lazy_share():
    config = small()
    S = np.full((2, 3, 5), 0.001)
    S[-1, 2, 0] = 0.3
    assert verdict(config, 15, {"kernel_distance": S}) == (
        "The kernel moves most, 0.3, at τ = 0.1, δ = 1; lazy on 93 % of the map"
    )
    assert verdict(config, 3, {"kernel_distance": S}).startswith("3 of 15 students: so far the kernel moves most")
    assert verdict(config, 0, {"kernel_distance": np.full_like(S, np.nan)}) == "0 of 15 students"


def test_rates_make_the_same_portrait_as_sizes():
    # theory.md, section 6: delta enters as delta / sqrt(eta_a eta_w) at equal scale
    tau, ratio = 0.3, 9.0
    by_rates = small(x="eta_ratio", eta_ratio=(1.0, ratio, 2), delta=0.0, tau=(tau, 2 * tau, 2), y="tau", at=(200,))
    same = tau**2 * (ratio**0.5 - ratio**-0.5)
    by_sizes = small(delta=(0.0, same, 2), tau=(tau, 2 * tau, 2), at=(200,))
    first, second = (pd.concat([pd.DataFrame(measured(c, p)) for p in parts(c)]) for c in (by_rates, by_sizes))
    one = first[(first["eta_ratio"] == ratio) & (first["tau"] == tau)].iloc[0]
    other = second[(second["delta"] == same) & (second["tau"] == tau)].iloc[0]
    assert one["test_loss"] == pytest.approx(other["test_loss"], rel=0.02)
    assert one["kernel_distance"] == pytest.approx(other["kernel_distance"], abs=0.005)
