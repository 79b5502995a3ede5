"""Kernel distances against arithmetic with 50 digits, at any scale and in any precision."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import torch

from lazyrich.kernels import (
    KernelDistance,
    kernel_distance,
    largest_eigenvalue,
    largest_stable_rate,
    two_layer_ntk,
)
from tests.kernels.two_layer_networks import DEVICES, nearby, network

mpmath.mp.dps = 50


def exact_distance(K0, K1):
    """1 - <K0, K1> / (|K0||K1|) in arithmetic with 50 digits."""
    u, v = ([mpmath.mpf(float(x)) for x in K.flatten()] for K in (K0, K1))
    return 1 - mpmath.fdot(u, v) / mpmath.sqrt(mpmath.fdot(u, u) * mpmath.fdot(v, v))


def exact_kernel(X, W, a, eta_a, eta_w, leak):
    """The sum over neurons of theory.md, section 5, written out in arithmetic with 50 digits."""
    X, W, a = ([[mpmath.mpf(v) for v in row] for row in part.tolist()] for part in (X, W, a[None]))
    slope = [[1 if mpmath.fdot(x, w) > 0 else mpmath.mpf(leak) for w in W] for x in X]
    hidden = [[s * mpmath.fdot(x, w) for s, w in zip(row, W, strict=True)] for row, x in zip(slope, X, strict=True)]
    late = [[s * readout for s, readout in zip(row, a[0], strict=True)] for row in slope]

    def entry(i, j):
        return eta_a * mpmath.fdot(hidden[i], hidden[j]) + eta_w * mpmath.fdot(X[i], X[j]) * mpmath.fdot(
            late[i], late[j]
        )

    return [entry(i, j) for i in range(len(X)) for j in range(len(X))]


@pytest.mark.parametrize("size", [0.3, 1e-2, 1e-4, 1e-6])
def test_kernel_distance_is_exact_down_to_1e_minus_12(size):
    X, W, a = network()
    K0, K1 = two_layer_ntk(X, W, a), 3.0 * two_layer_ntk(X, *nearby(W, a, size))
    exact = exact_distance(K0, K1)
    assert exact < 3 * size**2
    assert kernel_distance(K0, K1) == pytest.approx(float(exact), rel=1e-15 / size + 1e-12)
    assert kernel_distance(K0.numpy(), K1.numpy()) == kernel_distance(K0, K1)


@pytest.mark.parametrize("size", [0.3, 1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("growth", [1.0, 30.0])
def test_recorded_kernel_distance_is_exact_down_to_1e_minus_12_also_when_the_kernel_grows(size, growth):
    X, W, a = network(n=12, m=5)
    W1, a1 = nearby(W, a, size)
    W1, a1 = growth * W1, growth * a1
    rates = {"eta_a": 0.25, "eta_w": 2.0, "leak": 0.5}
    u, v = exact_kernel(X, W, a, **rates), exact_kernel(X, W1, a1, **rates)
    exact = 1 - mpmath.fdot(u, v) / mpmath.sqrt(mpmath.fdot(u, u) * mpmath.fdot(v, v))
    recorded = KernelDistance(X, W, a, **rates)(W1, a1)
    assert recorded == pytest.approx(float(exact), rel=1e-15 / float(exact) ** 0.5 * 10 + 1e-12)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("n", [1, 191, 192, 193, 300, 577])
def test_recorded_kernel_distance_matches_whole_kernels_for_any_number_of_inputs(device, n):
    X, W, a = (tensor.to(device) for tensor in network(n=n, m=20))
    g = torch.Generator().manual_seed(5)
    W1 = W + torch.randn(W.shape, generator=g, dtype=torch.float64).to(device)
    whole = kernel_distance(two_layer_ntk(X, W, a, 0.5, 2.0, 0.1), two_layer_ntk(X, W1, 2 * a, 0.5, 2.0, 0.1))
    recorded = KernelDistance(X, W, a, eta_a=0.5, eta_w=2.0, leak=0.1)(W1, 2 * a)
    assert recorded == pytest.approx(whole, rel=1e-11, abs=1e-25)
    assert n == 1 or whole > 1e-3


@pytest.mark.parametrize("n", [1, 20, 300])
def test_distances_of_many_networks_agree_with_their_kernels_also_where_some_are_not_finite(n):
    X, W, a = network(n=n, m=50)
    moved = [nearby(W, a, size) for size in np.geomspace(1e-6, 3, 40)]
    Ws, readouts = (torch.stack(part) for part in zip(*moved, strict=True))
    readouts[7] = torch.nan
    found = np.array(KernelDistance(X, W, a, eta_a=0.5, eta_w=2.0, leak=0.1).of_many(Ws, readouts))
    assert np.isnan(found[7])
    K0 = two_layer_ntk(X, W, a, 0.5, 2.0, 0.1)
    expected = [kernel_distance(K0, two_layer_ntk(X, *pair, 0.5, 2.0, 0.1)) for k, pair in enumerate(moved) if k != 7]
    np.testing.assert_allclose(np.delete(found, 7), expected, rtol=1e-6, atol=1e-20)


def test_float32_is_never_negative_and_keeps_three_digits_at_1e_minus_5():
    for seed in range(5):
        X, W, a = network(n=600, d=50, m=50, seed=seed)
        for size in (1e-3, 1e-5, 0.0):
            X32, W32, a32, W1, a1 = (tensor.float() for tensor in (X, W, a, *nearby(W, a, size, seed + 100)))
            recorded = KernelDistance(X32, W32, a32)(W1, a1)
            whole = kernel_distance(two_layer_ntk(X32, W32, a32), two_layer_ntk(X32, W1, a1))
            wide = [two_layer_ntk(X32.double(), V.double(), b.double()) for V, b in ((W32, a32), (W1, a1))]
            assert recorded >= 0 and whole >= 0
            if size == 1e-3:
                exact = kernel_distance(*wide)
                assert 1e-7 < exact < 1e-5
                assert recorded == pytest.approx(exact, rel=1e-3) and whole == pytest.approx(exact, rel=1e-3)


def test_a_kernel_that_only_grows_has_not_moved():
    X, W, a = network(n=200)
    assert 0 <= KernelDistance(X, W, a)(7 * W, 7 * a) < 1e-28
    K = two_layer_ntk(X, W, a)
    assert 0 <= kernel_distance(K, 49 * K) < 1e-28


def test_kernels_with_nothing_in_common_are_at_distance_one():
    K0, K1 = np.diag([1.0, 2.0, 0.0, 0.0]), np.diag([0.0, 0.0, 3.0, 1.0])
    assert kernel_distance(K0, K1) == pytest.approx(1.0, rel=1e-15)


def test_a_dead_network_is_at_distance_one_and_one_that_is_not_finite_at_nan():
    X, W, a = network()
    distance = KernelDistance(X, W, a)
    assert distance(0 * W, 0 * a) == 1.0 == kernel_distance(two_layer_ntk(X, W, a), np.zeros((30, 30)))
    assert np.isnan(distance(W * float("nan"), a)) and np.isnan(distance(W, a * float("inf")))
    assert distance(W * 1e200, a * 1e200) < 1e-28


def test_wrong_shapes_are_refused_with_the_given_shapes():
    X, W, a = network()
    for call in (two_layer_ntk, KernelDistance, largest_stable_rate):
        with pytest.raises(ValueError, match=r"X must have shape \(n, d\).*got \(30, 4\), \(7, 4\) and \(6,\)"):
            call(X, W, a[:-1])
    with pytest.raises(ValueError, match=r"both kernels must have the same shape, got \(2, 2\) and \(3, 3\)"):
        kernel_distance(np.eye(2), np.eye(3))
    with pytest.raises(ValueError, match=r"K must be a square matrix \(n, n\), got shape \(2, 3\)"):
        largest_eigenvalue(np.ones((2, 3)))


def test_many_moments_that_do_not_fit_are_refused_with_their_shapes():
    X, W, a = network()
    with pytest.raises(ValueError, match=r"W must have shape \(F, m, 4\) .* got \(7, 4\) and \(7,\)"):
        KernelDistance(X, W, a).of_many(W, a)


SCALES = [
    *((torch.float32, scale) for scale in (1e20, 3e38, 1e-20, 1e-45)),
    *((torch.float64, scale) for scale in (1e200, 1e308, 1e-200, 1e-310, 5e-324)),
    *((torch.float16, scale) for scale in (6e4, 6e-8)),
    *((torch.bfloat16, scale) for scale in (1e38, 1e-39)),
]


@pytest.mark.parametrize(("dtype", "scale"), SCALES)
def test_a_distance_has_no_scale(dtype, scale):
    for other in (1.0, scale):
        one, two, both = ((torch.diag(torch.tensor(diagonal))).double() for diagonal in ([1.0, 0], [0, 1.0], [1.0, 1]))
        assert kernel_distance((one * scale).to(dtype), (two * other).to(dtype)) == 1.0
        assert kernel_distance((one * scale).to(dtype), (both * other).to(dtype)) == pytest.approx(1 - 0.5**0.5)
        assert kernel_distance((both * other).to(dtype), (both * scale).to(dtype)) < 1e-15
        assert kernel_distance((both * scale).to(dtype), torch.zeros(2, 2, dtype=dtype)) == 1.0


def test_realistic_kernels_of_half_precision_have_the_distance_that_their_numbers_have():
    X, W, a = network(n=1000, d=20, m=50)
    K0, K1 = two_layer_ntk(X, W, a), two_layer_ntk(X, *nearby(W, a, 0.5))
    for dtype in (torch.float16, torch.bfloat16):
        low0, low1 = K0.to(dtype), K1.to(dtype)
        u, v = low0.double() / low0.double().norm(), low1.double() / low1.double().norm()
        assert kernel_distance(low0, low1) == pytest.approx(float((u - v).square().sum()) / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("dtype", "scales"), [(torch.float32, (1e8, 1e-14, 1e-30, 1e30)), (torch.float64, (1e200, 1e-200))]
)
def test_recorded_distances_have_no_scale(dtype, scales):
    X, W, a = network(n=30, d=5, m=8)
    W1, a1 = nearby(W, a, 0.3)
    right = kernel_distance(two_layer_ntk(X, W, a), two_layer_ntk(X, W1, a1))
    near = 1e-4 if dtype == torch.float32 else 1e-11
    for by_inputs in (1.0, *scales):
        for by_start in (1.0, *scales):
            recorded = KernelDistance(
                *((part * size).to(dtype) for part, size in ((X, by_inputs), (W, by_start), (a, by_start)))
            )
            for by_now in (by_start, 1.0, 1e-12, 1e12):
                assert recorded((W1 * by_now).to(dtype), (a1 * by_now).to(dtype)) == pytest.approx(right, rel=near)
                assert 0 <= recorded((W * by_now).to(dtype), (a * by_now).to(dtype)) < near**2
            assert recorded(0 * W, 0 * a) == 1.0


def test_frozen_layers_may_have_any_size():
    X, W, a = network(n=10)
    W1, a1 = nearby(W, a, 0.8)
    for rates, sizes in (({"eta_a": 0.0}, (1e250, 1.0)), ({"eta_w": 0.0}, (1.0, 1e250))):
        K = [two_layer_ntk(X, V, b, **rates) for V, b in ((W, a), (W1, a1))]
        large = [two_layer_ntk(X, V * sizes[0], b * sizes[1], **rates) for V, b in ((W, a), (W1, a1))]
        torch.testing.assert_close(large, K, rtol=1e-12, atol=0)
        recorded = KernelDistance(X, W * sizes[0], a * sizes[1], **rates)
        assert recorded(W1 * sizes[0], a1 * sizes[1]) == pytest.approx(kernel_distance(*K), rel=1e-11)


def test_kernels_that_are_not_finite_have_no_distance():
    for K in ([[1.0, np.nan]], [[np.inf, 1.0]]):
        with pytest.raises(ValueError, match="K0 must hold finite numbers"):
            kernel_distance(K, np.ones((1, 2)))
        with pytest.raises(ValueError, match="K1 must hold finite numbers"):
            kernel_distance(np.ones((1, 2)), K)
    X, W, a = network()
    with pytest.raises(ValueError, match="W0 must hold finite numbers"):
        KernelDistance(X, W * np.inf, a)


@pytest.mark.parametrize("kind", [torch.Tensor.clone, torch.Tensor.numpy])
def test_kernel_distances_keep_a_copy_of_the_start(kind):
    X, W, a = network(n=20)
    W1, a1 = nearby(W, a, 0.5)
    given = [kind(part) for part in (X.clone(), W.clone(), a.clone())]
    recorded = KernelDistance(*given)
    before = recorded(W1, a1)
    for part in given:
        part *= 0
    assert recorded(W1, a1) == before
    assert recorded(W1 * 1e300, a1 * 1e300) == pytest.approx(before, rel=1e-11)
