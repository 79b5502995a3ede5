"""Arguments and results of LazyTwin."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from lazyrich import LazyTwin
from tests.training.lazy_twin.problems import drawn

ONE = drawn()
DATA = tuple(part.numpy() for part in ONE.data)
NEW = ONE.X_new.numpy()


def test_arrays_come_out_as_they_went_in_and_always_in_float64():
    in_numpy, in_torch = LazyTwin(*DATA), LazyTwin(*(part.float() for part in ONE.data))
    for twin, kind in ((in_numpy, np.ndarray), (in_torch, torch.Tensor)):
        outputs, (W, a) = twin([[0.0, 1.0, math.inf]], NEW), twin.weights(1.0)
        assert all(isinstance(part, kind) for part in (outputs, W, a))
        assert outputs.shape == (1, 3, len(NEW)) and W.shape == ONE.W.shape and a.shape == ONE.a.shape
        assert str(outputs.dtype).removeprefix("torch.") == "float64"
    assert isinstance(in_numpy.train_loss(1.0), float)
    assert in_torch.train_loss([1.0, 2.0]).shape == (2,)
    assert isinstance(in_numpy(1.0, ONE.X_new), torch.Tensor)


def test_later_changes_of_the_arguments_have_no_effect():
    data = [part.copy() for part in DATA]
    twin = LazyTwin(*data)
    for part in data:
        part[:] = 7.0
    np.testing.assert_array_equal(twin(3.0, NEW), LazyTwin(*DATA)(3.0, NEW))


def test_outputs_at_many_inputs_agree_with_each_alone(monkeypatch):
    twins = [LazyTwin(*DATA, route=route) for route in ("kernel", "features")]
    whole = [twin(2.0, NEW) for twin in twins]
    monkeypatch.setattr("lazyrich.training.lazy_twin.modes.STRIP_ENTRIES", 100)
    for twin, expected in zip(twins, whole, strict=True):
        np.testing.assert_allclose(twin(2.0, NEW), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: LazyTwin(DATA[0], DATA[1][:-1], *DATA[2:]), r"y must have one number for each of the 12 inputs"),
        (lambda: LazyTwin(*DATA[:2], DATA[2][None], DATA[3][None]), r"W must have shape \(m, 3\), one network"),
        (lambda: LazyTwin(*DATA[:3], DATA[3] * math.nan), r"a must hold finite numbers only"),
        (lambda: LazyTwin(*DATA, eta_w=-1), r"eta_w must be 0 \(a frozen layer\) or above"),
        (lambda: LazyTwin(*DATA, route="fast"), r"route must be 'kernel', 'features' or None, got 'fast'"),
        (lambda: LazyTwin(*DATA[:2], 1e200 * DATA[2], 1e200 * DATA[3]), r"a kernel below 1\.8e308, got larger ones"),
        (lambda: LazyTwin(*DATA)(-1.0, NEW), r"t must be at or above 0, got -1"),
        (lambda: LazyTwin(*DATA)(math.nan, NEW), r"t must be at or above 0, got nan"),
        (lambda: LazyTwin(*DATA)(1.0, NEW[:, :2]), r"X_new must have shape \(k, 3\) like X"),
        (lambda: LazyTwin(*DATA).descent([1, 2.5], 0.1, NEW), r"k must hold whole numbers of steps from 0 on, got 2"),
        (lambda: LazyTwin(*DATA).descent(1, 0.0, NEW), r"step must be above 0 and finite, got 0"),
        (lambda: LazyTwin(*DATA).train_loss(math.inf, 1e3), r"k may be infinite only where descent settles"),
    ],
)  # fmt: skip
def test_invalid_arguments_are_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_too_many_samples_and_weights_are_refused_before_anything_is_computed():
    X, W = np.ones((2001, 400)), np.ones((5, 400))
    with pytest.raises(ValueError, match=r"at most 2,000 samples or 2,000 weights .* got 2,001 samples and 2,005"):
        LazyTwin(X, X[:, 0], W, W[:, 0])
    few = LazyTwin(X[:, :2], X[:, 0], W[:, :2], W[:, 0])
    assert float(few.train_loss(math.inf)) < 1e-20
