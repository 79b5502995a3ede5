"""The frames of a Hierarchy run: their table, their charts, and their size."""

from __future__ import annotations

import csv
import json
from itertools import pairwise

import numpy as np
import pytest

from lazyrich.cli import main
from lazyrich.experiments import registry
from lazyrich.experiments.hierarchy.config import CONVERGED, Hierarchy
from lazyrich.experiments.hierarchy.training import Problem, Training
from lazyrich.results.train import stream, train
from lazyrich.tasks.hierarchy import draw
from lazyrich.training.patches import outputs
from tests.experiments.hierarchy.runs import CONTRACT, CPU, QUICK, pivot


@pytest.fixture(scope="module")
def quick():
    return train(QUICK)


def test_a_network_is_the_same_alone_as_among_others(quick):
    for alpha in QUICK.alphas:
        alone = train(QUICK.changed(alphas=(alpha,), sizes=(64,), seeds=1, seed=1)).curves
        among = quick.curves.query("alpha == @alpha and samples == 64 and seed == 1").reset_index(drop=True)
        np.testing.assert_allclose(alone.astype(float), among.astype(float), rtol=1e-6)


def test_equal_settings_give_equal_runs(quick):
    again = train(QUICK)
    assert again.curves.equals(quick.curves)
    assert [frame.verdict for frame in again.frames] == [frame.verdict for frame in quick.frames]


def test_the_table_has_a_row_for_every_training(quick):
    curves = quick.curves
    assert list(curves.columns[: len(CONTRACT)]) == CONTRACT
    assert curves.converged.dtype == bool
    rows = {(row.alpha, row.samples, row.seed) for row in curves.itertuples()}
    assert rows == {(a, n, s) for a in (1.0, 3.0) for n in (32, 64) for s in (0, 1)} and len(curves) == 8


def test_frames_are_alike_and_no_more_and_no_larger_than_announced(quick):
    frames = quick.frames
    assert frames[0].step == 0 and len(frames) <= QUICK.expected_frames
    assert all(b.step > a.step and b.time > a.time for a, b in pairwise(frames))
    for part in ("arrays", "chart_data", "table"):
        kinds = [[(n, a.shape[part == "table" :], a.dtype) for n, a in getattr(f, part).items()] for f in frames]
        assert all(kind == kinds[0] for kind in kinds)
    assert all(a.dtype == np.float32 for f in frames for a in f.chart_data.values())
    assert len({tuple(f.metrics) for f in frames}) == 1
    assert sum(f.nbytes for f in frames) < 1.5 * QUICK.work().bytes


def test_a_large_log_keeps_fewer_layers():
    large = Hierarchy(student="mlp", vocabulary=16, levels=4, width=128, seeds=16, sizes=tuple(range(100, 801, 100)))
    assert large.kept_layers < len(large.shapes) and large.work().bytes < 60e6
    assert Hierarchy().kept_layers == len(Hierarchy().shapes)


def test_chart_data_agree_with_the_table(quick):
    view = quick.frames[-1].chart_data
    for name in ("test_error", "kernel_distance"):
        values = pivot(quick, name)
        shown = np.stack([np.median(values, axis=2), values.min(axis=2), values.max(axis=2)], axis=-1)
        np.testing.assert_allclose(view[name], shown, rtol=1e-6)
    np.testing.assert_allclose(view["converged"], pivot(quick, "converged").mean(axis=2))
    assert np.isnan(quick.frames[0].chart_data["test_error"]).all()
    assert np.isnan(view["running"]).all()
    assert any(np.isfinite(frame.chart_data["running"]).any() for frame in quick.frames)
    metrics = quick.frames[-1].metrics
    assert metrics["samples"] == 64 and metrics["trainings"] == 8
    assert metrics["test_error_2"] == pytest.approx(np.median(pivot(quick, "test_error")[1, 1]))


def test_networks_that_are_still_training_are_shown_as_they_are():
    problem = Problem(QUICK, 0, CPU)
    training = Training(problem, 64)
    training.advance(25)
    wrong = outputs(problem.task.X_test, training.weights()).argmax(-1) != problem.task.y_test
    np.testing.assert_allclose(training.errors(), wrong.double().mean(1))
    assert not training.ended and training.step == 25
    training.advance(300)
    assert training.ended
    # one that takes its time passes through losses that are near the end and not there
    slow = Training(Problem(QUICK.changed(learning_rate=0.1), 0, CPU), 64)
    slow.advance(100)
    assert not slow.ended and slow.step == 100
    slow.advance(500)
    assert slow.ended and (slow.outcome().train_loss <= CONVERGED).all()


def test_the_opening_draws_the_grammar_that_made_the_strings():
    header = next(stream(QUICK)).header
    chart_data = json.loads(json.dumps(header.chart_data))
    grammar, task = draw(2, 4, 4, 64, 50, seed=0)
    np.testing.assert_array_equal(chart_data["grammar"]["rules"], grammar.rules)
    tree = chart_data["grammar"]["derivation"]
    assert tree[0] == [int(task.y[0])] and tree[-1] == header.arrays["X"][0].tolist()
    for rules, above, below in zip(grammar.rules, tree[:-1], tree[1:], strict=True):
        pairs = np.reshape(below, (-1, 2)).tolist()
        assert all(pair in rules[symbol].tolist() for symbol, pair in zip(above, pairs, strict=True))
    np.testing.assert_array_equal(header.arrays["X"], task.X.argmax(-1))
    assert chart_data["test_error_x"] == [32, 64] and chart_data["alphas"] == [1.0, 3.0]


def test_the_command_line_writes_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(registry, Hierarchy.name, Hierarchy)
    flags = ["--sizes", "32,64", "--alphas", "1,3", "--vocabulary", "4", "--synonyms", "4", "--test-samples", "50"]
    out = tmp_path / "run.csv"
    assert main(["hierarchy", *flags, "--width", "24", "--steps", "100", "--out", str(out)]) == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 and list(rows[0])[: len(CONTRACT)] == CONTRACT
    assert "size_at_30_2" in capsys.readouterr().out
