"""Networks that read patches, against torch's own layers, gradients and optimiser; batches against each other."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from lazyrich.training.patches import MomentumDescent, batches, cross_entropy, layer_inputs, outputs

NETWORKS, LENGTH, SYMBOLS, CLASSES = 3, 8, 5, 4
SHAPES = {
    "cnn": [(2 * SYMBOLS, 6), (12, 7), (14, 6), (6, CLASSES)],
    "two places read": [(2 * SYMBOLS, 6), (12, 7), (14, CLASSES)],
    "mlp": [(LENGTH * SYMBOLS, 6), (6, 7), (7, CLASSES)],
    "linear": [(LENGTH * SYMBOLS, CLASSES)],
}


def drawn(kind, seed=0):
    generator = torch.Generator().manual_seed(seed)
    normal = {"generator": generator, "dtype": torch.float64}
    return [torch.randn(NETWORKS, *shape, **normal) / shape[0] ** 0.5 for shape in SHAPES[kind]]


def data(n=11, seed=1):
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, LENGTH, SYMBOLS, generator=generator, dtype=torch.float64)
    return X, torch.randint(CLASSES, (n,), generator=generator)


def by_torch(kind, weights, number):
    """One network as torch's own module."""
    parts, channels = [], SYMBOLS
    for W in [W[number] for W in weights]:
        if kind == "mlp" or kind == "linear":
            layer = nn.Linear(*W.shape, bias=False, dtype=W.dtype)
            kernel = W.T
        else:
            width = W.shape[0] // channels
            layer = nn.Conv1d(channels, W.shape[1], width, width, bias=False, dtype=W.dtype)
            kernel = W.view(width, channels, -1).permute(2, 1, 0)
        layer.weight = nn.Parameter(kernel.clone())
        parts += [layer, nn.ReLU()]
        channels = W.shape[1]
    flat = nn.Flatten()
    return nn.Sequential(flat, *parts[:-1]) if isinstance(parts[0], nn.Linear) else nn.Sequential(*parts[:-1], flat)


def seen_by(module, X):
    return X if isinstance(module[0], nn.Flatten) else X.transpose(1, 2)


@pytest.mark.parametrize("kind", SHAPES)
def test_outputs_and_loss_agree_with_torchs_layers(kind):
    weights, (X, y) = drawn(kind), data(1100)
    Y = torch.eye(CLASSES, dtype=torch.float64)[y]
    for number in range(NETWORKS):
        module = by_torch(kind, weights, number)
        expected = module(seen_by(module, X)).detach()
        torch.testing.assert_close(outputs(X, weights)[number], expected)
        loss = nn.functional.cross_entropy(expected, y)
        torch.testing.assert_close(cross_entropy(X, Y, weights)[number], loss)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_steps_agree_with_torchs_optimiser_on_the_gradient_by_autograd(kind, momentum):
    start, rates = drawn(kind), torch.tensor([0.3, 0.05, 1.0], dtype=torch.float64)
    descent = MomentumDescent(start, rates, momentum)
    modules = [by_torch(kind, start, number) for number in range(NETWORKS)]
    losses = torch.zeros(NETWORKS, dtype=torch.float64)
    optimisers = [
        torch.optim.SGD(module.parameters(), lr=float(rate), momentum=momentum)
        for module, rate in zip(modules, rates, strict=True)
    ]
    for seed in range(4):
        X, y = data(9, seed)
        descent.step(X, torch.eye(CLASSES, dtype=torch.float64)[y])
        for number, (module, optimiser) in enumerate(zip(modules, optimisers, strict=True)):
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(module(seen_by(module, X)), y)
            losses[number] += loss.detach() / 4
            loss.backward()
            optimiser.step()
    torch.testing.assert_close(descent.recent_loss(), losses)
    assert descent.recent_loss().isnan().all()
    for number, module in enumerate(modules):
        for W, parameter in zip(descent.weights, module.parameters(), strict=True):
            kernel = parameter.detach()
            reordered = kernel.permute(2, 1, 0).reshape(W[number].shape) if kernel.ndim == 3 else kernel.T
            torch.testing.assert_close(W[number], reordered)


def test_the_start_is_left_alone_and_kept_networks_go_on_as_before():
    start, rates = drawn("cnn"), torch.tensor([0.3, 0.05, 1.0], dtype=torch.float64)
    before = [W.clone() for W in start]
    both = [MomentumDescent(start, rates) for _ in range(2)]
    for seed in range(6):
        X, y = data(9, seed)
        for descent in both:
            descent.step(X, torch.eye(CLASSES, dtype=torch.float64)[y])
        if seed == 2:
            both[1].keep(torch.tensor([0, 2]))
    for W, kept, untouched, first in zip(both[0].weights, both[1].weights, start, before, strict=True):
        torch.testing.assert_close(kept, W[[0, 2]])
        assert torch.equal(untouched, first)


def test_every_round_of_batches_takes_every_input_once():
    taken = torch.cat(list(islice(batches(10, 4, np.random.default_rng(0)), 15)))
    rounds = taken.view(6, 10)
    assert torch.equal(rounds.sort(dim=1).values, torch.arange(10).expand(6, -1))
    assert len({tuple(order) for order in rounds.tolist()}) == 6
    whole = next(batches(3, 128, np.random.default_rng(0)))
    assert sorted(whole.tolist()) == [0, 1, 2]


def test_inputs_that_cannot_be_cut_into_patches_are_refused_in_a_sentence():
    for X in (torch.zeros(4, 3, SYMBOLS), torch.zeros(4, LENGTH, 3), torch.zeros(4, LENGTH * SYMBOLS)):
        with pytest.raises(ValueError, match=r"X must have shape \(n, positions, channels\) and be cut into patches"):
            layer_inputs(X, drawn("cnn"))
