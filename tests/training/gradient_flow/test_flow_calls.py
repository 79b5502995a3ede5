"""Calls of Flow: repeatability, devices, types and shapes, and errors about invalid arguments."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.theory import TooManySteps
from lazyrich.training import Flow, flow
from tests.training.gradient_flow.problems import problem, student

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])


def test_frames_read_one_by_one_are_bitwise_equal_to_those_of_one_run():
    X, y, W, a = problem()
    times = [0.0, 0.01, 0.3, 1.7, 20.0]
    ours, run = flow(X, y, W, a, times), Flow(X, y, W, a)
    for k, time in enumerate(times):
        run.to(time)
        assert run.time == time
        assert torch.equal(run.W, ours.W[k]) and torch.equal(run.a, ours.a[k]) and run.loss() == ours.loss[k]
    assert run.gradients == ours.gradients
    run.advance(2.5)
    assert run.time == 22.5 and run.finite() is True


@pytest.mark.parametrize("leak", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_small_network_at_a_time_does_not_depend_on_other_times_to_the_last_bit(leak, dtype):
    given = [part.to(dtype) for part in problem(n=20, d=2, m=50)]
    times = np.geomspace(1e-3, 30.0, 60)
    every, few = flow(*given, times, 0.4, 3.0, leak), flow(*given, times[6::9], 0.4, 3.0, leak)
    assert torch.equal(every.W[6::9], few.W) and torch.equal(every.a[6::9], few.a)
    assert torch.equal(every.loss[6::9], few.loss)
    run = Flow(*given, 0.4, 3.0, leak)
    chunks = [run.record(times[:1]), run.record(times[1:35]), run.record(times[35:])]
    assert torch.equal(torch.cat([chunk.W for chunk in chunks]), every.W)


@pytest.mark.parametrize("device", DEVICES)
def test_float32_stays_float32_on_its_device_and_agrees_with_float64(device):
    given = student(0.4, 0.3)
    double = flow(*given, [1.0, 30.0])
    single = flow(*(part.to(device, torch.float32) for part in given), [1.0, 30.0])
    for part in (single.W, single.a, single.loss):
        assert part.dtype == torch.float32 and part.device.type == device
    torch.testing.assert_close(single.loss.cpu().double(), double.loss, rtol=0.02, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_same_call_gives_bitwise_the_same_numbers_on_a_cpu(dtype):
    given = [tensor.numpy().astype(dtype) for tensor in problem(6, n=100, m=20)]
    first, second = (flow(*given, [0.1, 1.0]) for _ in range(2))
    assert first.W.tobytes() == second.W.tobytes() and first.loss.tobytes() == second.loss.tobytes()


def test_numpy_goes_out_as_numpy_and_the_start_is_recorded_as_it_was_given():
    X, y, W, a = (tensor.numpy() for tensor in problem(2))
    kept = W.copy()
    result = flow(X, y, W, a, [0.0, 0.1, 0.5], eta_a=0.3, eta_w=1.9)
    for array in (result.at, result.W, result.a, result.loss, result.gradients):
        assert isinstance(array, np.ndarray)
    assert result.W.shape == (3, 2, 8, 4) and result.a.shape == (3, 2, 8) and result.loss.shape == (3, 2)
    assert result.at.tolist() == [0.0, 0.1, 0.5] and result.gradients.shape == (2,)
    np.testing.assert_array_equal(result.W[0], kept)
    np.testing.assert_array_equal(W, kept)


def test_one_network_has_no_axis_of_networks():
    result = flow(*problem(), [1.0, 2.0])
    assert result.W.shape == (2, 8, 4) and result.a.shape == (2, 8) and result.loss.shape == (2,)
    assert isinstance(result.gradients, int) and result.gradients > 0


def test_weights_read_between_stay_as_they_were():
    run = Flow(*problem())
    W = run.W
    before = W.clone()
    run.advance(0.5)
    assert torch.equal(W, before) and not torch.equal(run.W, before)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"y": np.zeros((4, 1))}, r"y must have one number for each of the 4 inputs, shape \(4,\), got \(4, 1\)"),
        ({"eta_a": -1.0}, r"eta_a must be 0 \(a frozen layer\) or above and finite, got -1"),
        ({"leak": 1.5}, r"leak must be between 0 \(ReLU\) and 1 \(linear\), got 1.5"),
        ({"tolerance": 0.0}, "tolerance must be above 0 and below 1, got 0"),
        ({"W": np.full((5, 2), np.nan)}, "W must hold finite numbers, got some that are not"),
        (
            {"at": [3.0, 3.0]},
            r"at must hold at least one time, finite and increasing from 0 or later, got \[3.0, 3.0\]",
        ),
        ({"at": [-1.0]}, r"increasing from 0 or later, got \[-1.0\]"),
        ({"at": []}, r"at must hold at least one time, .* got \[\]"),
        ({"at": [float("inf")]}, r"finite and increasing from 0 or later, got \[inf\]"),
        ({"at": 10.0}, r"at must have shape \(T,\), got \(\)"),
        ({"at": [[1.0], [2.0]]}, r"at must have shape \(T,\), got \(2, 1\)"),
        ({"at": "soon"}, "at must be an array of real numbers, got the text soon"),
        (
            {"at": [1e4], "most_gradients": 20},
            r"needs more than 20 gradients to reach the last time asked for and came",
        ),
    ],
)
def test_invalid_arguments_are_refused_with_given_and_allowed_values(changes, sentence):
    good = {"X": np.eye(4)[:, :2], "y": np.ones(4), "W": np.ones((5, 2)), "a": np.ones(5), "at": [1.0]}
    with pytest.raises(ValueError, match=sentence):
        flow(**(good | changes))


def test_flow_goes_forward_only():
    run = Flow(*problem())
    run.to(0.5)
    with pytest.raises(ValueError, match="time must be 0 or more, got -1"):
        run.advance(-1)
    with pytest.raises(ValueError, match=r"time must be 0.5, where the network is, or later, got 0.25"):
        run.to(0.25)


def test_too_much_work_is_an_error_that_theory_also_raises():
    with pytest.raises(TooManySteps, match=r"needs more than 50 gradients .* choose a shorter time or a larger tol"):
        flow(*student(0.3, 0.0), [1e5], most_gradients=50)
