"""The closed form of the lazy twin against training of linearised parameters, and its end against least squares."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from lazyrich import LazyTwin
from tests.training.lazy_twin.problems import PROBLEMS, ByHand, drawn

STEPS = [0, 1, 2, 9, 60, 700]


@pytest.mark.parametrize("kind", PROBLEMS)
def test_flow_matches_training_of_linearised_weights(kind):
    problem, by_hand = PROBLEMS[kind], ByHand(PROBLEMS[kind])
    step = 0.01 * by_hand.stable
    trained = by_hand.trained(STEPS, lambda moved: by_hand.flow(moved, step))
    for route in ("kernel", "features"):
        twin = LazyTwin(*problem.data, route=route, **problem.rules)
        check(twin, problem.X_new, [by_hand.seen(moved) for moved in trained], [step * k for k in STEPS], None)


@pytest.mark.parametrize("share", [1e-3, 0.9])
@pytest.mark.parametrize("kind", PROBLEMS)
def test_descent_matches_training_of_linearised_weights(kind, share):
    problem, by_hand = PROBLEMS[kind], ByHand(PROBLEMS[kind])
    step = share * by_hand.stable
    twin = LazyTwin(*problem.data, **problem.rules)
    trained = by_hand.trained(STEPS, lambda moved: by_hand.descend(moved, step))
    check(twin, problem.X_new, [by_hand.seen(moved) for moved in trained], STEPS, step)


def check(twin, X_new, seen, when, step):
    outputs, losses, first, readout = (torch.stack(part) for part in zip(*seen, strict=True))
    when = torch.tensor(when, dtype=torch.float64)
    found = twin(when, X_new) if step is None else twin.descent(when, step, X_new)
    W, a = twin.weights(when, step)
    for got, expected in ((found, outputs), (twin.train_loss(when, step), losses), (W, first), (a, readout)):
        torch.testing.assert_close(got, expected, rtol=1e-9, atol=1e-9)
    axes = torch.eye(W.shape[-1], dtype=torch.float64)[:2].flip(0)
    torch.testing.assert_close(twin.weights(when, step, axes)[0], first @ axes.T, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", PROBLEMS)
def test_descent_with_too_long_a_step_grows_as_by_hand(kind):
    problem, by_hand = PROBLEMS[kind], ByHand(PROBLEMS[kind])
    step = 1.1 * by_hand.stable
    [moved] = by_hand.trained([25], lambda moved: by_hand.descend(moved, step))
    outputs, loss, *_ = by_hand.seen(moved)
    twin = LazyTwin(*problem.data, **problem.rules)
    torch.testing.assert_close(twin.descent(25, step, problem.X_new), outputs, rtol=1e-9, atol=0)
    torch.testing.assert_close(twin.train_loss(25, step), loss, rtol=1e-9, atol=0)
    assert twin.train_loss(10**9, step) == math.inf


@pytest.mark.parametrize("kind", PROBLEMS)
def test_the_end_is_the_least_squares_solution_nearest_to_the_start(kind):
    problem, by_hand = PROBLEMS[kind], ByHand(PROBLEMS[kind])
    root = by_hand.rates.sqrt()
    solution = np.linalg.lstsq((by_hand.J * root).numpy(), (problem.y - by_hand.f0).numpy(), rcond=1e-11)[0]
    outputs, loss, *_ = by_hand.seen(root * torch.from_numpy(solution))
    twin = LazyTwin(*problem.data, route="features", **problem.rules)
    for found in (twin(math.inf, problem.X_new), twin.descent(math.inf, 0.9 * by_hand.stable, problem.X_new)):
        torch.testing.assert_close(found, outputs, rtol=1e-8, atol=1e-8)
    torch.testing.assert_close(twin.train_loss(math.inf), loss, rtol=1e-8, atol=1e-15)


def test_a_small_training_loss_keeps_its_digits():
    problem = drawn(n=4, d=6, m=40, seed=8)
    by_hand = ByHand(problem)
    eigenvalues, V = np.linalg.eigh((by_hand.J @ by_hand.J.T).numpy())
    n, t = len(problem.y), 80 / eigenvalues[0]
    left = problem.y.numpy() @ V * np.exp(-2 * eigenvalues * t / n)
    expected = (left**2).sum() / n
    assert 1e-60 < expected < 1e-32
    assert float(LazyTwin(*problem.data).train_loss(t)) == pytest.approx(expected, rel=1e-6, abs=1e-31)
