"""The frames of a Filters run, against its weights measured anew."""

from __future__ import annotations

import csv
import json
from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, cross_entropy

from lazyrich.cli import main
from lazyrich.experiments import registry
from lazyrich.experiments.filters.config import MEASURED_IMAGES, Filters
from lazyrich.metrics.filters import filter_cosine, gabor_r2, low_frequency
from lazyrich.results.result import Result
from lazyrich.results.train import stream, train
from lazyrich.training.convolutions import outputs
from tests.experiments.filters.runs import MEASURED, QUICK

COLUMNS = ["alpha", "seed", "step", *MEASURED]


@pytest.fixture(scope="module")
def quick():
    return train(QUICK)


def test_the_rows_of_a_frame_agree_with_its_weights(quick):
    task, first, last = quick.task, quick.frames[0].arrays, quick.frames[-1].arrays
    rows = quick.curves[quick.curves["step"] == 5].set_index(["alpha", "seed"])
    assert task.X.shape == (MEASURED_IMAGES, 1, 24, 24) and task.X_test.shape == (100, 1, 24, 24)
    for place, alpha in enumerate(QUICK.alphas):
        row = rows.loc[(alpha, 0)]
        weights = [torch.tensor(array[place]) for array in last.values()]
        X, y = torch.tensor(task.X), torch.tensor(task.y)
        loss = cross_entropy(outputs(X, weights), y).item()
        assert row["train_loss"] == pytest.approx(loss, rel=1e-10)
        right = outputs(torch.tensor(task.X_test), weights).argmax(1).numpy() == task.y_test
        assert row["test_accuracy"] == pytest.approx(right.mean())
        W0, W = torch.tensor(first["filters"][place]), weights[0]
        flipped = (conv2d(X, W0) > 0) != (conv2d(X, W) > 0)
        assert row["activation_flips"] == pytest.approx(flipped.double().mean().item(), abs=2e-6)
        assert row["filter_cosine"] == pytest.approx(filter_cosine(W0, W).mean().item(), rel=1e-10)
        assert row["low_frequency"] == pytest.approx(low_frequency(W).mean().item(), rel=1e-10)
        assert row["gabor_r2"] == pytest.approx(gabor_r2(W).mean().item(), rel=1e-6)


def test_chart_data_agree_with_the_table_and_the_weights(quick):
    last = quick.frames[-1]
    view, filters = last.chart_data, last.arrays["filters"]
    np.testing.assert_allclose(view["filters"], filters, rtol=1e-6)
    np.testing.assert_allclose(view["change"], filters - quick.frames[0].arrays["filters"], rtol=1e-4, atol=1e-8)
    of_first = quick.curves[(quick.curves["step"] == 5) & (quick.curves["seed"] == 0)]
    for name, column in (
        ("filter_low", "low_frequency"),
        ("filter_gabor", "gabor_r2"),
        ("filter_cos", "filter_cosine"),
    ):
        assert view[name].shape == (2, 16)
        np.testing.assert_allclose(view[name].mean(1), of_first[column], rtol=1e-5)
    for name, shown in (("filter", "filters"), ("change", "change")):
        W, fit = view[shown], view[f"{name}_fit"]
        explained = 1 - ((W - fit) ** 2).sum((2, 3, 4)) / (W**2).sum((2, 3, 4))
        np.testing.assert_allclose(view[f"{name}_gabor"], explained, atol=1e-4)
        assert (view[f"{name}_orientation"] >= 0).all() and (view[f"{name}_orientation"] <= 180).all()
    assert (
        np.isnan(quick.frames[0].chart_data["change_gabor"]).all()
        and not quick.frames[0].chart_data["change_fit"].any()
    )
    for name in MEASURED:
        values = last.table[name].reshape(2, 2)
        bounds = [np.median(values, axis=1), values.min(axis=1), values.max(axis=1)]
        np.testing.assert_allclose(view[name], np.stack(bounds, axis=1), rtol=1e-6)
    assert last.metrics["gabor_2"] == pytest.approx(np.median(last.table["gabor_r2"][2:]))


def test_filters_of_a_result_agree_with_its_frames(quick):
    assert quick.filters.shape == (2, len(quick.frames), 16, 1, 7, 7)
    np.testing.assert_array_equal(quick.filters[1, -1], quick.frames[-1].arrays["filters"][1])
    quick.filters[:] = 0
    assert quick.frames[0].arrays["filters"].all()
    with pytest.raises(AttributeError, match="filters needs the frames of a Filters run"):
        _ = Result(QUICK, []).filters


def test_frames_are_alike_and_as_many_and_as_large_as_announced(quick):
    frames = quick.frames
    assert [frame.step for frame in frames] == QUICK.schedule and len(frames) == QUICK.expected_frames
    for part in ("arrays", "chart_data", "table"):
        kinds = [[(n, a.shape, a.dtype) for n, a in getattr(frame, part).items()] for frame in frames]
        assert all(kind == kinds[0] for kind in kinds)
    assert all(array.dtype == np.float32 for array in frames[0].chart_data.values())
    assert len({tuple(frame.metrics) for frame in frames}) == 1
    held = sum(frame.nbytes for frame in frames)
    assert held / 1.3 < QUICK.work().bytes < held * 1.3


def test_equal_configs_give_bitwise_equal_frames(quick):
    for one, other in zip(islice(stream(QUICK), 3), quick.frames[:3], strict=True):
        for part in ("table", "chart_data", "arrays"):
            for name, array in getattr(one, part).items():
                np.testing.assert_array_equal(array, getattr(other, part)[name])
        assert one.verdict == other.verdict


def test_a_network_among_others_is_the_same_as_alone(quick):
    alone = train(QUICK.changed(alphas=(4.0,), seed=1, seeds=1)).curves
    together = quick.curves
    mine = together[(together["alpha"] == 4) & (together["seed"] == 1)].reset_index(drop=True)
    np.testing.assert_allclose(mine.to_numpy(), alone.to_numpy(), rtol=1e-9, atol=1e-12)


def test_the_header_is_plain_json_and_holds_the_measures_of_noise(quick):
    chart_data = json.loads(json.dumps(dict(quick.frames[0].header.chart_data)))
    assert chart_data["alphas"] == [0.5, 4.0] and chart_data["seeds"] == 2
    assert chart_data["channels"] == 1 and chart_data["chance"] == 0.125
    start = quick.curves[quick.curves["step"] == 0]
    assert start["low_frequency"].mean() == pytest.approx(chart_data["low_of_noise"], abs=0.05)
    assert start["gabor_r2"].mean() == pytest.approx(chart_data["gabor_of_noise"], abs=0.04)
    assert (start["filter_cosine"] > 1 - 1e-12).all() and (start["activation_flips"] == 0).all()


def test_the_command_line_writes_a_row_for_each_network_and_frame(tmp_path, monkeypatch):
    monkeypatch.setitem(registry, "filters", Filters)
    out = tmp_path / "run.csv"
    flags = ["--steps", "5", "--samples", "128", "--test-samples", "100", "--batch", "8", "--alphas", "0.5,4"]
    assert main(["filters", *flags, "--seeds", "2", "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == 4 * Filters(steps=5).expected_frames
    assert {(row["alpha"], row["seed"]) for row in rows} == {("0.5", "0"), ("0.5", "1"), ("4.0", "0"), ("4.0", "1")}


def test_arrays_of_a_run_can_be_written_together(tmp_path, quick):
    quick.to_npz(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert arrays["filters"].shape == (len(quick.frames), 2, 16, 1, 7, 7)
        assert arrays["readout"].shape == (len(quick.frames), 2, 8, 32)
