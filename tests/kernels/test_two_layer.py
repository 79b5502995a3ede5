"""Neural tangent kernels against automatic differentiation, and their largest eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call, jacrev

from lazyrich.kernels import (
    largest_eigenvalue,
    largest_stable_rate,
    ntk,
    two_layer_ntk,
)
from lazyrich.networks import two_layer
from lazyrich.training import descent
from tests.kernels.two_layer_networks import DEVICES, network


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("eta_a", "eta_w"), [(1.0, 1.0), (0.2, 5.0)])
@pytest.mark.parametrize("leak", [0.0, 0.1, 1.0])
def test_two_layer_kernel_is_the_product_of_jacobians_weighted_with_rates(device, eta_a, eta_w, leak):
    X, W, a = (tensor.to(device) for tensor in network())
    by_W, by_a = jacrev(lambda W, a: two_layer(X, W, a, leak), argnums=(0, 1))(W, a)
    expected = eta_a * by_a @ by_a.T + eta_w * by_W.flatten(1) @ by_W.flatten(1).T
    torch.testing.assert_close(two_layer_ntk(X, W, a, eta_a, eta_w, leak), expected, rtol=1e-10, atol=1e-12)


def deep_network():
    torch.manual_seed(0)
    layers = [nn.Linear(3, 8), nn.Tanh(), nn.Sequential(nn.Linear(8, 8), nn.ReLU()), nn.Linear(8, 1)]
    return nn.Sequential(*layers).double(), torch.randn(10, 3, dtype=torch.float64)


def test_kernel_of_any_module_is_the_product_of_jacobians_with_the_longest_name_that_fits():
    net, X = deep_network()
    parameters = {name: p.detach() for name, p in net.named_parameters()}
    jacobians = jacrev(lambda p: functional_call(net, p, (X,))[:, 0])(parameters)
    rates = dict.fromkeys(parameters, 1.0) | {"0.weight": 0.3, "0.bias": 7.0, "2.0.weight": 2.0, "2.0.bias": 2.0}
    expected = sum(rates[name] * J.flatten(1) @ J.flatten(1).T for name, J in jacobians.items())
    ours = ntk(net, X, {"0": 7.0, "0.weight": 0.3, "2": 2.0})
    torch.testing.assert_close(ours, expected, rtol=1e-10, atol=1e-12)
    as_numpy = ntk(net, X.numpy(), {"0": 7.0, "0.weight": 0.3, "2": 2.0})
    np.testing.assert_array_equal(as_numpy, ours.numpy())


def test_parameters_that_are_not_trained_stand_outside_the_kernel():
    net, X = deep_network()
    without = ntk(net, X, {"0": 0.0})
    net[0].requires_grad_(False)
    torch.testing.assert_close(ntk(net, X), without, rtol=1e-12, atol=1e-14)


def test_the_module_kernel_of_a_two_layer_network_is_the_formula():
    X, W, a = network()
    net = nn.Sequential(nn.Linear(4, 7, bias=False), nn.LeakyReLU(0.2), nn.Linear(7, 1, bias=False)).double()
    net.load_state_dict({"0.weight": W, "2.weight": a[None]})
    formula = two_layer_ntk(X, W, a, eta_a=0.5, eta_w=3.0, leak=0.2)
    torch.testing.assert_close(ntk(net, X, {"0": 3.0, "2.weight": 0.5}), formula, rtol=1e-10, atol=1e-12)


def test_a_rate_for_a_name_that_does_not_exist_is_refused_with_the_names_that_do():
    net, X = deep_network()
    with pytest.raises(ValueError, match=r"learning_rates names '1', but the trained parameters are 0.weight, 0.bias"):
        ntk(net, X, {"1": 2.0})


def test_a_module_with_two_outputs_is_refused():
    with pytest.raises(ValueError, match=r"one output for an input, got one of shape \(1, 2\)"):
        ntk(nn.Linear(3, 2), torch.randn(4, 3))


@pytest.mark.parametrize("n", [1, 50, 401, 600])
@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_largest_eigenvalue_and_stable_rate_agree_with_the_full_spectrum(n, leak):
    X, W, a = network(n=n, m=20)
    K = two_layer_ntk(X, W, a, 0.3, 2.0, leak)
    spectrum = np.linalg.eigvalsh(K.numpy())
    assert largest_eigenvalue(K) == pytest.approx(spectrum[-1], rel=1e-9)
    rate = largest_stable_rate(X, W, a, eta_a=0.3, eta_w=2.0, leak=leak)
    assert rate == pytest.approx(2 / (2 / n * spectrum[-1]), rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_descent_stays_at_a_solution_just_below_the_largest_stable_rate_and_leaves_it_just_above(seed):
    X, W, a = network(seed=seed)
    eta_a, eta_w = 0.5, 2.0
    y = two_layer(X, W, a, leak=1.0)
    rate = largest_stable_rate(X, W, a, eta_a, eta_w, leak=1.0)
    start = W + 1e-6 * torch.randn(W.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    losses = {}
    for factor in (0.97, 1.03):
        run = descent(X, y, start, a, factor * rate, [0, 300], eta_a=eta_a, eta_w=eta_w, leak=1.0)
        losses[factor] = run.loss[1] / run.loss[0]
    assert losses[0.97] < 1e-3 and not losses[1.03] < 1e3


def test_a_network_without_effect_has_no_largest_stable_rate():
    X, W, a = network()
    assert largest_stable_rate(X, 0 * W, 0 * a) == float("inf")


def test_weights_that_are_not_finite_have_no_stable_rate():
    X, W, a = network()
    with pytest.raises(ValueError, match="X, W and a must hold finite numbers"):
        largest_stable_rate(X, W * float("nan"), a)


@pytest.mark.parametrize("rank", [1, 3])
def test_the_largest_eigenvalue_of_a_large_kernel_of_few_directions_matches_their_gram_matrix(rank):
    U = np.random.default_rng(rank).normal(size=(450, rank))
    assert largest_eigenvalue(U @ U.T) == pytest.approx(np.linalg.eigvalsh(U.T @ U)[-1], rel=1e-11)


def test_a_kernel_that_overflows_is_an_error_and_no_failure_of_the_eigenvalues():
    with pytest.raises(ValueError, match="smaller weights"):
        largest_stable_rate(np.eye(3)[:, :2], np.full((2, 2), 1e300), np.zeros(2))


def test_the_kernel_is_right_wherever_its_entries_are_numbers():
    X, W, a = network(n=10)
    K = two_layer_ntk(X, W, a)
    for by_inputs, by_weights in ((1e-150, 1e200), (1e200, 1e-150), (1e-200, 1e150)):
        scaled = two_layer_ntk(X * by_inputs, W * by_weights, a * by_weights)
        torch.testing.assert_close(scaled / (by_inputs * by_weights) ** 2, K, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("n", [20, 450])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_eigenvalues_and_stable_rates_of_any_precision_and_scale(n, dtype):
    X, W, a = (part.to(dtype) for part in network(n=n, m=20))
    K = two_layer_ntk(X, W, a)
    top = np.linalg.eigvalsh(K.double().numpy())[-1]
    near = 1e-5 if dtype == torch.float32 else 1e-9
    assert largest_eigenvalue(K) == pytest.approx(top, rel=near)
    low = K.to(dtype)
    assert largest_eigenvalue(low) == pytest.approx(np.linalg.eigvalsh(low.double().numpy())[-1], rel=near)
    assert largest_stable_rate(X, W, a) == pytest.approx(n / top, rel=near)
    for power in (-1000, 900) if dtype == torch.float64 else (-90, 90):
        if dtype in (torch.float32, torch.float64):
            assert largest_eigenvalue(K * 2.0**power) == pytest.approx(top * 2.0**power, rel=near)
            scaled = (part * 2.0 ** (power // 5) for part in (X, W, a))
            assert largest_stable_rate(*scaled) == pytest.approx(n / top / 2.0 ** (power // 5 * 4), rel=near)


def test_eigenvalues_beyond_the_largest_float_are_refused():
    X, W, a = network()
    with pytest.raises(ValueError, match="must have an eigenvalue below"):
        largest_eigenvalue(np.full((10, 10), 1e308))
    with pytest.raises(ValueError, match="take smaller weights or inputs"):
        largest_stable_rate(X * 1e200, W * 1e200, a)
    assert largest_stable_rate(X * 1e-200, W * 1e-200, a * 1e-200) == float("inf")
