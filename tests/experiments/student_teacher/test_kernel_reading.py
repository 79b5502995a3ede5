"""The kernel reading of a run: the numbers of each frame against the library's kernel, in the documented order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich import StudentTeacher, kernels, stream, train
from lazyrich.experiments.student_teacher.kernel_reading import KernelReading
from lazyrich.tasks.student_teacher import draw

SMALL = StudentTeacher(tau=0.1, delta=0.0, method="flow", steps=30_000, seed=2, read_kernel=True)


@pytest.fixture(scope="module")
def run():
    return train(SMALL)


def kernel_of(run, frame, rows):
    config, weights = run.config, run.weights(frame)
    X = run.task.X[rows]
    return kernels.two_layer_ntk(X, weights["W"], weights["a"], config.eta_a, config.eta_w, config.leak)


@pytest.mark.parametrize("frame", [0, 200, -1])
def test_the_kernel_reading_of_a_frame_agrees_with_numpy(run, frame):
    X, y = run.task.X, run.task.y
    order = np.argsort(np.arctan2(X[:, 1], X[:, 0]))
    K, K0 = kernel_of(run, frame, order), kernel_of(run, 0, order)
    values, vectors = np.linalg.eigh(K)
    shares = np.cumsum((vectors[:, ::-1].T @ y[order]) ** 2) / (y @ y)
    recorded = run.frames[frame]
    np.testing.assert_allclose(recorded.chart_data["label_shares"][1], shares, rtol=1e-4)
    np.testing.assert_allclose(recorded.chart_data["kernel_spectrum"][1], values[::-1] / np.trace(K), atol=1e-6)
    length = np.sqrt(np.diag(K))
    np.testing.assert_allclose(recorded.chart_data["kernel_map"][1], K / np.outer(length, length), atol=1e-6)
    row = run.curves.iloc[frame]
    assert row.kernel_trace == pytest.approx(np.trace(K) / np.trace(K0), rel=1e-9)
    assert row.label_rank == 1 + np.argmax(shares >= 0.99)


def test_the_first_half_of_each_array_stays_that_of_the_start(run):
    first, last = run.frames[0].chart_data, run.frames[-1].chart_data
    for name in ("label_shares", "kernel_spectrum", "kernel_map"):
        np.testing.assert_array_equal(first[name][0], first[name][1])
        np.testing.assert_array_equal(first[name][0], last[name][0])
        assert (last[name][0] != last[name][1]).any()


def test_a_run_is_the_same_whether_its_kernel_is_read_or_not(run):
    plain = train(SMALL.changed(read_kernel=False))
    assert "kernel_trace" not in plain.curves and "label_shares" not in plain.frames[0].chart_data
    for one, other in zip(plain.frames, run.frames, strict=True):
        assert (one.arrays["W"] == other.arrays["W"]).all() and one.verdict == other.verdict


def test_the_reading_uses_a_part_of_many_samples_and_the_page_states_it():
    config = StudentTeacher(dimension=5, samples=300, width=20, steps=20, read_kernel=True)
    run = train(config)
    header, last = run.frames[0].header.chart_data, run.frames[-1].chart_data
    assert header["reading_note"] == "Read on 200 of 300 training samples. The map shows 32 of them."
    assert last["kernel_map"].shape == (2, 32, 32) and last["label_shares"].shape == (2, 20)
    # inputs on which the same teacher neurons are active stand together
    active = run.task.X[:200] @ run.task.teacher.W.T > 0
    patterns = len({tuple(row) for row in active})
    K = kernel_of(run, -1, slice(200))
    order = np.lexsort([run.task.y[:200], *active.T[::-1]])
    changes = (active[order][1:] != active[order][:-1]).any(1).sum()
    assert changes == patterns - 1
    cells = order[np.round(np.linspace(0, 199, 32)).astype(int)]
    length = np.sqrt(np.diag(K))
    np.testing.assert_allclose(last["kernel_map"][1], (K / np.outer(length, length))[cells][:, cells], atol=1e-6)


def test_inputs_on_which_every_neuron_is_off_have_no_correlation():
    X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    W, a = np.array([[0.0, 1.0], [0.1, 1.0]]), np.array([1.0, 0.5])
    run = train(StudentTeacher(steps=10, width=2, symmetrised=False, read_kernel=True), (X, X[:, 1]), (W, a))
    # sorted by angle: the second input at 90 degrees stands between the first, at 0, and the third, at 180
    correlations = run.frames[0].chart_data["kernel_map"][0]
    assert np.isnan(correlations[2]).all() and np.isfinite(correlations[:2, :2]).all()


def test_own_data_without_a_teacher_are_read_in_the_order_of_their_labels():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(9, 3)), rng.normal(size=9)
    run = train(StudentTeacher(dimension=3, width=6, steps=10, read_kernel=True), task=(X, y))
    order = np.argsort(y)
    K = kernel_of(run, -1, order)
    length = np.sqrt(np.diag(K))
    np.testing.assert_allclose(run.frames[-1].chart_data["kernel_map"][1], K / np.outer(length, length), atol=1e-6)
    assert run.frames[0].header.chart_data["reading_note"] == ""


def test_every_number_of_the_reading_of_a_kernel_that_is_not_finite_is_missing():
    task, (W, a) = draw(SMALL, torch.float64)
    reading = KernelReading(SMALL, task, W, a)
    first = reading.arrays()
    numbers = reading.numbers(1e200 * W, a)
    assert np.isnan(numbers["label_rank"]) and not np.isfinite(numbers["kernel_trace"])
    for name, (start, now) in reading.arrays().items():
        np.testing.assert_array_equal(start, first[name][0])
        assert np.isnan(now).all()


def test_the_reading_is_in_the_estimates_of_a_run_and_of_its_previews():
    """Estimates count the bytes that frames hold and send, and the seconds for eigenvalues."""
    config = StudentTeacher(samples=40, width=8, steps=20, test_samples=5)
    with_reading = config.changed(read_kernel=True)
    (plain, *_), (read, *_) = (list(stream(one)) for one in (config, with_reading))
    frames, more = config.expected_frames, read.nbytes - plain.nbytes
    assert more > 0 and with_reading.work().bytes - config.work().bytes == pytest.approx(frames * more, rel=0.05)
    sent = sum(read.chart_data[name].size for name in read.chart_data.keys() - plain.chart_data.keys())
    numbers = [one.preview_cost().numbers for one in (config, with_reading)]
    assert sent <= numbers[1] - numbers[0] <= 1.05 * sent
    larger = with_reading.changed(samples=160)
    extra = [one.work().seconds - one.changed(read_kernel=False).work().seconds for one in (with_reading, larger)]
    assert 0 < extra[0] < extra[1]
    assert with_reading.preview_cost().frame > config.preview_cost().frame
