"""Several seeds of a StudentTeacher, trained side by side: each equals its run alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lazyrich import CannotRun, Diverged, StudentTeacher, stream, train
from lazyrich.charts.parts import Source
from lazyrich.charts.reads import reads
from lazyrich.config.small_size import MAX_PRODUCTS
from lazyrich.experiments.common import schedule
from lazyrich.experiments.student_teacher import charts
from lazyrich.experiments.student_teacher.ensemble import summary
from lazyrich.frame import Frame
from lazyrich.training.gradient_flow import flow as flow_module


class Few(StudentTeacher):
    """Records about thirty steps: most of the time of a run goes into measuring frames."""

    @property
    def schedule(self):
        return schedule.logarithmic(self.steps, 30)


def of_seed(result, seed):
    rows = result.curves
    return rows[rows.seed == seed].drop(columns="seed").reset_index(drop=True)


def assert_same(ours, theirs):
    """Equal to 1e-12 of the number, or of what the number is a difference of."""
    assert list(ours.columns) == list(theirs.columns) and len(ours) == len(theirs)
    for name in ours:
        # squares and differences of numbers of size 1 carry their rounding
        floor = 1e-15 if name in ("kernel_distance", "twin_gap", "train_loss", "test_loss") else 1e-13
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=floor, err_msg=name)


FLAT = {"method": "flow", "until": "flat", "steps": 20_000, "learning_rate": 0.02}


@pytest.mark.parametrize(
    "settings",
    [
        {"delta": 0.5, "steps": 1000},
        {"method": "flow", "delta": 1.0},
        {"method": "flow", "leak": 1.0, "tau": 0.3, "steps": 2000},
        {"dimension": 7, "samples": 140, "leak": 0.2, "steps": 300},
        {"symmetrised": False, "eta_a": 3.0, "eta_w": 0.5, "tau": 1.0, "width": 11, "steps": 500},
        {"twin": True, "noise": 0.3, "steps": 500, "seed": 4},
        {**FLAT, "samples": 5, "width": 10, "tau": 1.0},
        {"twin": True, "samples": 130, "width": 6, "steps": 30},
    ],
    ids=[
        "descent",
        "flow",
        "linear flow",
        "measured one by one",
        "rates",
        "twin and noise",
        "until flat",
        "many twins",
    ],
)
def test_each_seed_has_the_numbers_of_its_own_run(settings):
    config = Few(seeds=3, **settings)
    together = train(config)
    assert not together.failed and together.status == "finished"
    assert together.curves.seed.nunique() == 3
    for seed in (config.seed, config.seed + 2):
        assert_same(of_seed(together, seed), train(config.changed(seed=seed, seeds=1)).curves)


def test_seeds_do_not_depend_on_which_are_beside_them():
    config = Few(steps=400, method="flow", delta=-0.5)
    whole = train(config.changed(seeds=6)).curves
    halves = [train(config.changed(seed=first, seeds=3)).curves for first in (0, 3)]
    parts = pd.concat(halves).sort_values(["step", "seed"], kind="stable").reset_index(drop=True)
    for name in whole:
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-12, atol=1e-15, err_msg=name)


def test_one_seed_is_the_run_that_it_has_always_been():
    one = train(Few(steps=50))
    assert "seed" not in one.curves and one.frames[0].table is None and one.failed == {}


def test_the_table_has_the_columns_of_one_run_behind_the_seed_and_the_metrics_are_medians():
    together, alone = train(Few(seeds=4, steps=2000, seed=3)), train(Few(steps=2000, seed=3))
    rows = together.curves
    assert list(rows.columns) == ["seed", *alone.curves.columns]
    assert rows.seed.tolist() == [3, 4, 5, 6] * len(together.frames)
    last = rows[rows.step == 2000]
    metrics = together.frames[-1].metrics
    for name in ("train_loss", "test_loss", "kernel_distance", "step_share"):
        assert metrics[name] == pytest.approx(np.median(last[name]), rel=1e-12)
    # pictures, weights and data are the first seed's
    np.testing.assert_allclose(together.neurons, alone.neurons, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(together.task.X, alone.task.X)
    np.testing.assert_allclose(together.frames[-1].chart_data["plane"], alone.frames[-1].chart_data["plane"])


def test_bands_reach_over_four_fifths_of_the_seeds_and_single_seeds_are_the_first():
    result = train(Few(seeds=11, steps=500))
    rows, last = result.curves[-11:], result.frames[-1]
    # of eleven numbers the second is the 10th percentile and the tenth the 90th
    ordered = np.sort(rows.kernel_distance)
    median, *singles = last.chart_data["kernel_distance"]
    np.testing.assert_allclose(median, [ordered[5], ordered[1], ordered[9]], rtol=1e-6)
    np.testing.assert_allclose(singles, np.repeat(rows.kernel_distance[:3], 3).to_numpy().reshape(3, 3), rtol=1e-6)
    assert result.frames[0].header.spread == ("train_loss", "test_loss", "kernel_distance")


def test_a_seed_that_diverges_is_named_and_the_others_go_on():
    # between the largest stable rates of these seeds
    config = Few(seeds=8, tau=0.5, delta=1.0, steps=3000, learning_rate=0.06)
    alone, failed = {}, []
    for seed in range(8):
        frames = []
        try:
            frames.extend(stream(config.changed(seed=seed, seeds=1)))
        except Diverged as error:
            failed.append((seed, str(error), len(frames)))
        alone[seed] = len(frames)
    assert 0 < len(failed) < 8, "the rate must part the seeds"
    together = train(config)
    assert together.failed == {seed: sentence for seed, sentence, _ in failed}
    assert together.curves.seed.value_counts().to_dict() == alone
    assert together.frames[-1].metrics["failed"] == len(failed)
    assert f"{len(failed)} of 8 failed" in together.frames[-1].verdict
    assert f"seed {failed[0][0]}: Diverged at t = " in together.frames[-1].remark
    stayed = next(seed for seed in range(8) if seed not in together.failed)
    assert_same(of_seed(together, stayed), train(config.changed(seed=stayed, seeds=1)).curves)
    left = of_seed(together, failed[0][0])
    assert np.isfinite(left.train_loss).all()
    counted = together.curves[(together.curves.step == 3000)]
    assert together.frames[-1].metrics["test_loss"] == pytest.approx(np.median(counted.test_loss))


def test_seeds_that_share_data_leave_one_by_one_as_they_would_alone():
    """So many samples that each seed is measured by itself."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(130, 2))
    X /= np.linalg.norm(X, axis=1)[:, None]
    y = np.abs(X[:, 0])
    config = StudentTeacher(width=8, tau=1.0, learning_rate=0.8, steps=60, seeds=4)
    together = train(config, task=(X, y, X[:5], y[:5]))
    assert 0 < len(together.failed) < 4, "the rate must part the seeds"
    for seed in range(4):
        frames = list[Frame]()
        try:
            frames.extend(stream(config.changed(seed=seed, seeds=1), task=(X, y, X[:5], y[:5])))
        except Diverged as error:
            assert together.failed[seed] == str(error)
        rows = of_seed(together, seed)
        assert len(rows) == len(frames)
        np.testing.assert_allclose(rows["train_loss"], [frame.metrics["train_loss"] for frame in frames], rtol=1e-12)


def test_large_networks_on_shared_data_flow_as_they_would_alone():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 10))
    y = np.abs(X[:, 0])
    config = Few(dimension=10, width=40, method="flow", steps=20, seeds=2)
    assert MAX_PRODUCTS < 300 * 10 * 40
    together = train(config, task=(X, y, X[:5], y[:5]))
    for seed in range(2):
        alone = train(config.changed(seed=seed, seeds=1), task=(X, y, X[:5], y[:5])).curves
        for name in ("train_loss", "test_loss", "kernel_distance"):
            np.testing.assert_allclose(of_seed(together, seed)[name], alone[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_flow_of_which_no_seed_comes_further_ends_with_descent_as_the_way_out(monkeypatch):
    monkeypatch.setattr(flow_module.Flow.__init__, "__defaults__", (1.0, 1.0, 0.0, 2e-3, 30))
    with pytest.raises(CannotRun, match=r"All 2 seeds ended early\. Seed 1: Gradient flow came no further") as caught:
        list(stream(Few(seeds=2, method="flow", delta=1.0, steps=20_000)))
    assert caught.value.remedy == {"method": "descent"}


def test_a_run_of_which_no_seed_is_left_ends_with_a_rate_that_suits_all():
    frames = []
    with pytest.raises(Diverged, match=r"All 3 seeds ended early\. Seed \d: Diverged at") as caught:
        frames.extend(stream(Few(seeds=3, tau=0.1, delta=1.0, learning_rate=0.5, steps=10_000)))
    assert frames
    assert not train(Few(seeds=3, tau=0.1, delta=1.0, steps=1000, **caught.value.remedy)).failed


def test_flow_that_comes_no_further_leaves_the_others_on_their_way(monkeypatch):
    config = Few(seeds=4, method="flow", delta=1.0, steps=20_000)
    alone = [_gradients(config.changed(seed=seed, seeds=1)) for seed in range(4)]
    spent = sorted(alone)
    assert spent[2] < spent[3]
    few = (spent[2] + spent[3]) // 2
    monkeypatch.setattr(flow_module.Flow.__init__, "__defaults__", (1.0, 1.0, 0.0, 2e-3, few))
    result = train(config)
    [(seed, why)] = result.failed.items()
    assert "Gradient flow came no further before" in why and alone[seed] > few
    counts = result.curves.seed.value_counts()
    assert counts.pop(seed) < counts.iloc[0] == len(result.frames) and counts.nunique() == 1
    assert f"Failed: seed {seed}: Gradient flow came no further before t = " in result.frames[-1].remark


def _gradients(config):
    run = flow_module.Flow(*_problem(config), most_gradients=10**9)
    run.record([step * config.step_size for step in config.schedule])
    return run.gradients


def _problem(config):
    import torch

    from lazyrich.tasks.student_teacher import draw

    task, (W, a) = draw(config, torch.float64)
    return task.X, task.y, W, a


def test_with_data_of_the_callers_own_seeds_draw_starts_and_with_a_start_tasks():
    X = np.random.default_rng(0).standard_normal((12, 2))
    y = np.abs(X[:, 0]) - X[:, 1]
    config = Few(seeds=3, steps=300, seed=1)
    by_data = train(config, task=(X, y, X[:4], y[:4]))
    for seed in (1, 3):
        alone = train(config.changed(seed=seed, seeds=1), task=(X, y, X[:4], y[:4])).curves
        assert_same(of_seed(by_data, seed), alone)
    assert by_data.curves[-3:].train_loss.nunique() == 3
    start = by_data.weights(0)["W"] * 2, by_data.weights(0)["a"]
    by_start = train(config, start=start)
    assert_same(of_seed(by_start, 2), train(config.changed(seed=2, seeds=1), start=start).curves)
    with pytest.raises(ValueError, match="seeds must be 1 with a task and a start of your own"):
        train(config, task=(X, y), start=start)


def test_the_number_of_seeds_is_limited_by_the_largest_seed():
    with pytest.raises(ValueError, match=r"`seeds` must be 2 or less from seed 2147483646 on"):
        StudentTeacher(seed=2**31 - 2, seeds=3)
    assert StudentTeacher(seed=2**31 - 2, seeds=2).seeds == 2


def test_the_estimates_of_memory_and_frames_are_near_those_of_a_run():
    config = Few(seeds=6, steps=200)
    result = train(config)
    held = sum(frame.nbytes for frame in result.frames)
    assert held <= config.work().bytes <= 2.5 * held
    assert config.expected_frames == len(result.frames)
    one, many = (StudentTeacher(seeds=seeds).work() for seeds in (1, 64))
    assert one.seconds < many.seconds < 64 * one.seconds and many.scratch > 5 * one.scratch


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("kernel_distance", [0.1, 0.2, 0.4], (0.12, 0.36)),
        # losses in logarithms: a tenth of the way from 1e-4 to 1e-2 in two steps
        ("test_loss", [1e-4, 1e-3, 1e-2], (10**-3.8, 10**-2.2)),
        ("test_loss", [0.0, 1e-3, 1e-2], (2e-4, 10**-2.2)),
        ("kernel_distance", [0.3], (0.3, 0.3)),
    ],
)
def test_bands_are_taken_between_neighbours(name, values, expected):
    assert summary.band(name, np.array(values)) == pytest.approx(expected)


def test_a_time_is_reached_when_half_of_the_seeds_have_reached_it():
    nan = np.nan
    assert summary.median("time_to_tenth", np.array([3.0, nan, 1.0])) == 3.0
    assert np.isnan(summary.median("time_to_tenth", np.array([3.0, nan, nan])))
    assert np.isnan(summary.median("test_loss", np.array([3.0, nan, 1.0])))


def test_the_verdict_counts_the_seeds():
    parts = [("Rich", "fits unseen inputs")] * 5 + [("Between lazy and rich", "still learning")] * 2
    assert summary.verdict(parts, None, 8, 1) == "Rich in 5 of 8 seeds; fits unseen inputs in 5 of 8; 1 of 8 failed"
    counted = "Rich in 5 of 8 seeds; kernel moved first in 6 of 8; fits unseen inputs in 5 of 8"
    assert summary.verdict(parts, 6, 8, 0) == counted
    twins = {"test_loss": [1.0, 2.0, 3.0], "twin_test_loss": [2.0, 1.0, 4.0], "twin_gap": [0.3, 0.1, 0.2]}
    remark = summary.remark({name: np.array(values) for name, values in twins.items()}, 4)
    assert remark == "Lazy twins: outputs 20 % apart in the median; test loss below its twin’s in 2 of 4 seeds."
    assert summary.verdict([], None, 8, 0) == "At the start of 8 seeds"


@pytest.mark.parametrize("seeds", [1, 2, 8])
def test_charts_and_readings_use_only_data_of_the_frames(seeds):
    config = Few(seeds=seeds, steps=20)
    [first, *_] = train(config).frames
    columns = {"step", "time", *first.metrics}
    for name in first.header.spread:
        for k in range(len(first.chart_data[name])):
            columns |= {f"{name}[{k}]", f"{name}[{k}].low", f"{name}[{k}].high"}
    wanted = {
        name
        for part in (*charts.charts(config), *charts.readings(config))
        for source, name in reads(part)
        if source is Source.COLUMN
    }
    assert wanted <= columns
    assert any(name.endswith("].low") for name in wanted) == (seeds > 1)
    assert sum(name in ("test_loss[1]", "test_loss[2]", "test_loss[3]") for name in wanted) == {1: 0, 2: 2, 8: 3}[seeds]
