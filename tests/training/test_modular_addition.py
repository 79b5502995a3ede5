"""Training on modular addition against dense networks on one-hot inputs with torch's autograd and optimisers."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch

from lazyrich.experiments.grokking.config import STACK as ESTIMATED_STACK
from lazyrich.tasks.modular import table
from lazyrich.training.modular_addition import BETAS, MOMENTUM, STACK, ModularAdditionTraining

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])
RATES = {"momentum": 0.05, "descent": 0.2, "adamw": 0.01}
PHI = {"relu": torch.relu, "quadratic": torch.square}


class Problem(NamedTuple):
    """W1 (B, h, 2 p), W2 (B, p, h), train (B, p, p)."""

    W1: torch.Tensor
    W2: torch.Tensor
    train: torch.Tensor


def problem(networks, p=5, h=7, learned=15, seed=0, dtype=torch.float64):
    g = torch.Generator().manual_seed(seed)
    W1, W2 = (torch.randn(networks, *shape, generator=g, dtype=dtype) * 0.6 for shape in ((h, 2 * p), (p, h)))
    train = torch.zeros(networks, p * p, dtype=torch.bool)
    for row in train:
        row[torch.randperm(p * p, generator=g)[:learned]] = True
    return Problem(W1, W2, train.view(networks, p, p))


def losses(outputs, labels, loss):
    """The loss of each row of outputs (n, p)."""
    if loss == "cross-entropy":
        return torch.nn.functional.cross_entropy(outputs, labels, reduction="none")
    return ((outputs - torch.nn.functional.one_hot(labels, outputs.shape[1])) ** 2).sum(1) / 2


def dense(W1, W2, train, steps, optimiser, loss, activation, rates=None):
    """The same training of one network by torch.optim, on the rows of one-hot inputs; rates: one for each layer."""
    X, y = table(W2.shape[0], W1.dtype)
    mine = train.reshape(-1)
    layers = [W1.clone().requires_grad_(), W2.clone().requires_grad_()]
    decay = 0.01 if rates is None else 0.0
    rate = RATES[optimiser]
    groups = [{"params": [layer], "lr": lr} for layer, lr in zip(layers, rates or (rate, rate), strict=True)]
    if optimiser == "adamw":
        walk = torch.optim.AdamW(groups, betas=BETAS, weight_decay=decay)
    else:
        walk = torch.optim.SGD(groups, momentum=MOMENTUM if optimiser == "momentum" else 0.0, weight_decay=decay)
    for _ in range(steps):
        walk.zero_grad()
        outputs = PHI[activation](X[mine] @ layers[0].T) @ layers[1].T
        losses(outputs, y[mine], loss).mean().backward()
        walk.step()
    return [layer.detach() for layer in layers]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("optimiser", RATES)
@pytest.mark.parametrize("loss", ["mse", "cross-entropy"])
@pytest.mark.parametrize("activation", PHI)
def test_steps_agree_with_torch_on_one_hot_inputs(device, optimiser, loss, activation):
    given = problem(3)
    on_device = [part.to(device) for part in given]
    training = ModularAdditionTraining(*on_device, RATES[optimiser], 0.01, optimiser, loss, activation)
    training.advance(4)
    training.advance(26)
    for b in range(3):
        one, two = dense(*(part[b] for part in given), 30, optimiser, loss, activation)
        assert (one - given.W1[b]).norm() > 0.05 * given.W1[b].norm()
        torch.testing.assert_close(training.W1[b].cpu(), one, rtol=1e-9, atol=1e-11)
        torch.testing.assert_close(training.W2[b].cpu(), two, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("loss", ["mse", "cross-entropy"])
@pytest.mark.parametrize("activation", PHI)
def test_losses_and_accuracies_agree_with_each_row_of_the_table(loss, activation):
    given = problem(4, seed=1)
    marks = ModularAdditionTraining(*given, 0.1, loss=loss, activation=activation).evaluate()
    X, y = table(5, torch.float64)
    for b in range(4):
        outputs = PHI[activation](X @ given.W1[b].T) @ given.W2[b].T
        lost, right = losses(outputs, y, loss), outputs.argmax(1) == y
        mine = given.train[b].reshape(-1)
        assert marks.train_loss[b] == pytest.approx(float(lost[mine].mean()), rel=1e-12)
        assert marks.test_loss[b] == pytest.approx(float(lost[~mine].mean()), rel=1e-12)
        assert marks.train_accuracy[b] == pytest.approx(float(right[mine].double().mean()), abs=1e-12)
        assert marks.test_accuracy[b] == pytest.approx(float(right[~mine].double().mean()), abs=1e-12)
        assert torch.equal(marks.correct[b].reshape(-1), right)


@pytest.mark.parametrize("device", DEVICES)
def test_networks_that_fill_several_stacks_each_train_as_alone(device):
    given = problem(7, p=31, h=128, learned=500, dtype=torch.float32)
    # at most two such networks fit into a stack on a CPU, so this makes four
    assert 2 <= STACK["cpu"] // (31**2 * 128) < 3
    together = ModularAdditionTraining(*(part.to(device) for part in given), 0.02, 5e-4)
    together.advance(3)
    for b in (0, 1, 2, 6):
        alone = ModularAdditionTraining(*(part[b : b + 1].to(device) for part in given), 0.02, 5e-4)
        alone.advance(3)
        torch.testing.assert_close(together.W1[b], alone.W1[0], rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(together.evaluate().test_loss[b], alone.evaluate().test_loss[0], rtol=1e-4, atol=0)


@pytest.mark.parametrize("optimiser", ["descent", "momentum"])
def test_balance_by_sizes_is_balance_by_learning_rates_without_decay(optimiser):
    given, alpha, rate = problem(1, seed=2), 3.0, 0.02
    training = ModularAdditionTraining(given.W1 / alpha, given.W2 * alpha, given.train, rate, 0.0, optimiser)
    training.advance(40)
    W1, W2 = dense(*(part[0] for part in given), 40, optimiser, "mse", "relu", (rate * alpha**2, rate / alpha**2))
    assert (W1 - given.W1[0]).norm() > 0.1 * given.W1.norm()
    torch.testing.assert_close(training.W1[0] * alpha, W1, rtol=1e-9, atol=1e-10)
    torch.testing.assert_close(training.W2[0] / alpha, W2, rtol=1e-9, atol=1e-10)


def test_a_network_that_explodes_leaves_the_others_alone():
    given, rate = problem(2, seed=3), 0.01
    wild = Problem(given.W1 * torch.tensor([1.0, 1e3], dtype=torch.float64)[:, None, None], given.W2, given.train)
    training = ModularAdditionTraining(*wild, rate, activation="quadratic")
    calm = ModularAdditionTraining(*(part[:1] for part in given), rate, activation="quadratic")
    for one in (training, calm):
        one.advance(20)
    assert not torch.isfinite(training.evaluate().train_loss[1])
    assert calm.evaluate().train_loss.isfinite().all()
    torch.testing.assert_close(training.W1[0], calm.W1[0], rtol=1e-12, atol=1e-14)


def test_networks_without_an_active_neuron_are_silent():
    given = problem(2)
    W1 = given.W1.clone()
    W1[1] = -W1[1].abs()
    assert ModularAdditionTraining(W1, given.W2, given.train, 0.1).evaluate().dead.tolist() == [False, True]


def test_given_and_returned_weights_are_copies():
    given = problem(2)
    before = [part.clone() for part in given]
    training = ModularAdditionTraining(*given, 0.1)
    W1, W2 = training.W1, training.W2
    training.advance(2)
    assert all(torch.equal(part, old) for part, old in zip(given, before, strict=True))
    assert torch.equal(W1, before[0]) and torch.equal(W2, before[1])
    assert not torch.equal(training.W2, before[1])


def test_estimates_count_on_the_stacks_that_are_made():
    assert STACK["cpu"] == ESTIMATED_STACK
