"""Flow of many networks side by side: each is trained as alone, with its own data and times."""

from __future__ import annotations

import pytest
import torch

from lazyrich.networks import two_layer
from lazyrich.theory import TooManySteps
from lazyrich.training import Flow, flow
from tests.training.gradient_flow.problems import problem, student


@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_each_of_more_students_than_there_are_slots_trains_as_alone(leak, batched):
    X, y, W, a = problem(40, size=0.4)
    W, a = W * torch.linspace(0.3, 2, 40)[:, None, None], a * torch.linspace(0.3, 2, 40)[:, None]
    together = flow(X, y, W, a, [0.1, 2.0], leak=leak, tolerance=1e-2)
    for b in range(0, 40, 6):
        alone = flow(X, y, W[b], a[b], [0.1, 2.0], leak=leak, tolerance=1e-2)
        assert alone.gradients == together.gradients[b]
        torch.testing.assert_close(together.W[:, b], alone.W, rtol=1e-7, atol=1e-8)
        torch.testing.assert_close(together.loss[:, b], alone.loss, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_students_with_data_of_their_own_each_train_as_alone(leak, batched):
    g = torch.Generator().manual_seed(3)
    # sizes that ask for different steps, and more students than slots, so that data move between slots
    sizes = torch.linspace(0.3, 2.0, 40, dtype=torch.float64)[:, None, None]
    X, beta = (torch.randn(40, *shape, generator=g, dtype=torch.float64) for shape in ((10, 3), (3, 1)))
    X, y = sizes * X, (X @ beta)[:, :, 0]
    W, a = (0.4 * torch.randn(40, *shape, generator=g, dtype=torch.float64) for shape in ((8, 3), (8,)))
    at = [0.0, 0.1, 0.5]
    together = flow(X, y, W, a, at, leak=leak, tolerance=1e-2)
    for b in range(0, 40, 6):
        alone = flow(X[b], y[b], W[b], a[b], at, leak=leak, tolerance=1e-2)
        assert alone.gradients == together.gradients[b]
        torch.testing.assert_close(together.loss[:, b], alone.loss, rtol=1e-11, atol=1e-20)
        torch.testing.assert_close(together.W[:, b], alone.W, rtol=1e-9, atol=1e-12)


def test_a_stuck_network_stays_and_the_others_go_on():
    X, y, W, a = student(0.3, 0.0)
    W, a = torch.stack([0.01 * W, W, 0.02 * W]), torch.stack([0.01 * a, a, 0.02 * a])
    y = torch.stack([0 * y, y, 0 * y])
    X = X.expand(3, *X.shape)
    run = Flow(X, y, W, a, most_gradients=60)
    found = run.record([0.0, 0.01, 1e5], skip_stuck=True)
    assert run.stuck.tolist() == [False, True, False]
    assert torch.isnan(found.loss).tolist() == [[False] * 3, [False] * 3, [False, True, False]]
    assert run.time.tolist() == [1e5, 0.0, 1e5]
    with pytest.raises(TooManySteps, match="needs more than 60 gradients"):
        run.to([2e5, 1e5, 1e5])
    assert run.time.tolist() == [2e5, 0.0, 1e5]
    alone = Flow(X[1], y[1], W[1], a[1], most_gradients=60)
    with pytest.raises(TooManySteps):
        alone.to(1e5)
    assert alone.stuck is True


def test_students_have_times_of_their_own(batched):
    X, y, W, a = problem(3)
    at = torch.tensor([[0.0, 1.0], [0.5, 0.7], [2.0, 40.0]])
    together = flow(X, y, W, a, at)
    assert torch.equal(together.at, at.double()) and together.W.shape == (2, 3, 8, 4)
    for b in range(3):
        alone = flow(X, y, W[b], a[b], at[b])
        torch.testing.assert_close(together.W[:, b], alone.W, rtol=1e-8, atol=1e-9)
    torch.testing.assert_close(together.loss[0, 0], (two_layer(X, W[0], a[0]) - y).square().mean())


def test_data_of_their_own_must_be_for_each_network():
    X, y, W, a = problem(3)
    X, y = X.expand(2, *X.shape), y.expand(2, *y.shape)
    with pytest.raises(ValueError, match=r"W must have shape \(2, m, 4\), as X has data for 2 networks, got \(3,"):
        flow(X, y, W, a, [1.0])
    with pytest.raises(ValueError, match=r"y must have one number for each of the 30 inputs, shape \(2, 30\), got"):
        flow(X, y[0], W[:2], a[:2], [1.0])


def test_times_of_their_own_must_be_a_row_for_each_network():
    with pytest.raises(ValueError, match=r"shape \(T,\), or \(3, T\) with a row for each network, got \(2, 1\)"):
        flow(*problem(3), [[1.0], [2.0]])
