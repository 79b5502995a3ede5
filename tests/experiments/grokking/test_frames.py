"""The frames of a Grokking run: their schedule, their rows and charts, and their size."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import torch

from lazyrich.cli import main
from lazyrich.experiments import registry
from lazyrich.experiments.grokking.config import MAX_FRAMES, WEIGHTS_BYTES, Grokking
from lazyrich.experiments.grokking.frames import concentration, powers
from lazyrich.results.train import stream, train
from tests.experiments.grokking.runs import BY_NAME, QUICK

COLUMNS = ["alpha", "seed", "step", "train_accuracy", "test_accuracy", "train_loss", "test_loss"]
COLUMNS += ["layer_movement", "layer_movement_2", "concentration", "delta_start"]


def test_the_rows_of_a_frame_agree_with_its_weights():
    result = train(QUICK)
    last, task = result.frames[-1], result.task
    rows = result.curves[result.curves["step"] == 120].set_index(["alpha", "seed"])
    for place, alpha in enumerate(QUICK.alphas):
        W1, W2 = last.arrays["W1"][place], last.arrays["W2"][place]
        for X, y, name in ((task.X, task.y, "train"), (task.X_test, task.y_test, "test")):
            f = np.maximum(X @ W1.T, 0) @ W2.T
            row = rows.loc[(alpha, 0)]
            assert row[f"{name}_loss"] == pytest.approx(((f - np.eye(7)[y]) ** 2).sum(1).mean() / 2, rel=1e-9)
            assert row[f"{name}_accuracy"] == pytest.approx((f.argmax(1) == y).mean(), abs=1e-9)
        start = result.frames[0].arrays["W1"][place]
        assert row["layer_movement"] == pytest.approx(np.linalg.norm(W1 - start) / np.linalg.norm(start), rel=1e-9)


def test_the_picture_of_the_table_has_the_accuracies_in_it():
    frames = list(stream(QUICK))
    learned = np.array(frames[0].header.chart_data["learned"], dtype=bool)
    table = frames[-1].table
    for place in range(2):
        right = frames[-1].chart_data["right"][place]
        row = place * QUICK.seeds
        assert right[learned].mean() == pytest.approx(table["train_accuracy"][row])
        assert right[~learned].mean() == pytest.approx(table["test_accuracy"][row])


def test_a_wave_is_one_frequency_and_noise_is_none():
    p, h = 23, 40
    a = np.arange(p)
    wave = np.stack([np.concatenate([np.cos(2 * np.pi * 3 * a / p + 1), 2 + np.cos(2 * np.pi * 3 * a / p)])] * h)
    pure = powers(torch.tensor(wave)[None])
    assert pure.shape == (1, h, 11) and (pure.argmax(-1) == 2).all()
    assert concentration(pure).item() == pytest.approx(1, abs=1e-12)
    # each neuron weighted by its power: a loud wave beside a silent one of two frequencies
    two = np.cos(2 * np.pi * 1 * a / p) + np.cos(2 * np.pi * 5 * a / p)
    mixed = np.concatenate([wave, np.stack([np.concatenate([two, two])] * h)])
    power = powers(torch.tensor(mixed)[None])
    # over a and b: 2 for a wave, 4 for two of them of which half is at the strongest
    assert concentration(power).item() == pytest.approx((2 + 2) / (2 + 4), abs=1e-9)


@pytest.mark.parametrize(
    ("settings", "evaluations"),
    [({}, 81), ({"steps": 60}, 61), ({"steps": 90, "every": 300}, 91), ({"steps": 2010}, 82), ({"steps": 601}, 62)],
)
def test_evaluations_go_from_the_start_to_the_last_step_and_are_never_rare(settings, evaluations):
    config = Grokking(**settings)
    steps = config.evaluations
    assert len(steps) == evaluations and steps[0] == 0 and steps[-1] == config.steps
    assert len(set(np.diff(steps)[:-1])) == 1 and max(np.diff(steps)) <= config.every


def test_frequent_evaluations_share_frames_and_none_is_lost():
    config = QUICK.changed(steps=500, every=1)
    assert len(config.evaluations) == 501 and config.expected_frames <= MAX_FRAMES
    result = train(config)
    assert len(result.frames) == config.expected_frames
    assert list(result.curves["step"].unique()) == config.evaluations
    assert len(result.curves) == 501 * config.networks
    assert [frame.step for frame in result.frames] == [steps[-1] for steps in config.schedule]


def test_the_log_of_the_largest_run_stays_small():
    config = Grokking(p=97, width=512, steps=20_000, every=1, alphas=(0.5, 1.0, 2.0, 4.0, 8.0, 16.0))
    assert 1 < config.kept_neurons < 512
    assert config.expected_frames * 6 * 3 * 97 * config.kept_neurons * 4 <= WEIGHTS_BYTES
    assert config.work().bytes < 150e6
    first = next(stream(config.changed(steps=60, alphas=(1.0,), train_fraction=0.1)))
    assert first.arrays["W2"].shape[1] == 97 and first.chart_data["right"].shape == (1, 31, 31)


@pytest.mark.parametrize("config", [BY_NAME["Grokking"].changed(steps=60), QUICK])
def test_the_estimate_of_memory_is_near_the_size_of_the_frames(config):
    held = sum(frame.nbytes for frame in stream(config))
    assert held / 1.5 < config.work().bytes < held * 1.5


def test_the_command_line_writes_a_row_for_each_network_and_evaluation(tmp_path, monkeypatch):
    monkeypatch.setitem(registry, "grokking", Grokking)
    out = tmp_path / "run.csv"
    quick = ["--p", "7", "--width", "16", "--steps", "60", "--alphas", "0.5,4", "--seeds", "2", "--out", str(out)]
    assert main(["grokking", *quick]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == 61 * 4
    assert {(row["alpha"], row["seed"]) for row in rows} == {("0.5", "0"), ("0.5", "1"), ("4.0", "0"), ("4.0", "1")}


def test_arrays_of_a_run_can_be_written_together(tmp_path):
    result = train(QUICK)
    result.to_npz(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert arrays["W1"].shape == (len(result.frames), 2, 16, 14) and arrays["X"].shape == (34, 14)
