"""Sparse parity: rows, labels, and that no single sign is correlated with the label."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import binomtest

from lazyrich.tasks.parity import draw


def rows(*parts):
    return [tuple(row) for part in parts for row in part.tolist()]


@pytest.mark.parametrize("dimension", [12, 20, 62])
def test_labels_are_the_product_of_the_first_two_signs_and_no_row_comes_twice(dimension):
    task = draw(n=512, dimension=dimension, n_test=300, n_probes=128, seed=1)
    assert task.X.shape == (512, dimension) and task.X_test.shape == (300, dimension)
    assert task.probes.shape == (128, dimension)
    assert all(x[0] * x[1] == y for x, y in zip(task.X.tolist(), task.y.tolist(), strict=True))
    assert all(x[0] * x[1] == y for x, y in zip(task.X_test.tolist(), task.y_test.tolist(), strict=True))
    every = rows(task.X, task.X_test, task.probes)
    assert len(set(every)) == 940 and {sign for row in every for sign in row} == {-1.0, 1.0}


def test_over_all_rows_the_label_goes_with_no_sign_and_no_pair_but_its_own():
    task = draw(n=40, dimension=6, n_test=20, n_probes=4, seed=0)
    every = torch.tensor(rows(task.X, task.X_test, task.probes))
    assert len(set(rows(every))) == 64
    label = every[:, 0] * every[:, 1]
    assert torch.equal(label @ every, torch.zeros(6))
    pairs = torch.einsum("n,ni,nj->ij", label, every, every)
    assert pairs.nonzero().tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("column", [0, 7, 39])
def test_every_sign_is_as_likely_up_as_down(column):
    X = draw(n=5000, dimension=40, n_test=1, n_probes=0, seed=0).X
    assert binomtest(int((X[:, column] > 0).sum()), 5000).pvalue > 1e-4


def test_a_seed_is_a_task():
    assert torch.equal(draw(seed=1).X, draw(seed=1).X)
    assert not torch.equal(draw(seed=1).X, draw(seed=2).X)


def test_labels_and_inputs_have_the_dtype_that_was_asked_for():
    task = draw(n=5, dtype=torch.float64)
    assert {task.X.dtype, task.y.dtype, task.X_test.dtype, task.y_test.dtype, task.probes.dtype} == {torch.float64}


@pytest.mark.parametrize("dimension", [1, 63])
def test_a_dimension_out_of_range_is_refused(dimension):
    with pytest.raises(ValueError, match=f"dimension must be from 2 to 62, got {dimension}"):
        draw(dimension=dimension)


def test_more_rows_than_there_are_is_refused():
    with pytest.raises(ValueError, match="10 signs make 1024 distinct rows, 1025 were asked for"):
        draw(n=1000, dimension=10, n_test=20, n_probes=5)
