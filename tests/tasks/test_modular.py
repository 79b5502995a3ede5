"""Modular addition against arithmetic on every row."""

from __future__ import annotations

import pytest
import torch

from lazyrich.tasks.modular import LARGEST, draw, table


def sums(X, p):
    """(a, b) of every row, read off its ones."""
    ones = X.nonzero()[:, 1].reshape(-1, 2)
    return [(int(a), int(b) - p) for a, b in ones]


@pytest.mark.parametrize("p", [2, 7, 10, 23])
def test_the_table_has_every_sum_once_with_its_remainder(p):
    X, y = table(p)
    assert X.shape == (p * p, 2 * p) and y.dtype == torch.int64
    assert torch.equal(X.sum(1), torch.full((p * p,), 2.0)) and set(X.unique().tolist()) == {0.0, 1.0}
    pairs = sums(X, p)
    assert pairs == [(a, b) for a in range(p) for b in range(p)]
    assert y.tolist() == [(a + b) % p for a, b in pairs]
    assert y.bincount().tolist() == [p] * p


@pytest.mark.parametrize(("p", "train_fraction"), [(23, 0.7), (5, 0.04), (2, 0.5), (31, 0.99)])
def test_the_two_parts_are_disjoint_and_complete_and_rightly_labelled(p, train_fraction):
    task = draw(p, train_fraction, seed=4)
    train, test = sums(task.X, p), sums(task.X_test, p)
    assert len(train) == round(train_fraction * p * p)
    assert not set(train) & set(test)
    assert sorted(train + test) == [(a, b) for a in range(p) for b in range(p)]
    assert task.y.tolist() == [(a + b) % p for a, b in train]
    assert task.y_test.tolist() == [(a + b) % p for a, b in test]
    assert task.classes == p and len(task.probes) == 0


def test_every_sum_is_equally_often_left_out():
    p, draws = 4, 2000
    left_out = torch.zeros(p, p)
    for seed in range(draws):
        for a, b in sums(draw(p, 0.5, seed).X_test, p):
            left_out[a, b] += 1
    # each is left out with probability 1/2: five standard errors are 0.056
    assert (left_out / draws - 0.5).abs().max() < 0.056


def test_a_seed_is_a_split_and_a_larger_fraction_of_it_keeps_the_rows_of_a_smaller():
    one, same, other = draw(11, 0.6, 1), draw(11, 0.6, 1), draw(11, 0.6, 2)
    assert torch.equal(one.X, same.X) and not torch.equal(one.X, other.X)
    assert torch.equal(draw(11, 0.3, 1).X, one.X[:36])


def test_inputs_have_the_dtype_that_was_asked_for():
    assert draw(5, dtype=torch.float64).X.dtype == torch.float64
    assert draw(5).X.dtype == torch.float32


@pytest.mark.parametrize("p", [1, 0, 2.5, LARGEST + 1])
def test_p_out_of_range_is_refused(p):
    with pytest.raises(ValueError, match=f"p must be a whole number from 2 to {LARGEST}, got {p}"):
        draw(p)


@pytest.mark.parametrize("train_fraction", [0.0, 1.0, -0.3, 1.2, 0.001])
def test_a_split_with_an_empty_part_is_refused(train_fraction):
    with pytest.raises(ValueError, match=f"on either side, got {train_fraction}: take one from 0.04 to 0.96"):
        draw(5, train_fraction)
