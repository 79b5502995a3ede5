"""The frames of deep networks against numpy and automatic differentiation."""

import numpy as np
import pandas as pd
import pytest
import torch

from lazyrich import train
from lazyrich.cli import main
from lazyrich.experiments import registry
from lazyrich.experiments.deep_network.config import DeepNetwork
from lazyrich.experiments.deep_network.frames import LEVELS
from lazyrich.kernels import kernel_distance, ntk
from tests.experiments.deep_network.reference import SMALL, forward, layers_of


@pytest.fixture(scope="module")
def small():
    return train(SMALL)


@pytest.mark.parametrize("alpha", [0, 1])
@pytest.mark.parametrize("frame", [0, 20, -1])
def test_the_row_of_a_frame_agrees_with_its_weights(small, frame, alpha):
    task, index = small.task, range(len(small.frames))[frame]
    start, now = layers_of(small, 0, alpha), layers_of(small, frame, alpha)
    row = {name: values[alpha * SMALL.seeds] for name, values in small.frames[index].table.items()}
    f = {part: forward(now, X)[0] - forward(start, X)[0] for part, X in (("train", task.X), ("test", task.X_test))}
    assert row["train_loss"] == pytest.approx(np.mean((f["train"] - task.y) ** 2), rel=1e-4)
    right = np.mean(f["test"] * task.y_test > 0) if index else 0.5
    assert row["test_accuracy"] == pytest.approx(right, abs=0.0021)
    before, after = forward(start, task.probes)[1], forward(now, task.probes)[1]
    flips = [np.mean((one > 0) != (other > 0)) for one, other in zip(before, after, strict=True)]
    for layer, share in enumerate(flips, 1):
        assert row[f"activation_flips_{layer}"] == pytest.approx(share, abs=0.001)
    assert row["activation_flips"] == pytest.approx(np.mean(flips), abs=0.001)
    for layer, (W0, W) in enumerate(zip(start, now, strict=True), 1):
        moved = np.linalg.norm(W - W0) / np.linalg.norm(W0)
        assert row[f"movement_{layer}"] == pytest.approx(moved, rel=1e-4, abs=1e-7)


def test_kernel_distances_agree_with_automatic_differentiation(small):
    kernels = []
    for frame in (0, -1):
        layers = layers_of(small, frame, 1)
        linear = [torch.nn.Linear(W.shape[1], W.shape[0], bias=False, dtype=torch.float64) for W in layers]
        for module, W in zip(linear, layers, strict=True):
            module.weight.data = torch.tensor(W)
        relus = [part for module in linear for part in (module, torch.nn.ReLU())][:-1]
        kernels.append(ntk(torch.nn.Sequential(*relus), torch.tensor(small.task.probes).double()))
    measured = small.frames[-1].table["kernel_distance"][SMALL.seeds]
    assert measured == pytest.approx(float(kernel_distance(*kernels)), rel=1e-3) and measured > 0.01


def test_the_table_has_a_row_for_every_network_and_frame_and_the_columns_promised(small):
    curves = small.curves
    layers = [f"activation_flips_{layer}" for layer in (1, 2, 3)] + [f"movement_{layer}" for layer in (1, 2, 3, 4)]
    numbers = ["train_loss", "test_accuracy", "kernel_distance", "activation_flips"]
    assert list(curves) == ["alpha", "seed", "step", "gradients", "time", "resting", *numbers, *layers]
    assert len(curves) == 4 * len(small.frames)
    assert set(zip(curves.alpha, curves.seed, strict=True)) == {(a, s) for a in (0.5, 4.0) for s in (0, 1)}
    assert np.isfinite(curves.drop(columns="resting").to_numpy(float)).all()


def test_all_alphas_of_a_seed_start_as_the_same_function_with_the_labels_as_residual(small):
    first = small.curves[small.curves.step == 0]
    np.testing.assert_allclose(first.train_loss, 1, rtol=1e-5)
    assert (first.test_accuracy == 0.5).all()
    moving = [name for name in first if name.startswith(("kernel", "activation", "movement"))]
    assert (first[moving] == 0).all(axis=None)
    starts = [forward(layers_of(small, 0, alpha), small.task.X)[0] for alpha in (0, 1)]
    np.testing.assert_allclose(starts[0], starts[1], rtol=1e-4, atol=1e-6)


def test_equal_configs_give_bitwise_equal_frames_and_a_network_trains_alone_as_among_others(small):
    alone = train(SMALL.changed(alphas=(4.0,), seed=1, seeds=1)).curves
    rows = small.curves[(small.curves.alpha == 4.0) & (small.curves.seed == 1)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, rows.iloc[: len(alone)], rtol=1e-6)
    pd.testing.assert_frame_equal(train(SMALL).curves, small.curves, check_exact=True)


def test_test_accuracies_at_equal_loss_are_read_between_frames(small):
    shown = small.frames[-1].chart_data["matched"]
    assert small.frames[0].header.chart_data["matched_x"] == list(LEVELS)
    for row, alpha in enumerate((0.5, 4.0)):
        for column, level in enumerate(LEVELS):
            found = []
            for seed in (0, 1):
                curve = small.curves[(small.curves.alpha == alpha) & (small.curves.seed == seed)]
                below = np.flatnonzero(curve.train_loss <= level)
                if not len(below):
                    found.append(np.nan)
                    continue
                part = curve.iloc[below[0] - 1 : below[0] + 1]
                found.append(np.interp(-np.log(level), -np.log(part.train_loss), part.test_accuracy))
            wanted = [np.median(found), np.min(found), np.max(found)]
            np.testing.assert_allclose(shown[row, column], wanted, rtol=1e-5)
    assert np.isnan(shown[0]).any() and np.isfinite(shown[1]).any()


def test_charts_show_medians_and_ranges_over_the_seeds(small):
    frame = small.frames[-1]
    header = small.frames[0].header.chart_data
    assert header["alphas"] == [0.5, 4.0] and header["seeds"] == 2
    shapes = {name: array.shape for name, array in frame.chart_data.items()}
    over_steps = dict.fromkeys(("train_loss", "test_accuracy", "kernel_distance", "activation_flips"), (2, 3))
    assert shapes == {**over_steps, "flips_by_layer": (2, 3, 3), "movement_by_layer": (2, 4, 3), "matched": (2, 5, 3)}
    assert all(array.dtype == np.float32 for array in frame.chart_data.values())
    flips = frame.table["activation_flips_2"].reshape(2, 2)
    np.testing.assert_allclose(frame.chart_data["flips_by_layer"][:, 1, 1], flips.min(1), rtol=1e-6)
    np.testing.assert_allclose(frame.chart_data["flips_by_layer"][:, 1, 0], flips.mean(1), rtol=1e-6)
    assert frame.metrics["flips_2"] == pytest.approx(np.median(frame.table["activation_flips"][2:]))


def test_the_command_line_writes_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(registry, DeepNetwork.name, DeepNetwork)
    out = tmp_path / "run.csv"
    flags = ["--task", "parity", "--alphas", "0.5,2", "--width", "16", "--steps", "20", "--samples", "64"]
    assert main(["deep-network", *flags, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    promised = {"alpha", "seed", "step", "train_loss", "test_accuracy", "kernel_distance", "activation_flips"}
    assert promised | {"activation_flips_1", "activation_flips_3"} <= set(table)
    assert table.step.max() == 20 and sorted(table.alpha.unique()) == [0.5, 2.0]
    assert "flipped" in capsys.readouterr().out
