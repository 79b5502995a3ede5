"""Common parts of labelled tasks: shuffled labels, standardising, balanced classes, seeds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.tasks import cifar, gratings, modular, parity
from lazyrich.tasks.labelled import balanced, shuffled, standardised, stream


def test_shuffling_keeps_the_number_in_each_class_and_everything_but_the_training_labels():
    task = gratings.draw(n=803, n_test=50, seed=3)
    control = shuffled(task, seed=3)
    assert torch.equal(control.y.bincount(), task.y.bincount())
    assert control.X is task.X and control.X_test is task.X_test and control.y_test is task.y_test
    assert control.classes == task.classes


def test_shuffled_labels_agree_with_the_true_ones_no_more_than_by_chance():
    task = gratings.draw(n=4000, n_test=8, seed=0)
    hits = [float((shuffled(task, seed).y == task.y).float().mean()) for seed in range(5)]
    # 1/8 of 20,000 labels in all: five standard errors are 0.012
    assert abs(np.mean(hits) - 1 / 8) < 0.012


def test_the_shuffle_is_fixed_by_its_seed():
    task = gratings.draw(n=100, n_test=8, seed=0)
    assert torch.equal(shuffled(task, 1).y, shuffled(task, 1).y)
    assert not torch.equal(shuffled(task, 1).y, shuffled(task, 2).y)


@pytest.mark.parametrize("shape", [(50, 7), (50, 3, 5, 4)])
def test_standardising_centres_each_feature_or_colour_and_gives_a_mean_square_of_one(shape):
    g = torch.Generator().manual_seed(0)
    X = 5 * torch.randn(shape, generator=g, dtype=torch.float64) + 40
    other = 5 * torch.randn(shape, generator=g, dtype=torch.float64) + 40
    Z, other_Z = standardised(X, other)
    assert Z.transpose(0, 1).flatten(1).mean(1).abs().max() < 1e-13
    assert abs(float(Z.square().mean()) - 1) < 1e-13
    # the same map for all: differences keep their ratio
    ratio = (other_Z - Z) / (other - X)
    torch.testing.assert_close(ratio, torch.full_like(ratio, float(ratio.flatten()[0])))


def test_a_feature_that_never_varies_is_zero_and_a_constant_input_stays_finite():
    X = torch.tensor([[1.0, 7.0], [3.0, 7.0]])
    torch.testing.assert_close(standardised(X)[0], torch.tensor([[-1.0, 0.0], [1.0, 0.0]]) * 2**0.5)
    assert torch.equal(standardised(torch.ones(4, 2))[0], torch.zeros(4, 2))


def test_classes_are_balanced_to_within_one_and_in_random_order():
    label = balanced(803, 8, stream(0, "here"))
    assert sorted(np.bincount(label)) == [100] * 5 + [101] * 3
    assert not np.array_equal(label, np.arange(803) % 8)


def test_streams_differ_by_seed_and_by_purpose_and_repeat():
    drawn = [stream(seed, purpose).integers(2**60) for seed in (0, 1) for purpose in ("one", "two")]
    assert len(set(drawn)) == 4
    assert stream(1, "two").integers(2**60) == drawn[3]


def test_a_seed_below_zero_is_refused():
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        stream(-1, "anything")


def test_moving_a_task_changes_the_inputs_dtype_and_leaves_whole_labels_whole():
    task = modular.draw(p=5).to(torch.float64)
    assert task.X.dtype == task.X_test.dtype == torch.float64 and task.y.dtype == torch.int64
    signs = parity.draw(n=8, dimension=12, n_test=8).to(torch.float64)
    assert signs.y.dtype == torch.float64
    assert signs.arrays()["X"].dtype == np.float64 and "classes" not in signs.arrays()


@pytest.mark.parametrize("draw", [gratings.draw, parity.draw, modular.draw])
def test_drawing_leaves_the_global_generators_alone(draw):
    torch.manual_seed(5)
    np.random.seed(5)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    draw(seed=3)
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])


@pytest.mark.parametrize("call", [lambda: gratings.draw(n=0), lambda: parity.draw(n=0), lambda: cifar.draw("x", n=0)])
def test_no_inputs_are_refused_by_name(call):
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        call()
