"""The two-layer network, against a loop over neurons and torch's own layers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lazyrich.networks import activation, activation_pattern, outputs_of_many, two_layer


@pytest.mark.parametrize("leak", [0.0, 0.1, 1.0])
def test_outputs_agree_with_torch_layers(leak):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 9, bias=False), nn.LeakyReLU(leak), nn.Linear(9, 1, bias=False)).double()
    X = torch.randn(11, 4, dtype=torch.float64)
    torch.testing.assert_close(
        two_layer(X, net[0].weight, net[2].weight[0], leak), net(X)[:, 0], rtol=1e-13, atol=1e-13
    )


def test_a_batch_of_networks_gives_each_networks_own_outputs():
    rng = np.random.default_rng(1)
    X, W, a = rng.normal(size=(6, 3)), rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(2, 5, 4))
    together = two_layer(X, W, a, leak=0.3)
    assert isinstance(together, np.ndarray) and together.shape == (2, 5, 6)
    for i, j, n in np.ndindex(together.shape):
        z = [float(w @ X[n]) for w in W[i, j]]
        alone = sum(readout * (v if v > 0 else 0.3 * v) for readout, v in zip(a[i, j], z, strict=True))
        assert together[i, j, n] == pytest.approx(alone, abs=1e-13)


@pytest.mark.parametrize("leak", [0.0, 0.3])
@pytest.mark.parametrize("inputs", [0, 1, 30, 3000])
def test_outputs_of_many_networks_agree_with_each_alone(inputs, leak):
    g = torch.Generator().manual_seed(0)
    X, W, a = (torch.randn(*shape, generator=g, dtype=torch.float64) for shape in ((inputs, 3), (9, 50, 3), (9, 50)))
    expected = torch.stack([two_layer(X, *pair, leak) for pair in zip(W, a, strict=True)])
    torch.testing.assert_close(outputs_of_many(X, W, a, leak), expected, rtol=1e-12, atol=1e-12)


def test_outputs_can_be_differentiated():
    X, a = torch.tensor([[1.0, 2.0]]), torch.tensor([3.0, 5.0])
    W = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], requires_grad=True)
    two_layer(X, W, a).sum().backward()
    assert W.grad.tolist() == [[3.0, 6.0], [0.0, 0.0]]


def test_a_pre_activation_of_zero_is_inactive():
    X, W = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [-1.0, 1.0]])
    assert activation_pattern(X, W).tolist() == [[True, False], [False, True]]


def test_leak_one_is_the_identity():
    Z = torch.linspace(-2, 2, 9)
    assert torch.equal(activation(Z, 1.0), Z)


@pytest.mark.parametrize(("W", "a"), [((4, 2), (4,)), ((4, 3), (5,)), ((2, 4, 3), (4,)), ((3,), (3,))])
def test_shapes_that_do_not_fit_are_refused_with_all_three(W, a):
    with pytest.raises(ValueError, match=r"X must have shape \(n, d\).*got \(6, 3\)"):
        two_layer(np.zeros((6, 3)), np.zeros(W), np.zeros(a))
