"""The learned function in the frames of a run, against the network itself."""

from itertools import pairwise

import numpy as np
import pytest

from lazyrich import StudentTeacher, stream
from lazyrich.own_data import Given, OwnStudent, Preparation, prepare

SHORT = {"steps": 300, "method": "flow"}


def relu(Z, leak=0.0):
    return np.where(Z > 0, Z, leak * Z)


def function_data(frames):
    return frames[0].header.chart_data["function"]


def test_samples_stand_at_their_angle_and_at_what_they_would_be_at_the_mean_norm():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(30, 2)), random.normal(size=30)
    X[3] = X[4] * 1e-3  # so near 0 that its output at the mean norm would be far off
    frame = next(StudentTeacher(**SHORT).frames((X, y)))
    shown = frame.header.chart_data["function"]
    angle, at_mean, share = np.transpose(shown["points"])
    norm = np.linalg.norm(X, axis=1)
    there = norm >= 0.1 * norm.mean()
    assert not there[3] and shown["radius"] == pytest.approx(norm.mean()) and shown["samples"] == 30
    np.testing.assert_allclose(np.exp(1j * np.radians(angle)), (X @ [1, 1j] / norm)[there], atol=1e-12)
    np.testing.assert_allclose(at_mean * norm[there], y[there] * norm.mean())
    np.testing.assert_allclose(share, norm[there] / norm.mean())


@pytest.mark.parametrize("scaling", ["none", "unit", "standardised"])
def test_own_data_of_one_input_are_shown_in_the_units_of_the_file(scaling):
    x = np.linspace(5.0, 15.0, 40)
    y = 100 + 30 * np.abs(x - 9)
    data = prepare(Given("mine.csv", x[:, None], y), Preparation(scaling=scaling, constant=True, held_out=0))
    frames = list(OwnStudent.of(StudentTeacher(**SHORT), data).frames())
    shown = function_data(frames)
    assert shown["over"] == "line" and shown["axis"] == 0 and shown["constant"] == 1.0
    np.testing.assert_allclose(shown["points"], np.column_stack([x, y]))
    assert shown["span"] == pytest.approx([5, 15]) and shown["range"] == pytest.approx([3.5, 16.5])
    if scaling != "none":
        (scale, shift), (y_scale, y_shift) = shown["x_unit"], shown["y_unit"]
        np.testing.assert_allclose(data.X[:, 0] * scale + shift, x)
        np.testing.assert_allclose(data.y * y_scale + y_shift, y)


def test_a_constant_first_column_is_seen_and_two_varying_ones_are_a_plane():
    x, ones = np.linspace(-1, 1, 9), np.full(9, 0.5)
    line = function_data([next(StudentTeacher(**SHORT).frames((np.column_stack([ones, x]), x)))])
    assert (line["over"], line["axis"], line["constant"]) == ("line", 1, 0.5)
    plane = function_data([next(StudentTeacher(**SHORT).frames((np.column_stack([x**2, x]), x)))])
    assert plane["over"] == "circle"


def test_in_many_dimensions_frames_hold_predictions_and_the_header_what_a_circle_leaves_out():
    frames = list(stream(StudentTeacher(dimension=10, samples=50, test_samples=500, leak=0.2, twin=True, **SHORT)))
    header, shown, last = frames[0].header, function_data(frames), frames[-1]
    arrays = header.arrays
    few = np.rint(np.linspace(0, 499, 200)).astype(int)
    outputs = relu(arrays["X_test"][few] @ last.arrays["W"].T, 0.2) @ last.arrays["a"]
    np.testing.assert_allclose(last.chart_data["predicted"], outputs, atol=1e-6)
    np.testing.assert_allclose(shown["truth"], arrays["y_test"][few])
    # the twin starts as the student and then goes its own way, at the distance that the metrics tell
    np.testing.assert_allclose(frames[0].chart_data["twin_predicted"], frames[0].chart_data["predicted"], atol=1e-6)
    apart = np.sqrt(np.mean((last.chart_data["twin_predicted"] - outputs) ** 2)) / np.sqrt(
        np.mean(arrays["y_test"] ** 2)
    )
    assert apart == pytest.approx(last.metrics["twin_gap"], rel=0.3)
    # the plane, rebuilt from the teacher's first two directions
    first, second = arrays["teacher_W"][:2]
    rest = second - first * (first @ second) / (first @ first)
    axes = np.stack([first / np.linalg.norm(first), rest / np.linalg.norm(rest)])
    assert shown["left_out"]["in_plane"] == pytest.approx(np.linalg.norm(arrays["X"] @ axes.T, axis=1).mean())
    angles = np.linspace(0, 2 * np.pi, 5000)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ axes
    teacher = relu(circle @ arrays["teacher_W"].T, 0.2) @ arrays["teacher_a"]
    times = np.sqrt(np.mean(teacher**2) / np.mean(arrays["y_test"] ** 2))
    assert shown["left_out"]["teacher_times"] == pytest.approx(times, rel=1e-3)


def test_a_frame_holds_the_function_and_kinks_of_more_neurons_than_it_shows():
    config = StudentTeacher(width=600, leak=0.1, twin=True, **SHORT)
    first, *_, last = stream(config)
    W, a = last.arrays["W"], last.arrays["a"]
    angles = np.linspace(-np.pi, np.pi, 721)
    outputs = relu(np.stack([np.cos(angles), np.sin(angles)], axis=1) @ W.T, 0.1) @ a
    np.testing.assert_allclose(last.chart_data["function"], outputs, atol=1e-6)
    np.testing.assert_allclose(first.chart_data["twin_function"], first.chart_data["function"], atol=1e-6)
    # each neuron switches on at one angle and off at the opposite one, where the slope rises by the same
    assert last.chart_data["kinks"].sum() == pytest.approx(2 * 0.9 * np.sum(a * np.linalg.norm(W, axis=1)), rel=1e-4)
    strongest = np.argmax(np.abs(last.chart_data["kinks"]))
    low, high = np.radians(-180 + 2 * strongest + np.array([0, 2]))
    switch = np.arctan2(W[:, 1], W[:, 0])[:, None] + np.array([-1, 1]) * np.pi / 2
    inside = (np.remainder(switch - low, 2 * np.pi) < high - low).any(axis=1)
    jump = 0.9 * np.sum((a * np.linalg.norm(W, axis=1))[inside])
    assert last.chart_data["kinks"][strongest] == pytest.approx(jump, rel=1e-4)


@pytest.mark.parametrize("scaling", ["none", "unit"])
def test_a_frame_holds_the_function_over_the_chart_and_kinks_of_many_neurons_on_one_input(scaling):
    x = np.linspace(5.0, 15.0, 40)
    data = prepare(
        Given("mine.csv", x[:, None], np.abs(x - 9)), Preparation(scaling=scaling, constant=True, held_out=0)
    )
    config = StudentTeacher(width=600, leak=0.1, tau=0.3, steps=20, method="flow")
    first, *_, last = OwnStudent.of(config, data).frames()
    W, a = last.arrays["W"], last.arrays["a"]
    inner = data.X[:, 0]
    margin = 0.15 * (inner.max() - inner.min())
    places = np.linspace(inner.min() - margin, inner.max() + margin, 721)
    outputs = relu(np.stack([places, np.ones(721)], axis=1) @ W.T, 0.1) @ a
    np.testing.assert_allclose(last.chart_data["function"], outputs, atol=1e-5 * np.abs(outputs).max())
    # a neuron bends the function where its input is 0, by (1 - leak) a |w|
    kinks = last.chart_data["kinks"]
    edges = np.linspace(places[0], places[-1], len(kinks) + 1)
    at, jump = -W[:, 1] / W[:, 0], 0.9 * a * np.abs(W[:, 0])
    expected = [jump[(at >= low) & (at < high)].sum() for low, high in pairwise(edges)]
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(kinks, expected, atol=1e-5 * np.abs(expected).max())
    assert first.chart_data["function"].shape == (721,)
