"""Laws of a linearised network on any data, and inputs so near to each other that digits are lost."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lazyrich import LazyTwin
from lazyrich.networks import two_layer
from tests.training.lazy_twin.problems import drawn

SEEDS = st.integers(0, 10_000)
FACTORS = st.floats(0.05, 20)
TIMES = torch.tensor([0.0, 0.1, 1.0, 30.0], dtype=torch.float64)


def same(found, expected):
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(SEEDS, FACTORS, FACTORS)
def test_rates_act_as_sizes_where_the_start_has_output_0(seed, eta_a, eta_w):
    one = drawn(seed=seed)
    by_rates = LazyTwin(*one.data, eta_a=eta_a, eta_w=eta_w)
    by_sizes = LazyTwin(one.X, one.y, eta_a**0.5 * one.W, eta_w**0.5 * one.a)
    same(by_rates(TIMES, one.X_new), by_sizes(TIMES, one.X_new))


@settings(max_examples=15, deadline=None)
@given(SEEDS, FACTORS)
def test_a_start_of_another_scale_learns_the_same_at_another_speed(seed, tau):
    one = drawn(seed=seed)
    small, large = LazyTwin(*one.data), LazyTwin(one.X, one.y, tau * one.W, tau * one.a)
    same(large(TIMES / tau**2, one.X_new), small(TIMES, one.X_new))
    same(large.descent(50, 1e-2 / tau**2, one.X_new), small.descent(50, 1e-2, one.X_new))


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_order_of_neurons_and_samples_does_not_matter(seed):
    one = drawn(seed=seed, symmetrised=False)
    g = torch.Generator().manual_seed(seed)
    neurons, samples = torch.randperm(len(one.a), generator=g), torch.randperm(len(one.X), generator=g)
    shuffled = LazyTwin(one.X[samples], one.y[samples], one.W[neurons], one.a[neurons])
    straight = LazyTwin(*one.data)
    same(shuffled(TIMES, one.X_new), straight(TIMES, one.X_new))
    same(shuffled.weights(1.0)[1], straight.weights(1.0)[1][neurons])


@pytest.mark.parametrize("route", ["kernel", "features"])
def test_the_start_is_the_network(route):
    one = drawn(symmetrised=False)
    twin = LazyTwin(*one.data, leak=0.2, route=route)
    same(twin(0.0, one.X_new), two_layer(one.X_new, one.W, one.a, 0.2))
    same(twin.train_loss(0.0), (two_layer(one.X, one.W, one.a, 0.2) - one.y).square().mean())


def test_a_network_without_a_gradient_stays_where_it_is():
    one = drawn()
    for twin in (
        LazyTwin(*one.data, eta_a=0, eta_w=0),
        LazyTwin(one.X, one.y, 0 * one.W, 0 * one.a),
        LazyTwin(one.X, one.y, 0 * one.W, 0 * one.a, route="kernel"),
    ):
        same(twin(math.inf, one.X_new), torch.zeros(len(one.X_new), dtype=torch.float64))
        same(twin.train_loss(5.0), one.y.square().mean())


@pytest.mark.parametrize(
    ("route", "apart", "error"), [("features", 1e-4, 1e-9), ("features", 1e-6, 1e-6), ("kernel", 1e-4, 1e-5)]
)
def test_two_inputs_side_by_side_are_both_learned(route, apart, error):
    """The end of training against the kernel's linear system in 60 digits."""
    angles = np.array([0.3, 1.1, 2.0, 2.9, 4.2, 5.5, 0.3 + apart])
    X, y = np.column_stack([np.cos(angles), np.sin(angles)]), np.array([1.0, -0.5, 0.7, 0.2, -1.0, 0.4, 1.0 + apart])
    one = drawn(d=2, m=40, seed=11)
    W, a, X_new = one.W.numpy(), one.a.numpy(), one.X_new.numpy()
    with mpmath.workdps(60):
        exact = [float(value) for value in in_many_digits(X, y, W, a, X_new)]
    found = LazyTwin(X, y, W, a, route=route)(math.inf, X_new)
    np.testing.assert_allclose(found, exact, rtol=0, atol=error)


def in_many_digits(X, y, W, a, X_new):
    X, W, X_new = (mpmath.matrix(part.tolist()) for part in (X, W, X_new))
    a, y = mpmath.matrix(a.tolist()), mpmath.matrix(y.tolist())

    def kernel(first, second):
        Z, Z_o, G = first * W.T, second * W.T, first * second.T
        K = mpmath.matrix(first.rows, second.rows)
        for j in range(first.rows):
            for k in range(second.rows):
                both = [i for i in range(W.rows) if Z[j, i] > 0 and Z_o[k, i] > 0]
                K[j, k] = mpmath.fsum(a[i] ** 2 * G[j, k] + Z[j, i] * Z_o[k, i] for i in both)
        return K

    # the start is symmetrised: its output is 0
    return kernel(X_new, X) * mpmath.lu_solve(kernel(X, X), y)
