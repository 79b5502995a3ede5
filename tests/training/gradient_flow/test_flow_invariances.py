"""Invariances of gradient flow: conserved quantities, and rates, sizes, signs and units that give the same training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich import geometry
from lazyrich.networks import two_layer
from lazyrich.training import flow
from tests.training.gradient_flow.problems import problem, student


@pytest.mark.parametrize("leak", [0.0, 1.0])
@pytest.mark.parametrize("rates", [(0.25, 4.0), (16.0, 1.0)])
def test_rates_and_sizes_that_are_one_training_give_bitwise_one_function(leak, rates):
    # ratios of rates that are powers of 16, so that k and g are powers of two and rescaling rounds nothing
    X, y, W, a = problem()
    p, q, g = geometry.equal_rates(a, W, *rates)
    times = np.array([0.25, 1.0, 8.0])
    one = flow(X, y, W, a, times, *rates, leak=leak)
    other = flow(X, y, q, p, g * times, leak=leak)
    assert one.gradients == other.gradients
    assert torch.equal(one.loss, other.loss)
    for k in range(3):
        torch.testing.assert_close(
            two_layer(X, one.W[k], one.a[k], leak), two_layer(X, other.W[k], other.a[k], leak), rtol=1e-13, atol=1e-13
        )


def test_other_equivalent_rates_and_sizes_give_one_function_within_rounding():
    X, y, W, a = problem()
    p, q, g = geometry.equal_rates(a, W, 0.3, 7.0)
    one, other = flow(X, y, W, a, [0.5, 3.0], 0.3, 7.0), flow(X, y, q, p, [0.5 * g, 3.0 * g])
    for k in range(2):
        torch.testing.assert_close(
            two_layer(X, one.W[k], one.a[k]), two_layer(X, other.W[k], other.a[k]), rtol=1e-6, atol=1e-7
        )


def test_turning_all_signs_of_outputs_turns_the_readouts():
    X, y, W, a = problem()
    one, other = flow(X, y, W, a, [0.1, 5.0]), flow(X, -y, W, -a, [0.1, 5.0])
    assert torch.equal(one.W, other.W) and torch.equal(one.a, -other.a)


@pytest.mark.parametrize("leak", [0.0, 1.0])
def test_conserved_quantities_drift_little_and_less_with_a_smaller_tolerance(leak):
    X, y, W, a = student(0.3, 0.5)
    before = geometry.conserved_quantity(a, W)
    drifts = []
    for tolerance in (2e-3, 6e-4, 2e-4):
        end = flow(X, y, W, a, [10.0], leak=leak, tolerance=tolerance)
        drifts.append(float((geometry.conserved_quantity(end.a[0], end.W[0]) - before).abs().max()))
    assert drifts[0] < 0.05 * 0.5
    assert drifts[1] < 0.7 * drifts[0] and drifts[2] < 0.7 * drifts[1]


@pytest.mark.parametrize("leak", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("size", [2.0**-20, 2.0**20])
def test_flow_has_no_unit_of_outputs(size, leak):
    # y -> c^2 y and weights -> c weights slow or speed the same training by c^2, to the last bit for powers of two
    X, y, W, a = problem(size=0.5)
    one = flow(X, y, W, a, [0.0, 0.3, 2.0], leak=leak)
    other = flow(X, size**2 * y, size * W, size * a, [0.0, 0.3 / size**2, 2.0 / size**2], leak=leak)
    assert one.gradients == other.gradients
    assert torch.equal(size * one.W, other.W) and torch.equal(size**4 * one.loss, other.loss)


def test_a_single_sample_of_any_size_is_followed():
    # one input, a linear neuron that is balanced: u = a |w| obeys u' = 2 u (y - u) on |x| = 1, a logistic curve
    X = torch.tensor([[0.6, 0.8]], dtype=torch.float64)
    for y in (1e-3, 1.0, 1e3):
        for u0 in (1e-3, 0.5, 40.0, 1e3):
            W, a = u0**0.5 * X, torch.tensor([u0**0.5], dtype=torch.float64)
            t = np.array([0.3, 1.0, 5.0]) / max(y, u0)
            ours = flow(X, torch.tensor([y], dtype=torch.float64), W, a, t, tolerance=2e-4)
            exact = y * u0 / (u0 + (y - u0) * np.exp(-4 * y * t))
            np.testing.assert_allclose((ours.a[:, 0] * ours.W[:, 0].norm(dim=-1)).numpy(), exact, rtol=0.04)
            assert ours.gradients < 1000
