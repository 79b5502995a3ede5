"""The lazy twin of a run: its columns and the browser's data for it, against LazyTwin and the weights of the run."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich import LazyTwin, StudentTeacher, stream, train
from lazyrich.experiments.student_teacher.config import PRESETS
from lazyrich.networks import two_layer

SMALL = {"steps": 3000, "samples": 12, "width": 20, "test_samples": 40, "seed": 2, "twin": True}
COLUMNS = ["twin_train_loss", "twin_test_loss", "twin_gap"]

RUNS = {
    "flow": {"method": "flow"},
    "descent": {"learning_rate": 5e-4},
    "rates, leak, three dimensions": {"eta_a": 3.0, "eta_w": 0.2, "leak": 0.3, "dimension": 3, "method": "flow"},
    "asymmetric": {"symmetrised": False, "tau": 1.0},
    "noise": {"noise": 0.5, "delta": -1.0},
    "until flat": {"until": "flat", "method": "flow", "leak": 1.0, "tau": 1.0, "steps": 10**6},
}


@pytest.mark.parametrize("kind", RUNS)
def test_columns_agree_with_a_twin_of_the_same_start(kind):
    config = StudentTeacher(**SMALL | RUNS[kind])
    result = train(config)
    task, start = result.task, result.weights(0)
    twin = LazyTwin(task.X, task.y, start["W"], start["a"], config.eta_a, config.eta_w, config.leak)
    curves = result.curves
    if config.until == "flat":
        assert len(curves) < config.expected_frames
    steps = curves["step"].to_numpy()
    if config.method == "flow":
        outputs, losses = twin(steps * config.step_size, task.X_test), twin.train_loss(steps * config.step_size)
    else:
        outputs = twin.descent(steps, config.step_size, task.X_test)
        losses = twin.train_loss(steps, config.step_size)
    np.testing.assert_allclose(curves["twin_train_loss"], losses, rtol=1e-9)
    np.testing.assert_allclose(curves["twin_test_loss"], ((outputs - task.y_test) ** 2).mean(1), rtol=1e-9)
    for frame in (0, len(curves) // 2, -1):
        weights = result.weights(frame)
        student = two_layer(task.X_test, weights["W"], weights["a"], config.leak)
        gap = np.sqrt(((student - outputs[frame]) ** 2).mean() / (task.y_test**2).mean())
        assert curves["twin_gap"].iloc[frame] == pytest.approx(gap, rel=1e-9, abs=1e-12)
    assert curves["twin_gap"].iloc[0] < 1e-12 < curves["twin_gap"].iloc[-1]


@pytest.mark.parametrize("dimension", [2, 5])
def test_the_arrays_of_the_chart_are_the_function_of_the_twin_on_the_plane(dimension):
    config = StudentTeacher(**SMALL | {"dimension": dimension, "leak": 0.1, "delta": 1.0, "method": "flow"})
    frames = list(stream(config))
    header, start = frames[0].header, frames[0].arrays
    gates = np.array(header.chart_data["twin"])
    angles = np.linspace(-np.pi, np.pi, 91)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    # the plane's axes, from the directions of the start whose places in the plane are known
    in_plane = frames[0].chart_data["plane"] / np.abs(start["a"])[:, None]
    axes = np.linalg.lstsq(start["W"], in_plane, rcond=None)[0].T
    twin = LazyTwin(header.arrays["X"], header.arrays["y"], start["W"], start["a"], leak=0.1)
    for frame in frames[:: len(frames) // 5]:
        coefficients = frame.chart_data["twin"]
        assert coefficients.dtype == np.float32 and coefficients.shape == gates.shape == (20, 2)
        slopes = np.where(circle @ gates.T > 0, 1.0, 0.1)
        np.testing.assert_allclose(
            (slopes * (circle @ coefficients.T)).sum(1), twin(frame.time, circle @ axes), rtol=0, atol=2e-6
        )


def test_a_run_has_the_same_numbers_with_and_without_a_twin():
    asked = StudentTeacher(**SMALL)
    with_twin, without = train(asked), train(asked.changed(twin=False))
    assert list(with_twin.curves.columns) == [*without.curves.columns, *COLUMNS]
    for column in without.curves:
        np.testing.assert_array_equal(with_twin.curves[column], without.curves[column])
    np.testing.assert_array_equal(with_twin.neurons, without.neurons)


def test_the_twin_of_a_float32_run_is_computed_in_float64():
    single = train(StudentTeacher(**SMALL | {"dtype": "float32", "method": "flow", "tau": 1.0}))
    double = train(StudentTeacher(**SMALL | {"method": "flow", "tau": 1.0}))
    # inputs are the same float32 numbers; outputs and the start are rounded to float32
    np.testing.assert_allclose(single.curves["twin_test_loss"], double.curves["twin_test_loss"], rtol=1e-4)
    start, task = single.weights(0), single.task
    twin = LazyTwin(*(np.float64(part) for part in (task.X, task.y, start["W"], start["a"])))
    np.testing.assert_allclose(single.curves["twin_train_loss"], twin.train_loss(single.curves["time"]), rtol=1e-9)


def test_own_data_and_an_own_start_have_a_twin():
    g = torch.Generator().manual_seed(0)
    X, y = torch.randn(15, 3, generator=g, dtype=torch.float64), torch.randn(15, generator=g, dtype=torch.float64)
    W, a = torch.randn(8, 3, generator=g, dtype=torch.float64), torch.randn(8, generator=g, dtype=torch.float64)
    config = StudentTeacher(twin=True, method="flow", steps=500, dimension=3)
    curves = train(config, task=(X, y), start=(W, a)).curves
    np.testing.assert_allclose(curves["twin_train_loss"], LazyTwin(X, y, W, a).train_loss(curves["time"].to_numpy()))
    assert curves["twin_test_loss"].isna().all() and curves["twin_gap"].isna().all()


def test_a_run_goes_on_where_its_twin_diverges():
    """At 1.2 times the stable step of the start the student moves to where that step is stable; its twin cannot."""
    config = StudentTeacher(**SMALL | {"tau": 1.0, "learning_rate": 0.129})
    curves = train(config).curves
    assert curves["step_share"].iloc[0] == pytest.approx(1.2, rel=0.01)
    assert curves["train_loss"].iloc[-1] < 1e-4
    assert (curves[COLUMNS].iloc[-1] == np.inf).all()
    assert not curves[COLUMNS].isna().any(axis=None)


def test_problems_too_large_for_a_twin_are_refused_in_one_sentence():
    with pytest.raises(
        ValueError, match=r"`twin` allows at most 2,000 samples or 2,000 weights .* or switch `twin` off"
    ):
        StudentTeacher(samples=2500, dimension=100, twin=True)
    assert StudentTeacher(samples=2500, width=50, dimension=2, twin=True).twin
    X = np.ones((2500, 100))
    with pytest.raises(ValueError, match=r"twin allows .* got 2,500 samples and 5,050 weights.*, or set twin=False"):
        stream(StudentTeacher(dimension=100, twin=True), task=(X, X[:, 0]))


@pytest.mark.claims
def test_the_preset_of_the_twin_shows_one_that_fits_the_data_and_ends_with_a_far_higher_test_loss():
    [config] = [preset.config for preset in PRESETS if preset.name == "Lazy twin"]
    end = train(config).curves.iloc[-1]
    assert end.train_loss < 1e-4 and end.twin_train_loss < 1e-4
    assert end.twin_gap > 0.05 and end.twin_test_loss > 20 * end.test_loss


@pytest.mark.claims
def test_with_noise_students_beat_the_twin_for_a_while_and_lose_in_the_end_in_most_seeds():
    [config] = [preset.config for preset in PRESETS if preset.name == "Lazy wins"]
    curves = train(config.changed(seed=0, seeds=8)).curves
    of_preset = curves[curves["seed"] == config.seed]
    assert of_preset["test_loss"].min() < 0.8 * of_preset["twin_test_loss"].min()
    assert of_preset["test_loss"].iloc[-1] > 1.2 * of_preset["twin_test_loss"].iloc[-1]
    ends = curves[curves["step"] == config.steps]
    assert len(ends) == 8 and (ends["test_loss"] > ends["twin_test_loss"]).sum() >= 5
    assert (ends["test_loss"] / ends["twin_test_loss"]).median() > 1.1
