"""The phase portrait as an experiment: its settings, the order of its parts, its numbers and its frames."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError

from lazyrich import PhasePortrait, StudentTeacher, kernels, stream
from lazyrich.config.schema import complaints, from_strings, show
from lazyrich.experiments.phase_portrait import frames as phase_portrait_run
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, MEASURES, PRESETS
from lazyrich.experiments.phase_portrait.frames import measured
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import Part, coordinates, parts
from lazyrich.experiments.phase_portrait.summary import verdict
from lazyrich.networks import two_layer
from lazyrich.sweeps.command import summary
from lazyrich.tasks.student_teacher import draw
from lazyrich.training import descent

SMALL = StudentTeacher(dimension=5, samples=20, width=10, test_samples=30, dtype="float64")


def small(**settings) -> PhasePortrait:
    return PhasePortrait(
        **{"tau": (0.1, 2.0, 5), "delta": (-1, 1, 3), "seeds": 1, "at": (10, 100), "base": SMALL, **settings}
    )


def refusal(**settings) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        PhasePortrait(**settings)
    return complaints(PhasePortrait, caught.value)


def test_the_defaults_are_the_papers_sweep():
    config = PhasePortrait()
    assert config == PhasePortrait(
        tau=(0.1, 2.0, 17),
        delta=(-1, 1, 17),
        seeds=16,
        at=(100, 1000, 10_000, 100_000),
        base=StudentTeacher(dimension=100, samples=1000),
    )
    assert np.allclose(np.diff(np.log(config.x_values)), np.log(20) / 16)
    assert np.allclose(np.diff(config.y_values), 1 / 8)
    assert (config.x_values[0], config.x_values[-1]) == (0.1, 2.0)
    assert {part.seed for part in parts(config)} == set(range(100, 116))
    assert (config.dtype, config.students) == ("float32", 4624)


@pytest.mark.parametrize(
    ("given", "axes"),
    [
        ({"eta_ratio": (0.01, 100, 9), "tau": (0.1, 1, 5)}, ("tau", "eta_ratio", 5, 9)),
        ({"width": (10, 200, 3), "delta": (-1, 1, 5)}, ("width", "delta", 3, 5)),
        ({"delta": (0, 1, 4), "x": "delta"}, ("delta", "tau", 4, 17)),
        ({"leak": (0, 1, 3)}, ("leak", "delta", 3, 17)),
        ({"y": "tau", "x_points": 3}, ("delta", "tau", 3, 17)),
        ({"tau": "0.1,1,5", "delta": "0.5,1,3"}, ("tau", "delta", 5, 3)),
    ],
)
def test_any_two_parameters_are_the_axes(given, axes):
    config = PhasePortrait(**given)
    assert (config.x, config.y, config.x_points, config.y_points) == axes
    for name, value in given.items():
        if name in AXES:
            numbers = value.split(",") if isinstance(value, str) else value
            values = config.x_values if name == config.x else config.y_values
            assert [values[0], values[-1]] == [float(number) for number in numbers[:2]]
    assert all(len(getattr(config, name)) == (2 if name in axes[:2] else 1) for name in AXES)


def test_every_parameter_can_be_asked_for_across_without_more_words():
    for name in AXES:
        config = PhasePortrait().changed(x=name, y="tau" if name == "delta" else "delta")
        assert len(config.x_values) > 5
        assert (np.diff(config.x_values) > 0).all()
        student = config.student(config.x_values[1], config.y_values[0], 3)
        if name != "eta_ratio":
            assert getattr(student, name) == config.x_values[1]


def test_settings_that_mean_the_same_are_equal():
    assert PhasePortrait(delta=(1, -1)) == PhasePortrait()
    assert PhasePortrait(at=(1000, 100, 1000)) == PhasePortrait(at=(100, 1000))
    # tau is across, so one value of it means nothing
    assert PhasePortrait(base=StudentTeacher(tau=0.7, dimension=100, samples=1000)) == PhasePortrait()
    assert PhasePortrait(x="leak", y="delta").key == PhasePortrait(x="leak", tau=0.1).key


@pytest.mark.parametrize("name", AXES)
def test_one_value_for_an_axis_and_a_range_for_another_parameter_are_refused_and_nothing_else_is_lost(name):
    other = "tau" if name != "tau" else "delta"
    middle = PhasePortrait().changed(x=name, y=other).x_values[1].item()
    usual = 1.0 if name == "eta_ratio" else StudentTeacher.parameters()[name].default
    # the default of the parameter, which it has where it is no axis, is no range either
    for given in (middle, (middle,), show(middle), (middle, middle), usual):
        with pytest.raises(ValidationError) as caught:
            PhasePortrait(**{"x": name, "y": other, name: given})
        (sentence,) = complaints(PhasePortrait, caught.value)
        assert sentence.startswith(f"{name} is an axis here, so it takes two values, from and to, got ")
        assert sentence.endswith("or choose another parameter for x.")
    config, said = from_strings(PhasePortrait, {"x": name, "y": other, name: show(middle), "seeds": "2"})
    assert said and config == PhasePortrait(seeds=2).changed(x=name, y=other)
    axes = [one for one in ("leak", "samples", "eta_w") if one != name][:2]
    with pytest.raises(ValidationError, match=f"`{name}` is no axis here, so it takes one value"):
        PhasePortrait(x=axes[0], y=axes[1], **{name: (AXES[name].low, AXES[name].high)})


def test_what_is_no_axis_keeps_the_value_of_the_base_or_the_playgrounds():
    assert PhasePortrait(x="leak", base=StudentTeacher(tau=0.3)).tau == (0.3,)
    with pytest.raises(ValueError, match=r"`base` must have noise 0, .* got 0\.5"):
        PhasePortrait(base=StudentTeacher(noise=0.5))
    assert PhasePortrait(x="tau", y="leak").delta == (0.0,)


def test_seed_and_device_of_the_base_are_those_of_the_portrait_where_they_were_chosen():
    assert (PhasePortrait(base=StudentTeacher()).first_seed, PhasePortrait(base=StudentTeacher()).device) == (
        100,
        "cpu",
    )
    config = PhasePortrait(base=StudentTeacher(seed=7, device="cuda"), seeds=2)
    assert (config.first_seed, config.device) == (7, "cuda") and {part.seed for part in parts(config)} == {7, 8}


def test_a_ratio_of_rates_changes_them_at_the_same_product():
    config = PhasePortrait(x="eta_ratio", eta_a=2.0, eta_w=0.5, eta_ratio=(0.04, 25))
    found = config.settings_at(25.0, 0.5)
    assert found["eta_w"] / found["eta_a"] == pytest.approx(25 * 0.25)
    assert found["eta_w"] * found["eta_a"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"x": "tau", "y": "tau"}, "y must be another parameter than x, got tau for both."),
        ({"tau": (0.1, 1), "delta": (0, 1), "leak": (0, 1)}, "a portrait has two axes, but tau, delta, leak were all"),
        ({"tau": (0.1, 99, 5)}, "tau must be 1 to 2 numbers between 0.01 and 10"),
        ({"tau": (0.1, 1, 1)}, "x_points must be a whole number between 2 and 65, got 1."),
        ({"x": "tau", "y": "delta", "leak": (0, 1, 5)}, "leak must be 1 to 2 numbers"),
        ({"width": 51}, "width must be even when the start is symmetrised, got 51: choose 50 or 52"),
        ({"x": "colour"}, "x must be one of tau, delta, eta_ratio,"),
        ({"at": ()}, "at must be 1 to 12 whole numbers"),
        ({"base": 7}, "`base` must be a StudentTeacher or its settings by name, got 7."),
    ],
)
def test_what_makes_no_portrait_is_refused_in_a_sentence(given, said):
    assert refusal(**given)[0].startswith(said)


def test_an_address_with_one_bad_setting_keeps_the_others():
    config, said = from_strings(PhasePortrait, {"x": "leak", "leak": "0,0.5", "delta": "up", "seeds": "2"})
    assert (config.x, config.leak, config.seeds, config.y) == ("leak", (0.0, 0.5), 2, "delta")
    assert len(said) == 1 and said[0].startswith("delta must be")


def test_a_symmetrised_portrait_over_width_has_even_widths_once_each():
    widths = PhasePortrait(width=(2, 9, 12), delta=(-1, 1, 3)).x_values
    assert widths.tolist() == [2, 4, 6, 8, 10]


@pytest.mark.parametrize("shape", [(17, 17), (17, 5), (5, 17), (2, 9), (6, 7), (33, 20)])
def test_the_parts_hold_every_student_once_and_coarse_grids_come_first(shape):
    config = PhasePortrait(x_points=shape[0], y_points=shape[1], seeds=2)
    ordered = parts(config)
    assert [part.number for part in ordered] == list(range(len(ordered)))
    students = [(part.seed, *cell) for part in ordered for cell in part.cells]
    assert len(set(students)) == len(students) == 2 * shape[0] * shape[1]
    of_first = [cell for seed, *cell in students if seed == 100]
    # before the second seed begins, and every student of each grid before those between its points
    assert students[: len(of_first)] == [(100, *cell) for cell in of_first]
    for stride in (8, 4, 2):
        grid = [n for n, (i, j) in enumerate(of_first) if i % stride == 0 and j % stride == 0]
        if all((points - 1) // stride >= 4 for points in shape):
            assert grid == list(range(len(grid)))


def test_students_of_a_part_share_their_task_and_their_rates():
    config = PhasePortrait(eta_ratio=(0.1, 10, 5), width=(10, 50, 5), seeds=1)
    for part in parts(config):
        settings = [config.settings_at(config.x_values[i], config.y_values[j]) for i, j in part.cells]
        assert len({(s["width"], s["eta_a"], s["eta_w"]) for s in settings}) == 1


def test_a_part_and_its_portrait_travel_between_processes():
    config = small()
    assert pickle.loads(pickle.dumps(config)) == config
    assert pickle.loads(pickle.dumps(parts(config)[0])) == parts(config)[0]


@pytest.mark.parametrize("given", [{}, {"eta_ratio": (0.1, 10, 3), "delta": 0.5, "tau": (0.2, 1, 3), "leak": 0.3}])
def test_the_numbers_are_those_of_small_steps_of_descent_from_the_playgrounds_start(given):
    # smaller or further upstream, what ten neurons do hangs on single kinks, and on the steps of descent too
    config = small(**{"tau": (0.5, 2, 3), "delta": (-1, 0.5, 3), "at": (20, 1000), **given})
    checked = 0
    for part in parts(config):
        table = pd.DataFrame(measured(config, part))
        rows = table.iloc[: 2 * len(config.at)]
        for (x, y), of_student in rows.groupby([config.x, config.y], sort=False):
            student = config.student(x, y, part.seed)
            task, start = draw(student, torch.float64)
            finer = 8
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


def test_students_that_reach_no_time_at_all_have_no_numbers_and_the_summary_says_so(monkeypatch):
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


def test_the_map_fills_in_without_changing_what_is_there():
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


def test_work_grows_with_students_and_their_size():
    work = PhasePortrait(seeds=2).work()
    assert work.seconds == pytest.approx(2 * PhasePortrait(seeds=1).work().seconds)
    assert PhasePortrait(seeds=2, samples=4000).work().scratch > 5 * work.scratch
    assert work.flops > 578 * 348 * 20e6


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_is_a_preview_of_one_seed(preset):
    assert preset.config.seeds == 1 and preset.config.students <= 81


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


def test_a_portrait_that_goes_on_has_the_frames_of_one_that_was_never_stopped():
    config = PhasePortrait(x_points=3, y_points=3, seeds=4, at=(1, 10), dimension=(5,), samples=(20,), width=(4,))
    whole = list(config.frames())
    assert len(whole) > 4
    for stopped in (1, 3):
        rest = pickle.loads(pickle.dumps(config.going_on(whole[:stopped])))
        for one, other in zip(rest.frames(), whole[stopped:], strict=True):
            assert (one.step, one.verdict, one.metrics) == (other.step, other.verdict, other.metrics)
            assert one.header is None
            for name, values in other.chart_data.items():
                np.testing.assert_array_equal(one.chart_data[name], values)
            for name, values in other.table.items():
                np.testing.assert_array_equal(one.table[name], values)
