"""Small students with their own data in one stack: each equals its flow alone, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.theory import TooManySteps
from lazyrich.training import Descent, Flow
from lazyrich.training.gradient_flow.small.stack import FEW, SmallStack

TIMES = [np.geomspace(0.01, 3, 30), np.geomspace(3.5, 12, 5), [12.5]]
"""Recorded times, in the groups in which a page requests them."""


def problems(count, tau=0.1, delta=0.5, dtype=torch.float64, **sizes):
    """Stacks X, y, W, a of so many tasks with their starts."""
    found = []
    for seed in range(count):
        task, directions, signs = draw_task(seed, width=20, test_samples=1, **{"dimension": 2, "samples": 12} | sizes)
        found.append((task.X, task.y, *start(directions, signs, tau, delta)))
    return [torch.stack(part).to(dtype) for part in zip(*found, strict=True)]


def recorded(run, **options):
    """W, a and losses at TIMES, the times along the first axis."""
    parts = [run.record(times, **options) for times in TIMES]
    return [np.concatenate([getattr(part, name) for part in parts]) for name in ("W", "a", "loss")]


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({}, {}),
        ({"delta": 1.0, "samples": 30}, {"leak": 0.2, "eta_a": 3.0, "eta_w": 0.4}),
        ({"tau": 1.0, "dimension": 5}, {"leak": 1.0}),
        ({"dtype": torch.float32, "delta": -0.5}, {}),
        ({"dimension": 1}, {"eta_a": 0.0}),
        ({"tau": 2.0}, {"eta_w": 0.0}),
    ],
    ids=["playground", "leak and rates", "linear", "float32", "readout frozen", "first layer frozen"],
)
def test_students_in_a_stack_have_the_numbers_of_each_alone_to_the_last_bit(settings, rules):
    X, y, W, a = problems(FEW + 2, **settings)
    together = Flow(X, y, W, a, **rules)
    assert isinstance(together._solver, SmallStack)
    found = recorded(together)
    for b in range(len(X)):
        alone = Flow(X[b], y[b], W[b], a[b], **rules)
        for ours, theirs in zip(found, recorded(alone), strict=True):
            np.testing.assert_array_equal(ours[:, b], theirs)
        assert int(together.gradients[b]) == alone.gradients and float(together.time[b]) == alone.time == 12.5


def test_a_stuck_student_gives_the_same_reason_as_alone_and_the_others_go_on():
    X, y, W, a = problems(FEW + 3, delta=1.0)
    spent = [Flow(*problem) for problem in zip(X, y, W, a, strict=True)]
    for run in spent:
        recorded(run)
    *_, second, most = sorted(run.gradients for run in spent)
    worst = [run.gradients for run in spent].index(most)
    few = (second + most) // 2
    together = Flow(X, y, W, a, most_gradients=few)
    found = recorded(together, skip_stuck=True)
    assert together.stuck.tolist() == [b == worst for b in range(len(X))]
    alone = Flow(X[worst], y[worst], W[worst], a[worst], most_gradients=few)
    theirs = recorded(alone, skip_stuck=True)
    assert 0 < np.isfinite(theirs[2]).sum() < len(theirs[2])
    for b, expected in ((worst, theirs), ((worst + 1) % len(X), None)):
        expected = expected or recorded(Flow(X[b], y[b], W[b], a[b]))
        for mine, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(mine[:, b], other)
    with pytest.raises(TooManySteps) as here:
        Flow(X, y, W, a, most_gradients=few).to(12.5)
    with pytest.raises(TooManySteps) as there:
        Flow(X[worst], y[worst], W[worst], a[worst], most_gradients=few).to(12.5)
    assert str(here.value) == str(there.value)


def test_some_networks_of_a_stack_advance_while_others_wait(monkeypatch):
    # more students than a stack has places for
    monkeypatch.setattr("lazyrich.training.small_network.CACHED", 5 * 20 * 12)
    X, y, W, a = problems(13)
    together = Flow(X, y, W, a)
    assert together._solver._size == 5
    together.to(1.0)
    some = together.record([2.0, 5.0], networks=[1, 4, 11])
    assert torch.isnan(some.loss).all(0).tolist() == [b not in (1, 4, 11) for b in range(13)]
    together.to([5.0 if b in (1, 4, 11) else 7.0 for b in range(13)])
    for b, end in ((4, 5.0), (12, 7.0)):
        alone = Flow(X[b], y[b], W[b], a[b])
        alone.to(end)
        assert torch.equal(together.W[b], alone.W) and torch.equal(together.a[b], alone.a)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_descent_in_stacks_equals_each_alone_to_the_last_bit(monkeypatch, dtype, leak):
    monkeypatch.setattr("lazyrich.training.small_network.CACHED", 3 * 20 * 12)
    X, y, W, a = problems(7, dtype=dtype)
    rates = torch.linspace(0.01, 0.05, 7)
    together = Descent(X, y, W, a, rates, eta_a=2.0, leak=leak)
    together.advance(200)
    together.advance(1)
    for b in range(7):
        alone = Descent(X[b], y[b], W[b], a[b], float(rates[b]), eta_a=2.0, leak=leak)
        alone.advance(201)
        assert (alone.W - W[b]).norm() > 0.1
        assert torch.equal(together.W[b], alone.W) and torch.equal(together.a[b], alone.a)
        assert torch.equal(together.loss()[b], alone.loss())
