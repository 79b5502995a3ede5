"""Results keep copies of a caller's arrays: a later change of the arrays changes no result."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich import StudentTeacher, stream, train
from lazyrich.kernels.mlp import MLPKernelDistance
from lazyrich.own_data import Given, OwnData
from lazyrich.training import Descent, Flow, descent, flow


def by_columns(array):
    return array.copy(order="F")


def tensor_by_columns(array):
    return torch.tensor(array).T.contiguous().T if array.ndim == 2 else torch.tensor(array)


KINDS = [np.copy, by_columns, torch.tensor, tensor_by_columns]


def problem(networks):
    random = np.random.default_rng(0)
    lead = () if networks is None else (networks,)
    shapes = ((6, 2), (6,), (*lead, 4, 2), (*lead, 4))
    return [random.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("networks", [None, 1, 3])
def test_training_goes_on_as_if_the_callers_arrays_had_stayed(kind, networks):
    arrays = problem(networks)
    given = [kind(array) for array in arrays]
    steps, times = Descent(*given, 0.01), Flow(*given)
    for array in given:
        array *= 0
        array += 7
    steps.advance(5)
    times.to(0.5)
    right, flown = descent(*arrays, 0.01, [5]), flow(*arrays, [0.5])
    for run, trajectory in ((steps, right), (times, flown)):
        np.testing.assert_array_equal(run.W, trajectory.W[0])
        np.testing.assert_array_equal(run.a, trajectory.a[0])
        np.testing.assert_allclose(run.loss(), trajectory.loss[0], rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_kernel_distances_refer_to_the_weights_given_at_the_start(kind):
    random = np.random.default_rng(0)
    arrays = [random.normal(size=shape) for shape in ((6, 2), (4, 2), (1, 4))]
    X, *layers = [kind(array) for array in arrays]
    distance = MLPKernelDistance(X, layers)
    now = [layer + 0.3 * random.normal(size=layer.shape) for layer in arrays[1:]]
    before = float(distance(now))
    for array in (X, *layers):
        array *= 0
    assert float(distance(now)) == before > 1e-3
    assert float(distance([1e200 * layer for layer in now])) == pytest.approx(before, rel=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_has_been_asked_for_keeps_its_data_and_its_start(kind):
    X, y, W, a = problem(None)
    config = StudentTeacher(steps=10)
    right = train(config, task=(X, y), start=(W, a))
    given = [kind(array) for array in (X, y, W, a)]
    frames = stream(config, task=tuple(given[:2]), start=tuple(given[2:]))
    for array in given:
        array *= 0
    last = list(frames)[-1]
    np.testing.assert_array_equal(last.arrays["W"], right.weights(-1)["W"])
    given = [kind(array) for array in (X, y, W, a)]
    result = train(config, task={"X": given[0], "y": given[1]}, start=tuple(given[2:]))
    for array in given:
        array *= 0
    np.testing.assert_array_equal(result.task.X, X)
    np.testing.assert_array_equal(result.task.y, y)
    np.testing.assert_array_equal(result.weights(0)["W"], W)
    result.task.X[:] = 0
    result.weights(0)["W"][:] = 0
    np.testing.assert_array_equal(result.task.X, X)
    np.testing.assert_array_equal(result.weights(0)["W"], W)


def test_own_data_are_copies():
    X, y, *_ = problem(None)
    for kept in (Given("mine", X, y), OwnData("mine", X, y, X[:2], y[:2])):
        before = kept.X.copy(), kept.y.copy()
        X += 1
        y += 1
        np.testing.assert_array_equal(kept.X, before[0])
        np.testing.assert_array_equal(kept.y, before[1])
        assert not kept.X.flags.writeable
