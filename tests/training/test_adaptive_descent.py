"""Adaptive descent: its gradients against automatic differentiation, its steps against eigenvalues of the kernel."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from lazyrich.kernels.mlp import mlp_ntk
from lazyrich.training.adaptive_descent import PACE, AdaptiveDescent, outputs


def problem(widths=(5, 12, 9, 1), networks=3, n=24, seed=0, spread=3.0):
    """Inputs, labels and networks whose balances differ."""
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, widths[0], generator=g, dtype=torch.float64)
    y = (X[:, 0] * X[:, 1]).sign()
    layers = [
        (2 / into) ** 0.5 * torch.randn(networks, out, into, generator=g, dtype=torch.float64)
        for into, out in pairwise(widths)
    ]
    alpha = torch.logspace(0, 1, networks, spread, dtype=torch.float64)[:, None, None]
    return X, y, [layers[0] / alpha, *layers[1:-1], layers[-1] * alpha]


def forward(layers, X):
    for W in layers[:-1]:
        X = torch.relu(X @ W.T)
    return (X @ layers[-1].T)[:, 0]


def tops(X, layers, rates):
    """lambda_max((2/n) K) of each network."""
    return 2 / len(X) * torch.linalg.eigvalsh(mlp_ntk(X, layers, rates))[:, -1]


@pytest.mark.parametrize("widths", [(5, 12, 1), (5, 12, 9, 1), (5, 8, 7, 6, 9, 8, 1)], ids=len)
def test_a_step_is_one_down_the_gradient_of_automatic_differentiation(widths):
    X, y, layers = problem(widths)
    rates = [0.5 + 0.3 * number for number in range(len(layers))]
    descent = AdaptiveDescent(X, y, layers, rates)
    descent.advance(1)
    for k, step in enumerate(descent.time.tolist()):
        mine = [W[k].clone().requires_grad_() for W in layers]
        loss = (forward(mine, X) - y).square().mean()
        slopes = torch.autograd.grad(loss, mine)
        for W, slope, rate, now in zip(mine, slopes, rates, descent.weights, strict=True):
            torch.testing.assert_close(now[k], (W - step * rate * slope).detach(), rtol=1e-12, atol=1e-14)
        assert step > 0


def test_the_loss_follows_from_the_weights_and_the_networks_given_are_left_alone():
    X, y, layers = problem()
    before = [W.clone() for W in layers]
    descent = AdaptiveDescent(X, y, layers)
    descent.advance(40)
    for k, loss in enumerate(descent.loss.tolist()):
        f = forward([W[k] for W in descent.weights], X)
        assert loss == pytest.approx(float((f - y).square().mean()), rel=1e-12)
    assert all(torch.equal(W, first) for W, first in zip(layers, before, strict=True))
    f, hidden = outputs(X, layers)
    torch.testing.assert_close(f[1], forward([W[1] for W in layers], X))
    torch.testing.assert_close(hidden[0][1], torch.relu(X @ layers[0][1].T))


@pytest.mark.parametrize("pace", [PACE, 0.1])
def test_steps_stay_near_their_share_of_the_largest_stable_one_while_kernels_grow(pace):
    X, y, layers = problem((5, 12, 9, 1))
    layers = [0.2 * W for W in layers]
    rates = [1.0, 2.0, 0.5]
    descent = AdaptiveDescent(X, y, layers, rates, pace)
    shares, first = [], tops(X, layers, rates)
    for _ in range(40):
        top, before = tops(X, descent.weights, rates), descent.time
        descent.advance(1)
        shares.append((descent.time - before) * top / pace)
        descent.advance(4)
    found = torch.stack(shares)
    found = found[found > 0]  # a step taken back counts for nothing
    # the power method comes from below, so steps are longer: for a moment by 2 where two eigenvalues cross
    assert found.min() > 0.999 and found.max() < 2.5 and found.quantile(0.9) < 1.1
    assert (tops(X, descent.weights, rates) / first).max() > 50


@pytest.mark.parametrize("pace", [PACE, 1.5])
def test_no_step_raises_the_loss_by_more_than_two_per_cent_and_refused_ones_cost_no_time(pace):
    X, y, layers = problem()
    descent = AdaptiveDescent(X, y, [0.3 * W for W in layers], [100.0, 1.0, 1.0], pace, stop=0.0)
    refused = 0
    for _ in range(150):
        loss, time = descent.loss, descent.time
        descent.advance(1)
        assert torch.all(descent.loss <= 1.02 * loss)
        still = descent.time == time
        assert torch.equal(descent.loss[still], loss[still])
        refused += int(still.sum())
    assert refused > 0 or pace == PACE


@pytest.mark.parametrize("together", [1, 2, 3, 5])
def test_networks_side_by_side_train_as_each_alone(together):
    X, y, layers = problem(networks=5)
    rates = [torch.linspace(0.5, 2, 5, dtype=torch.float64), 1.0, 0.7]
    batch = AdaptiveDescent(X, y, layers, rates, together=together)
    batch.advance(120)
    for k in range(5):
        alone = AdaptiveDescent(X, y, [W[k : k + 1] for W in layers], [float(rates[0][k]), 1.0, 0.7])
        alone.advance(70)
        alone.advance(50)
        assert batch.steps[k] == alone.steps[0]
        assert float(batch.loss[k]) == pytest.approx(float(alone.loss[0]), rel=1e-9)
        assert float(batch.time[k]) == pytest.approx(float(alone.time[0]), rel=1e-9)
        for W, one in zip(batch.weights, alone.weights, strict=True):
            torch.testing.assert_close(W[k], one[0], rtol=1e-8, atol=1e-10)


def test_each_network_may_have_inputs_and_labels_of_its_own():
    first, second = problem(seed=0), problem(seed=1)
    X, y = torch.stack([first[0], second[0]]), torch.stack([first[1], second[1]])
    layers = [torch.stack([W[0], V[1]]) for W, V in zip(first[2], second[2], strict=True)]
    both = AdaptiveDescent(X, y, layers)
    both.advance(30)
    for k in range(2):
        alone = AdaptiveDescent(X[k], y[k], [W[k : k + 1] for W in layers])
        alone.advance(30)
        assert float(both.loss[k]) == pytest.approx(float(alone.loss[0]), rel=1e-12)


def test_a_network_rests_at_its_share_of_the_first_loss_while_others_go_on():
    X, y, layers = problem((5, 40, 1), networks=2, n=8)
    first = AdaptiveDescent(X, y, layers, stop=0.2).loss
    descent = AdaptiveDescent(X, y, layers, [torch.tensor([1.0, 1e-3], dtype=torch.float64), 1e-3], stop=0.2)
    while not descent.resting.any():
        descent.advance(1)
    done = int(descent.resting.int().argmax())
    assert 0.1 * first[done] < descent.loss[done] <= 0.2 * first[done]
    held, spent, other = descent.weights, descent.steps, 1 - done
    assert not descent.resting[other]
    descent.advance(3)
    assert torch.equal(descent.weights[0][done], held[0][done]) and descent.steps[done] == spent[done]
    assert descent.steps[other] == spent[other] + 3 and descent.loss[other] < first[other]


def test_a_network_without_any_gradient_stays_unchanged():
    X, y, layers = problem(networks=2)
    layers = [torch.stack([torch.zeros_like(W[0]), W[1]]) for W in layers]
    descent = AdaptiveDescent(X, y, layers, together=2)
    descent.advance(20)
    assert float(descent.loss[0]) == 1.0 and float(descent.time[0]) == 0
    assert torch.isfinite(descent.loss).all() and descent.loss[1] < descent.loss[0] * 2
    assert all(torch.isfinite(W).all() for W in descent.weights)


def test_wrong_shapes_are_refused_with_a_sentence():
    X, y, layers = problem()
    with pytest.raises(ValueError, match=r"for inputs of dimension 4, got \(3, 12, 5\)"):
        AdaptiveDescent(X[:, :4], y, layers)
    with pytest.raises(ValueError, match="got none"):
        AdaptiveDescent(X, y, [])
    with pytest.raises(ValueError, match="one for each of the 3 layers, got 2"):
        AdaptiveDescent(X, y, layers, [1.0, 1.0])
